/**
 * Keeps weights out of what engines compile: they hold on to all bytes that they are given, so that weights would
 * be in memory twice, besides the bytes of the host. Part of the loader; every byte counts.
 */

const dataSection = 11;

/** Reads the bytes of a module from `at` on. */
interface Reader {
  readonly file: Uint8Array<ArrayBuffer>;
  at: number;
}

/** LEB128. */
function number(r: Reader): number {
  for (let n = 0, unit = 1; ; unit *= 128) {
    const byte = r.file[r.at++]!;
    n += (byte & 127) * unit;
    if (!(byte > 127)) return n;
  }
}

/** Where the section of data starts and ends, with a reader of what is in it; undefined where it is cut off, or there is none. */
function findData(given: object): readonly [start: number, end: number, r: Reader] | undefined {
  const { buffer = given, byteOffset, byteLength } = Object(given);
  if (!byteLength) return undefined;
  const r = { file: new Uint8Array(buffer, byteOffset, byteLength), at: 8 };
  while (r.at < byteLength) {
    const start = r.at++;
    const end = number(r) + r.at;
    if (r.file[start] === dataSection && end <= byteLength) return [start, end, r];
    r.at = end;
  }
  return undefined;
}

/** The same module without its data. */
export function withoutData(given: BufferSource): BufferSource {
  const [start, end, r] = findData(given) ?? [];
  if (!r) return given;
  const code = new Uint8Array(start! + r.file.length - end!);
  code.set(r.file.subarray(0, start));
  code.set(r.file.subarray(end), start);
  return code;
}

/** Puts the data of a module's bytes into the memory of its instance; nothing where it is a compiled module. */
export function putData(given: object, { memory }: { readonly memory?: unknown }): void {
  const [, , r] = findData(given) ?? [];
  for (let segments = r ? number(r) : 0; r && segments--; ) {
    // Each is active: 0x00, `i32.const` and the address, `end`, the length.
    r.at += 2;
    const address = number(r) >>> 0;
    r.at++;
    const length = number(r);
    new Uint8Array(Object(memory).buffer).set(r.file.subarray(r.at, r.at + length), address);
    r.at += length;
  }
}
