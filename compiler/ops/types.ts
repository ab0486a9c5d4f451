/** Types of tensors, and what an operator's rule may ask and refuse. */

import type { Dim } from "./dim.ts";
import { printShape } from "./dim.ts";
import type { ScalarType } from "./expr.ts";

/** Element types that are computed with. Storage-only types (f16, i64, …) are converted on load. */
export type DType = "f32" | "i32" | "bool";

export const dtypes: readonly DType[] = ["f32", "i32", "bool"];
export const isDType = (name: unknown): name is DType => dtypes.some((d) => d === name);

/** Bytes of one element in memory. A bool is one byte, 0 or 1. */
export const bytesOf: Readonly<Record<DType, number>> = {
  f32: 4,
  i32: 4,
  bool: 1,
};

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

/** PyTorch's promotion among the types here: f32 over i32 over bool. */
export function promote(a: DType, b: DType): DType {
  if (a === "f32" || b === "f32") return "f32";
  return a === "i32" || b === "i32" ? "i32" : "bool";
}
