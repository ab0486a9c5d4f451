/**
 * Sections of the binary format that are written without binaryen: data, which it would copy several
 * times (weights are large), and custom sections.
 */

export interface CustomSection {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface DataSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

const dataId = 11;
const customId = 0;

/** `module`, whose sections end with its code, with these sections after it. */
export function appendSections(
  module: Uint8Array,
  data: readonly DataSegment[],
  custom: readonly CustomSection[],
): Uint8Array<ArrayBuffer> {
  const [binary, names] = splitCustomSections(module);
  const parts: Uint8Array[] = [binary];
  if (data.length > 0) parts.push(...section(dataId, dataContent(data)));
  parts.push(names);
  for (const { name, bytes } of custom) parts.push(...section(customId, [...text(name), bytes]));
  return concat(parts);
}

const dataContent = (data: readonly DataSegment[]): Uint8Array[] => [
  unsigned(data.length),
  ...data.flatMap(({ address, bytes }) => [
    // Active, memory 0, at `i32.const address`.
    Uint8Array.from([0, 0x41, ...signed(address), 0x0b]),
    unsigned(bytes.length),
    bytes,
  ]),
];

/** Where the custom sections begin that stand after all others: data must come before them. */
function splitCustomSections(module: Uint8Array): [Uint8Array, Uint8Array] {
  let end = 8;
  let at = 8;
  while (at < module.length) {
    const id = module[at]!;
    let size = 0;
    let byte: number;
    let shift = 0;
    at++;
    do {
      byte = module[at++]!;
      size += (byte & 0x7f) * 2 ** shift;
      shift += 7;
    } while (byte & 0x80);
    at += size;
    if (id !== customId) end = at;
  }
  return [module.subarray(0, end), module.subarray(end)];
}

function section(id: number, content: readonly Uint8Array[]): Uint8Array[] {
  const size = content.reduce((sum, part) => sum + part.length, 0);
  return [Uint8Array.of(id), unsigned(size), ...content];
}

function text(value: string): Uint8Array[] {
  const bytes = new TextEncoder().encode(value);
  return [unsigned(bytes.length), bytes];
}

/** LEB128. */
function unsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Uint8Array.from([...bytes, rest]);
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  while (rest < -0x40 || rest >= 0x40) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  return [...bytes, rest & 0x7f];
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
