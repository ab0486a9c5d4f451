/** A tensor as a file stores it, and the sizes of the dtypes that files use. */

import { type FileFormat, FileFormatError, spellBytes, spellCount } from "./file-format-error.ts";

export const fileDTypes = [
  "f64",
  "f32",
  "f16",
  "bf16",
  "i64",
  "i32",
  "i16",
  "i8",
  "u64",
  "u32",
  "u16",
  "u8",
  "bool",
] as const;

export type FileDType = (typeof fileDTypes)[number];

/** Row-major, little-endian, dense. `data` is a view of the file's bytes, at any alignment. */
export interface RawTensor {
  readonly dtype: FileDType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const sizes: Readonly<Record<FileDType, number>> = {
  f64: 8,
  i64: 8,
  u64: 8,
  f32: 4,
  i32: 4,
  u32: 4,
  f16: 2,
  bf16: 2,
  i16: 2,
  u16: 2,
  i8: 1,
  u8: 1,
  bool: 1,
};

/** Bytes of one element. */
export const dtypeSize = (dtype: FileDType): number => sizes[dtype];

/** NumPy's limit. It bounds what a hostile header can make a reader allocate. */
export const highestRank = 64;

/**
 * The bytes that a tensor takes. The product is over the sizes other than 0, so that a tensor
 * without elements cannot carry sizes whose strides overflow.
 */
export function byteLengthOf(
  format: FileFormat,
  what: string,
  dtype: FileDType,
  shape: readonly number[],
): number {
  const fail = (why: string): never => {
    throw new FileFormatError(format, `${what} ${why}`);
  };
  if (shape.length > highestRank) {
    fail(`has ${spellCount(shape.length)} dimensions; at most ${highestRank} are read`);
  }
  let bytes = sizes[dtype];
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) {
      fail(`has the shape [${shape}]; a size is a whole number from 0`);
    }
    bytes *= size || 1;
    if (!Number.isSafeInteger(bytes)) fail(`has the shape [${shape}], too large for any memory`);
  }
  return shape.includes(0) ? 0 : bytes;
}

/** Refuses a tensor whose bytes are not what its dtype and shape ask for. */
export function checkRawTensor(format: FileFormat, what: string, t: RawTensor): void {
  const due = byteLengthOf(format, what, t.dtype, t.shape);
  if (t.data.length !== due) {
    throw new FileFormatError(
      format,
      `${what} holds ${spellBytes(t.data.length)}, ` +
        `but ${t.dtype} of shape [${t.shape}] takes ${spellCount(due)}`,
    );
  }
}
