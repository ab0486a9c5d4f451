/**
 * NumPy's .npy format, versions 1 to 3: a magic, the header's length, a Python dictionary as text,
 * and the elements. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

import { FileFormatError, quoteName, spellBytes } from "./file-format-error.ts";
import { checkHeaderLength, checkLength } from "./file-length.ts";
import { foreignFormat } from "./foreign-format.ts";
import { HeaderReader } from "./header-reader.ts";
import {
  byteLengthOf,
  checkRawTensor,
  dtypeSize,
  type FileDType,
  highestRank,
  type RawTensor,
} from "./raw-tensor.ts";

const magic = "\x93NUMPY";

const refuse = (message: string): never => {
  throw new FileFormatError("npy", message);
};

const dtypeOfCode: ReadonlyMap<string, FileDType> = new Map([
  ["f8", "f64"],
  ["f4", "f32"],
  ["f2", "f16"],
  ["i8", "i64"],
  ["i4", "i32"],
  ["i2", "i16"],
  ["i1", "i8"],
  ["u8", "u64"],
  ["u4", "u32"],
  ["u2", "u16"],
  ["u1", "u8"],
  ["b1", "bool"],
]);

interface NpyHeader {
  readonly dtype: FileDType;
  readonly columnMajor: boolean;
  readonly shape: readonly number[];
}

/**
 * Reads a whole file. The tensor's data are a view of `bytes`, or a row-major copy where the file
 * is in Fortran order.
 */
export function parseNpy(bytes: Uint8Array): RawTensor {
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { start, end } = findHeader(file);
  const { dtype, columnMajor, shape } = readHeader(new HeaderReader("npy", file, start, end));
  const due = end + byteLengthOf("npy", "the array", dtype, shape);
  checkLength("npy", file.length, due);
  const stored = file.subarray(end);
  const data = columnMajor ? toRowMajor(stored, shape, dtypeSize(dtype)) : stored;
  return { dtype, shape, data };
}

