/** Sizes in bytes and counts of elements as f64, in which they cannot overflow. */

import { binary, constant, unary } from "../loop/build.ts";
import type { LoopExpr } from "../loop/ir.ts";
import type { Dim } from "../ops/dim.ts";
import type { Sizes } from "./fused/size-expr.ts";

export const f64 = (value: number): LoopExpr => constant("f64", value);

/** Exact below 2⁵³, and never wrapping. */
export function wideSize(d: Dim, sizes: Sizes): LoopExpr {
  if (typeof d === "number") return f64(d);
  let sum = f64(0);
  for (const { coefficient, atoms } of d.terms) {
    let value = f64(coefficient);
    for (const atom of atoms) {
      const factor =
        atom.kind === "floor"
          ? unary("floor", binary("div", wideSize(atom.numerator, sizes), f64(atom.divisor)))
          : sizes.get(atom.name);
      if (!factor) throw new Error(`the size ${atom.text} is not known at entry`);
      value = binary("mul", value, factor);
    }
    sum = binary("add", sum, value);
  }
  return sum;
}
