/** The combining step of reductions, on scalars and on vectors. */

import { binary, compare, constant, type FuncBuilder, i32, lane, splat } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { ReduceLowering, ScanLowering } from "../../ops/lowering.ts";
import { type DType, isFloat, rangeOf } from "../../ops/types.ts";

export type Combine = ReduceLowering["combine"];

export function combineOf(combine: Combine, a: LoopExpr, b: LoopExpr): LoopExpr {
  if (combine === "sum" || combine === "sumBack") return binary("add", a, b);
  if (combine === "prod") return binary("mul", a, b);
  return binary(combine === "max" || combine === "argmax" ? "max" : "min", a, b);
}

/**
 * What a partial starts at, and what stands for elements outside: adding +0 to a sum that began at +0
 * keeps its bits (it is never −0), and adding −0 keeps those of any.
 */
export function identityValue(combine: Combine, dtype: DType): number {
  if (combine === "sum") return 0;
  if (combine === "sumBack") return isFloat(dtype) ? -0 : 0;
  if (combine === "prod") return 1;
  const [least, greatest] = rangeOf(dtype);
  return combine === "max" || combine === "argmax" ? least : greatest;
}

/** The type in which elements of a dtype are combined. */
export type Accumulator = "f32" | "f64" | "i32";
export const accumulatorOf = (dtype: DType): Accumulator => (isFloat(dtype) ? dtype : "i32");

/** Whether `x` is strictly better than the best so far, or the first NaN. */
export function beats(combine: "argmax" | "argmin", x: LoopExpr, best: LoopExpr): LoopExpr {
  const better = compare(combine === "argmax" ? "gt" : "lt", x, best);
  if (!isFloat(x.type)) return better;
  const firstNan = binary("and", compare("ne", x, x), compare("eq", best, best));
  return binary("or", better, firstNan);
}

/** Scans whose results are values, not positions. */
export type Scanned = Exclude<ScanLowering["combine"], "argmax" | "argmin">;

/** The next result of a scan, from the one before; `factor` is what `linear` multiplies it by. */
export function scanStep(
  combine: Scanned,
  before: LoopExpr,
  x: LoopExpr,
  factor: LoopExpr | undefined,
): LoopExpr {
  if (combine !== "linear") return combineOf(combine, before, x);
  if (!factor) throw new Error("a linear scan has two operands");
  return binary("add", binary("mul", factor, before), x);
}

/** What stands before a scan's first element. */
export const scanStart = (combine: Scanned, dtype: DType): number =>
  combine === "linear" ? 0 : identityValue(combine, dtype);

/** `(v0+v1)+(v2+v3)`, then lanes `(l0+l2)+(l1+l3)`. */
export function horizontal(b: FuncBuilder, combine: Combine, sums: readonly LoopExpr[]): LoopExpr {
  const c = (x: LoopExpr, y: LoopExpr): LoopExpr => combineOf(combine, x, y);
  return acrossLanes(combine, b.let("v", c(c(sums[0]!, sums[1]!), c(sums[2]!, sums[3]!))));
}

/** The lanes of `v`, a local: `(l0+l2)+(l1+l3)`. */
export function acrossLanes(combine: Combine, v: LoopExpr): LoopExpr {
  const c = (x: LoopExpr, y: LoopExpr): LoopExpr => combineOf(combine, x, y);
  return c(c(lane(v, 0), lane(v, 2)), c(lane(v, 1), lane(v, 3)));
}

/** A mask of the first `count` lanes. */
export function laneMask(count: number | LoopExpr): LoopExpr {
  const pair = (x: number, y: number): LoopExpr => ({
    k: "shuffle",
    type: "v4i32",
    a: constant("v4i32", x),
    b: constant("v4i32", y),
    lanes: [0, 4, 0, 4],
  });
  const numbers: LoopExpr = {
    k: "shuffle",
    type: "v4i32",
    a: pair(0, 1),
    b: pair(2, 3),
    lanes: [0, 1, 4, 5],
  };
  return compare("lt", numbers, splat(typeof count === "number" ? i32(count) : count));
}
