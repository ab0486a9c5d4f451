/** What the ways of reducing share: the reduction's data, and its element at a point. */

import { constant, type FuncBuilder, i32 } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { Dim } from "../../ops/dim.ts";
import type { ReduceLowering } from "../../ops/lowering.ts";
import type { DType } from "../../ops/types.ts";
import { boolToInt, type Lanes, lowerExpr } from "../expression.ts";
import { type Accumulator, identityValue } from "./combine.ts";
import type { KernelParams } from "./kernel.ts";
import type { Pulled, PulledArg } from "./pull.ts";
import { readPoint } from "./read-point.ts";

/** Reduced elements in one block of partial sums. */
export const reduceBlock = 4096;

export interface Reduction {
  readonly b: FuncBuilder;
  readonly params: KernelParams;
  readonly lowering: ReduceLowering;
  /** The reduced element, in the type of the sum. */
  readonly element: Pulled;
  readonly type: Accumulator;
  /** The dtype of the result. */
  readonly dtype: DType;
  /** Kept axes come first, then the reduced ones, neighbours merged where accesses allow. */
  readonly kept: readonly Dim[];
  readonly reduced: readonly Dim[];
  /** Number of reduced elements. */
  readonly count: Dim;
}

/** `argmax` and `argmin` reduce to a position. */
export const givesPosition = (r: Reduction): boolean =>
  r.lowering.combine === "argmax" || r.lowering.combine === "argmin";

/** `max` and `min` are exact in every order. */
export const isOrderFree = (r: Reduction): boolean =>
  r.lowering.combine === "max" || r.lowering.combine === "min";

/** What a partial result of this reduction starts at. */
export const identityOf = (r: Reduction): LoopExpr =>
  constant(r.type, identityValue(r.lowering.combine, r.dtype));

/** The reduced element at `at` (kept, then reduced variables), or four of them along axis `along`. */
export function elementAt(
  r: Reduction,
  at: readonly LoopExpr[],
  lanes: Lanes,
  along: number,
): LoopExpr {
  const args = r.element.args.map((a) => readPoint(r.b, r.params, a, at, lanes, along, undefined));
  const value = lowerExpr(r.b, r.element.expr, { args, lanes, indexOf: () => i32(0) });
  return r.element.expr.type === "bool" ? boolToInt(value) : value;
}

/** Whether all arguments lie side by side, or stay the same, along `axis`. */
export const runsAlong = (args: readonly PulledArg[], axis: number): boolean =>
  args.every((a) =>
    a.kind === "memory"
      ? a.form.by[axis] === 0 || a.form.by[axis] === 1
      : a.kind === "anchor" || a.at.terms.every((t) => t.axis !== axis),
  );
