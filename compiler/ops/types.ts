/** Types of tensors, and what an operator's rule may ask and refuse. */

import type { Dim } from "./dim.ts";
import { printShape } from "./dim.ts";
import type { ScalarType } from "./expr.ts";

/** Element types that are computed with. Storage-only types (f16, i64, …) are converted on load. */
export type DType = "f32" | "f64" | "i32" | "u8" | "i8" | "bool";

export const dtypes: readonly DType[] = ["f32", "f64", "i32", "u8", "i8", "bool"];
export type FloatDType = "f32" | "f64";
export type IntegerDType = "i32" | "u8" | "i8";
/** Groups of dtypes that operators take. */
export const floats: readonly FloatDType[] = ["f32", "f64"];
export const integers: readonly IntegerDType[] = ["i32", "u8", "i8"];
export const numeric: readonly DType[] = [...floats, ...integers];
export const isFloat = (d: string): d is FloatDType => d === "f32" || d === "f64";
export const isInteger = (d: string): d is IntegerDType => d === "i32" || d === "u8" || d === "i8";
/** Eight bits: sums and contractions of them are of i32. */
export const isNarrow = (d: string): d is "u8" | "i8" => d === "u8" || d === "i8";
export const isDType = (name: unknown): name is DType => dtypes.some((d) => d === name);

/** Bytes of one element in memory. A bool is one byte, 0 or 1. */
export const bytesOf: Readonly<Record<DType, number>> = {
  f32: 4,
  i32: 4,
  bool: 1,
  f64: 8,
  u8: 1,
  i8: 1,
};

/** What elements of each dtype are given as; a bool is 0 or 1. */
export const elementArrays = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  u8: Uint8Array,
  i8: Int8Array,
  bool: Uint8Array,
} as const satisfies Readonly<Record<DType, unknown>>;

/** The least and the greatest value of a dtype. */
export function rangeOf(dtype: DType): readonly [number, number] {
  switch (dtype) {
    case "f32":
    case "f64":
      return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    case "i32":
      return [-0x80000000, 0x7fffffff];
    case "u8":
      return [0, 255];
    case "i8":
      return [-128, 127];
    case "bool":
      return [0, 1];
  }
}

/** Whether a number is a value of the dtype, but for rounding to f32; bools are 0 and 1. */
export function isValueOf(value: number, dtype: DType): boolean {
  if (isFloat(dtype)) return true;
  const [least, greatest] = rangeOf(dtype);
  return Number.isInteger(value) && least <= value && value <= greatest;
}

export interface TensorType {
  readonly kind: "tensor";
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

export const tensorType = (dtype: DType, shape: readonly Dim[]): TensorType => ({
  kind: "tensor",
  dtype,
  shape,
});

/** `f32[B,784]`: how every message and both IRs write a tensor type. */
export const printTensorType = (t: TensorType): string => t.dtype + printShape(t.shape);

/** The type of one element inside an expression. */
export const scalarOf = (d: DType): ScalarType => d;

/** The highest rank that any operator takes. */
export const maxRank = 8;

/** Which kind of mistake a rule refuses; each is an entry of the diagnostics catalogue. */
export type Refusal = (typeof refusalKinds)[number];
export const refusalKinds = ["shape", "dtype", "axis", "argument"] as const;

/** What a type rule may do besides computing: refuse, or ask that two sizes be equal. */
export interface Rule {
  /** Refuses the call. `message` names the operator, the argument and the values. */
  fail(kind: Refusal, message: string): never;
  /**
   * Demands that `a` and `b` are the same size and returns it. Two different numbers are refused with
   * `message()`; where a symbol is involved, the compiler checks at run time with the same message.
   */
  equal(a: Dim, b: Dim, message: () => string): Dim;
  /** Demands `a ≤ b` in the same way. */
  atMost(a: Dim, b: Dim, message: () => string): void;
}

/**
 * PyTorch's promotion among the types here: f64 over f32 over i32 over u8 and i8 over bool. u8 beside i8
 * gives i32, because there is no i16.
 */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  for (const d of ["f64", "f32", "i32"] as const) if (a === d || b === d) return d;
  if (a === "bool") return b;
  return b === "bool" ? a : "i32";
}

/** The float dtype that functions of floats compute in: integers and bools become f32. */
export const floatOf = (d: DType): FloatDType => (d === "f64" ? "f64" : "f32");
/** The dtype that sums and products are of. */
export const sumOf = (d: DType): DType => (d === "bool" || isNarrow(d) ? "i32" : d);