function findHeader(file: Uint8Array): {
  readonly start: number;
  readonly end: number;
} {
  if (String.fromCharCode(...file.subarray(0, magic.length)) !== magic) {
    const size = file.length < magic.length ? ` and is ${spellBytes(file.length)} long` : "";
    const why = `it does not begin with \\x93NUMPY${size}`;
    refuse(`not a .npy file: ${foreignFormat(file) ?? why}`);
  }
  const version = file[6] ?? 1;
  if (version < 1 || version > 3 || (file[7] ?? 0) !== 0) {
    refuse(`the .npy version is ${version}.${file[7] ?? 0} (byte 6); 1.0, 2.0 and 3.0 are read`);
  }
  const start = version === 1 ? 10 : 12;
  checkHeaderLength("npy", file.length, start);
  const view = new DataView(file.buffer, file.byteOffset, start);
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  checkHeaderLength("npy", file.length, end);
  return { start, end };
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }` in any order of keys. */
function readHeader(reader: HeaderReader): NpyHeader {
  let dtype: FileDType | undefined;
  let columnMajor: boolean | undefined;
  let shape: readonly number[] | undefined;
  const seen = new Set<string>();
  reader.expect("{", "to open the header");
  while (!reader.take("}")) {
    const at = reader.at;
    const key = readString(reader, "a key of the header");
    if (seen.has(key)) reader.fail(`the key ${quoteName(key)} appears twice`, at);
    seen.add(key);
    reader.expect(":", `after the key ${quoteName(key)}`);
    if (key === "descr") dtype = readDType(reader);
    else if (key === "fortran_order") columnMajor = readBoolean(reader, key);
    else if (key === "shape") shape = readShape(reader);
    else reader.fail(`the header has the unknown key ${quoteName(key)}`, at);
    if (!reader.take(",")) {
      reader.expect("}", "or a comma in the header");
      break;
    }
  }
  reader.expectEnd();
  if (dtype === undefined) return refuse("the header has no descr, the array's dtype");
  if (columnMajor === undefined) return refuse("the header has no fortran_order");
  if (shape === undefined) return refuse("the header has no shape");
  return { dtype, columnMajor, shape };
}

function readDType(reader: HeaderReader): FileDType {
  reader.skipSpace();
  const at = reader.at;
  if (reader.peek() === 0x5b) {
    reader.fail("the array is structured; save each of its fields as an array of its own");
  }
  const descr = readString(reader, "the descr");
  const dtype = /^[<>=|]/.test(descr) ? dtypeOfCode.get(descr.slice(1)) : undefined;
  if (dtype === undefined) {
    const known = [...dtypeOfCode.keys()].join(", ");
    reader.fail(`the descr is ${quoteName(descr)}; the dtypes read are ${known}`, at);
  }
  // One byte has no order: NumPy writes "|", and reads any mark.
  if (dtypeSize(dtype) > 1 && descr[0] !== "<") {
    const order = descr[0] === ">" ? "is big-endian" : "has no byte order";
    const fix = `save it with a.astype("<${descr.slice(1)}")`;
    reader.fail(`the descr is ${quoteName(descr)}, which ${order}; ${fix}`, at);
  }
  return dtype;
}

function readBoolean(reader: HeaderReader, key: string): boolean {
  reader.skipSpace();
  for (const [word, value] of [
    ["True", true],
    ["False", false],
  ] as const) {
    if (reader.text(reader.at, Math.min(reader.at + word.length, reader.end)) === word) {
      reader.at += word.length;
      return value;
    }
  }
  return reader.failExpecting(`True or False for ${key}`);
}

/** A Python tuple: `()`, `(3,)`, `(3, 4)`; `(3)` is a number to Python. */
function readShape(reader: HeaderReader): readonly number[] {
  reader.expect("(", "to open the shape");
  const shape: number[] = [];
  while (!reader.take(")")) {
    if (shape.length === highestRank) {
      reader.fail(`the shape has more than ${highestRank} sizes, the most that are read`);
    }
    shape.push(reader.wholeNumber("a size of the shape"));
    if (reader.take(",")) continue;
    if (shape.length === 1) reader.failExpecting(`"," after the only size of the shape`);
    reader.expect(")", "or a comma in the shape");
    break;
  }
  return shape;
}

/** A Python string in either quotes. What is read here needs no escapes and only ASCII. */
function readString(reader: HeaderReader, what: string): string {
  reader.skipSpace();
  const quote = reader.peek();
  if (quote !== 0x22 && quote !== 0x27) reader.failExpecting(`a string for ${what}`);
  const start = ++reader.at;
  while (reader.peek() !== quote) {
    const byte = reader.peek();
    if (byte < 0x20 || byte > 0x7e || byte === 0x5c || reader.at - start >= 200) {
      reader.failExpecting(`the end of ${what}`);
    }
    reader.at++;
  }
  return reader.text(start, reader.at++);
}

/** Copies column-major elements of `size` bytes into row-major order. */
function toRowMajor(stored: Uint8Array, shape: readonly number[], size: number): Uint8Array {
  const data = new Uint8Array(stored.length);
  const strides: number[] = [];
  let stride = size;
  for (const extent of shape) {
    strides.push(stride);
    stride *= extent;
  }
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to += size) {
    for (let byte = 0; byte < size; byte++) data[to + byte] = stored[from + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return data;
}

/** Writes a file of version 1.0 as NumPy 2 does, byte for byte. bf16 is refused: NumPy has none. */
export function writeNpy(t: RawTensor): Uint8Array {
  checkRawTensor("npy", "the tensor", t);
  const code = [...dtypeOfCode].find(([, dtype]) => dtype === t.dtype)?.[0];
  if (code === undefined) return refuse(`NumPy has no ${t.dtype}; widen the tensor to f32 first`);
  const order = dtypeSize(t.dtype) > 1 ? "<" : "|";
  const shape = t.shape.length === 1 ? `(${t.shape[0]},)` : `(${t.shape.join(", ")})`;
  const text = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': ${shape}, }`;
  // NumPy leaves room for the first size to grow to 21 digits in place.
  const room = t.shape.length > 0 ? 21 - String(t.shape[0]).length : 0;
  const start = magic.length + 4;
  const dataStart = Math.ceil((start + text.length + room + 1) / 64) * 64;
  const file = new Uint8Array(dataStart + t.data.length);
  const header = `${text.padEnd(dataStart - start - 1)}\n`;
  const prefix = `${magic}\x01\x00${String.fromCharCode(header.length & 255, header.length >> 8)}`;
  file.set(Array.from(prefix + header, (c) => c.charCodeAt(0)));
  file.set(t.data, dataStart);
  return file;
}
