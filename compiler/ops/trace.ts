/**
 * Owns what a traced function does, instead of a source: operators, in order, on its inputs and on tensors
 * from outside of it.
 */

import type { Attrs } from "./op.ts";
import type { TensorType } from "./types.ts";

/** Where a tensor comes from: it is an input, one from outside, or the result of an earlier step. */
export type TracePlace = readonly [from: "inputs" | "outside" | "steps", index: number];

export interface TraceStep {
  readonly op: string;
  readonly attrs: Attrs;
  readonly operands: readonly TracePlace[];
  readonly type: TensorType;
}

export type TraceResult =
  | { readonly kind: "tensor"; readonly place: TracePlace }
  | { readonly kind: "list"; readonly items: readonly TraceResult[] }
  | { readonly kind: "record"; readonly fields: readonly (readonly [string, TraceResult])[] }
  | { readonly kind: "primitive"; readonly value: number | string | boolean | null | undefined };

export interface Trace<Outside = unknown> {
  /** The types of the examples: other arguments are refused. */
  readonly inputs: readonly TensorType[];
  /** Tensors that never change, and the cells of parameters and buffers. */
  readonly outside: readonly Outside[];
  readonly steps: readonly TraceStep[];
  readonly result: TraceResult;
}
