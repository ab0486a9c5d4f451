/**
 * The idx format, in which MNIST is published: two zero bytes, a dtype, the rank, the sizes and the
 * elements, all big-endian. http://yann.lecun.com/exdb/mnist describes it.
 */

import { FileFormatError, spellByte, spellBytes } from "./file-format-error.ts";
import { checkHeaderLength, checkLength } from "./file-length.ts";
import { foreignFormat } from "./foreign-format.ts";
import {
  byteLengthOf,
  dtypeSize,
  type FileDType,
  highestRank,
  type RawTensor,
} from "./raw-tensor.ts";

const dtypeOfCode: ReadonlyMap<number, FileDType> = new Map([
  [0x08, "u8"],
  [0x09, "i8"],
  [0x0b, "i16"],
  [0x0c, "i32"],
  [0x0d, "f32"],
  [0x0e, "f64"],
]);

const refuse = (message: string): never => {
  throw new FileFormatError("idx", message);
};

/**
 * Reads a whole file, already decompressed. Elements of one byte are a view of `bytes`; larger
 * ones are copied to little-endian order.
 */
export function parseIdx(bytes: Uint8Array): RawTensor {
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 4) {
    refuse(`the file is ${spellBytes(file.length)} long; an idx file begins with 4`);
  }
  const code = file[2]!;
  const dtype = dtypeOfCode.get(code);
  if (file[0] !== 0 || file[1] !== 0) {
    const found = `${spellByte(file[0]!)} ${spellByte(file[1]!)}`;
    const why = `it begins with ${found}, not with two zeros`;
    return refuse(`not an idx file: ${foreignFormat(file) ?? why}`);
  }
  if (dtype === undefined) {
    const known = [...dtypeOfCode].map(([byte, name]) => `${spellByte(byte)} (${name})`).join(", ");
    return refuse(`byte 2 is ${spellByte(code)}, not the code of a dtype; those read are ${known}`);
  }
  const { shape, dataStart } = readShape(file);
  const due = dataStart + byteLengthOf("idx", "the array", dtype, shape);
  checkLength("idx", file.length, due);
  return {
    dtype,
    shape,
    data: toLittleEndian(file.subarray(dataStart), dtypeSize(dtype)),
  };
}

function readShape(file: Uint8Array): {
  readonly shape: number[];
  readonly dataStart: number;
} {
  const rank = file[3]!;
  if (rank > highestRank) {
    refuse(`byte 3 says that the array has ${rank} dimensions; at most ${highestRank} are read`);
  }
  const dataStart = 4 + 4 * rank;
  checkHeaderLength("idx", file.length, dataStart);
  const view = new DataView(file.buffer, file.byteOffset, dataStart);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { shape, dataStart };
}

function toLittleEndian(data: Uint8Array, size: number): Uint8Array {
  if (size === 1) return data;
  const swapped = new Uint8Array(data.length);
  for (let start = 0; start < data.length; start += size) {
    for (let i = 0; i < size; i++) swapped[start + i] = data[start + size - 1 - i]!;
  }
  return swapped;
}
