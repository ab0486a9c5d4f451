/** What the parts of a contraction's tile share: its sums, and where its vectors lie. */

import { tensorOf } from "../../graph/ir.ts";
import { type FuncBuilder, i32, lane, plus, times } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { ContractInput, TileShape } from "./contract-input.ts";
import { elementOf, type KernelParams } from "./kernel.ts";
import type { LinearForm } from "./linear-form.ts";
import { sizeExpr } from "./size-expr.ts";

export interface TileContext {
  readonly b: FuncBuilder;
  readonly input: ContractInput;
  readonly shape: TileShape;
  readonly params: KernelParams;
  readonly a: LoopExpr;
  readonly bBase: LoopExpr;
  readonly epilogue: readonly LoopExpr[];
  /** The part of the table of segments to run through, in bytes; undefined: the whole. */
  readonly part: { readonly from: LoopExpr; readonly to: LoopExpr } | undefined;
  /** One accumulator for each row and vector, locals of four lanes. */
  readonly sums: readonly (readonly LoopExpr[])[];
}

/** The number of a row or vector of a tile: known, or a loop's variable. */
export type Index = number | LoopExpr;

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** The place of one row's vector in the tile, relative to the tile's first element. */
export function offsetIn(t: TileContext, form: LinearForm, r: Index, v: Index): LoopExpr {
  const { plan } = t.input;
  const row =
    plan.row === undefined ? i32(0) : times(sizeExpr(form.by[plan.row]!, t.params.sizes), r);
  const column = typeof v === "number" ? v * 4 : times(v, 4);
  return plus(row, times(sizeExpr(form.by[plan.lane]!, t.params.sizes), column));
}

export function eachVector(
  t: TileContext,
  write: (r: number, v: number, sum: LoopExpr) => void,
): void {
  for (let r = 0; r < t.shape.rows; r++) {
    for (let v = 0; v < t.shape.vectors; v++) write(r, v, t.sums[r]![v]!);
  }
}

/** Stores a vector, or only its first lanes where the result's columns end. */
export function storeLanes(t: TileContext, r: number, v: number, value: LoopExpr): void {
  const { b, shape } = t;
  const index = offsetIn(t, t.input.plan.out, r, v);
  const count = v === shape.vectors - 1 ? shape.tail : 4;
  const access = { element: elementOf(tensorOf(t.input.kernel.result).dtype), base: t.params.out };
  if (count === 4) {
    b.store({ ...access, index }, value);
    return;
  }
  const whole = b.let("v", value);
  for (let l = 0; l < count; l++) b.store({ ...access, index: plus(index, l) }, lane(whole, l));
}
