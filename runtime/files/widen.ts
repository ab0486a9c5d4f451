/** Conversions between the dtypes that files store and those that Glim computes with. */

import { FileFormatError, spellCount } from "./file-format-error.ts";
import { checkRawTensor, dtypeSize, type RawTensor } from "./raw-tensor.ts";

/** The elements of a tensor in a dtype that Glim computes with. A bool is 0 or 1. */
export type ComputeArray =
  | { readonly dtype: "f32"; readonly data: Float32Array }
  | { readonly dtype: "f64"; readonly data: Float64Array }
  | { readonly dtype: "i32"; readonly data: Int32Array }
  | { readonly dtype: "i8"; readonly data: Int8Array }
  | { readonly dtype: "u8" | "bool"; readonly data: Uint8Array };

/**
 * f16 and bf16 become f32, exactly; i16 and u16 become i32; i64, u32 and u64 become i32, and a
 * value outside its range is a FileFormatError. The other dtypes stay. What needs no conversion
 * is a view of `t.data` if that is aligned, else a copy.
 */
export function toTypedArray(t: RawTensor): ComputeArray {
  checkRawTensor("tensor", "the tensor", t);
  const size = dtypeSize(t.dtype);
  const length = t.data.length / size;
  // The constructor copies; a slice would not if `data` were a Node Buffer.
  const { buffer, byteOffset } = t.data.byteOffset % size === 0 ? t.data : new Uint8Array(t.data);
  switch (t.dtype) {
    case "f64":
      return {
        dtype: "f64",
        data: new Float64Array(buffer, byteOffset, length),
      };
    case "f32":
      return {
        dtype: "f32",
        data: new Float32Array(buffer, byteOffset, length),
      };
    case "f16":
      return {
        dtype: "f32",
        data: widen(new Uint16Array(buffer, byteOffset, length), widenF16),
      };
    case "bf16":
      return {
        dtype: "f32",
        data: widen(new Uint16Array(buffer, byteOffset, length), widenBf16),
      };
    case "i64":
      return {
        dtype: "i32",
        data: narrowI64(new Int32Array(buffer, byteOffset, 2 * length)),
      };
    case "u64":
      return {
        dtype: "i32",
        data: narrowU64(new Int32Array(buffer, byteOffset, 2 * length)),
      };
    case "u32":
      return {
        dtype: "i32",
        data: checkU32(new Int32Array(buffer, byteOffset, length)),
      };
    case "i32":
      return { dtype: "i32", data: new Int32Array(buffer, byteOffset, length) };
    case "i16":
      return {
        dtype: "i32",
        data: Int32Array.from(new Int16Array(buffer, byteOffset, length)),
      };
    case "u16":
      return {
        dtype: "i32",
        data: Int32Array.from(new Uint16Array(buffer, byteOffset, length)),
      };
    case "i8":
      return { dtype: "i8", data: new Int8Array(buffer, byteOffset, length) };
    case "u8":
      return { dtype: "u8", data: new Uint8Array(buffer, byteOffset, length) };
    case "bool":
      return {
        dtype: "bool",
        data: checkBool(new Uint8Array(buffer, byteOffset, length)),
      };
  }
}

/** f32 to the bytes of f16, rounded once, to nearest, ties to even; beyond 65,504 to infinity. */
export const narrowToF16 = (values: Float32Array): Uint8Array => narrow(values, narrowF16);

/** f32 to the bytes of bf16, rounded once, to nearest, ties to even. */
export const narrowToBf16 = (values: Float32Array): Uint8Array => narrow(values, narrowBf16);

// All on integer bits: moving a NaN as a float may change its payload.
function widen(halves: Uint16Array, bitsOf: (half: number) => number): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = bitsOf(halves[i]!);
  return new Float32Array(bits.buffer);
}

function narrow(values: Float32Array, halfOf: (bits: number) => number): Uint8Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) halves[i] = halfOf(bits[i]!);
  return new Uint8Array(halves.buffer);
}

/** f16 is 1 sign bit, 5 exponent bits with bias 15, 10 mantissa bits; f32 is 1, 8 (127), 23. */
function widenF16(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  const mantissa = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (mantissa << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (mantissa << 13);
  if (mantissa === 0) return sign;
  // A subnormal, mantissa × 2^-24, is normal in f32: shift until its leading one is implicit.
  const shift = Math.clz32(mantissa) - 21;
  return sign | ((113 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13);
}

const widenBf16 = (half: number): number => half << 16;

function narrowF16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  // A NaN keeps the top of its payload, unless that would make it an infinity.
  if (size > 0x7f800000) return sign | 0x7c00 | ((size >> 13) & 0x3ff || 0x200);
  // From 65,520, halfway between the largest f16 and 2^16.
  if (size >= 0x477ff000) return sign | 0x7c00;
  // From 2^-14, the smallest normal f16; a carry out of the mantissa raises the exponent.
  if (size >= 0x38800000) return sign | ((size - 0x38000000 + 0xfff + ((size >> 13) & 1)) >> 13);
  // Up to 2^-25, half of the smallest subnormal.
  if (size <= 0x33000000) return sign;
  const mantissa = (size & 0x7fffff) | 0x800000;
  const shift = 126 - (size >> 23);
  const half = mantissa >> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return sign | (half + (rest > middle || (rest === middle && half & 1) ? 1 : 0));
}

function narrowBf16(bits: number): number {
  // A NaN, as in f16.
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | (bits & 0x7f0000 ? 0 : 0x40);
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** Pairs of a low and a high word, which is the low word's sign where the value fits. */
function narrowI64(words: Int32Array): Int32Array {
  const values = new Int32Array(words.length / 2);
  for (let i = 0; i < values.length; i++) {
    const low = words[2 * i]!;
    const high = words[2 * i + 1]!;
    if (high !== low >> 31) refuseElement(i, (BigInt(high) << 32n) | BigInt(low >>> 0));
    values[i] = low;
  }
  return values;
}

function narrowU64(words: Int32Array): Int32Array {
  const values = new Int32Array(words.length / 2);
  for (let i = 0; i < values.length; i++) {
    const low = words[2 * i]!;
    const high = words[2 * i + 1]!;
    if (high !== 0 || low < 0) refuseElement(i, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
    values[i] = low;
  }
  return values;
}

function checkU32(values: Int32Array): Int32Array {
  const at = values.findIndex((value) => value < 0);
  if (at >= 0) refuseElement(at, values[at]! >>> 0);
  return values;
}

function checkBool(values: Uint8Array): Uint8Array {
  const at = values.findIndex((value) => value > 1);
  if (at >= 0) {
    const message = `element ${spellCount(at)} is ${values[at]}; a bool is stored as 0 or 1`;
    throw new FileFormatError("tensor", message);
  }
  return values;
}

function refuseElement(index: number, value: number | bigint): never {
  const range = `${spellCount(-(2 ** 31))} to ${spellCount(2 ** 31 - 1)}`;
  throw new FileFormatError(
    "tensor",
    `element ${spellCount(index)} is ${spellCount(value)}, outside the range of i32, ${range}`,
  );
}
