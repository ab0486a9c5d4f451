/** Products over axes. */

import { GradientMath } from "./gradient-math.ts";
import { defineOp } from "./op.ts";
import {
  bindReduction,
  type ReductionAttrs,
  reductionCall,
  reductionSamples,
  typeReduction,
} from "./reduction.ts";
import { floats } from "./types.ts";

export const prod = defineOp<ReductionAttrs>({
  name: "prod",
  summary: "The product along axes.",
  notes:
    "Multiplies in the fixed order of the numeric contract, rule 4. Bools, u8 and i8 are counted as i32; i32 wraps around. The product of no elements is 1. The gradient is right where elements are 0, and so is its own.",
  operands: [{ name: "x", doc: "Bools, u8 and i8 are converted to i32.", dtype: "sum" }],
  ...reductionCall,
  exposed: "method",
  torch: "prod",
  bind: bindReduction("prod"),
  type: typeReduction("prod", [...floats, "i32"]),
  gradient: ({ build, operands, result, cotangent, attrs }) => [
    productGradient(new GradientMath(build), operands[0]!, result, cotangent, attrs),
  ],
  lower: (_types, attrs) => ({ kind: "reduce", combine: "prod", ...attrs, finish: undefined }),
  samples: reductionSamples("f32", "i32"),
});

/**
 * The product of the others: y / x where x is not 0; where it is, the product of the elements other
 * than 0 if x is the only 0, else 0.
 */
function productGradient<V>(
  m: GradientMath<V>,
  x: V,
  y: V,
  g: V,
  { axes, keepDim, lanes }: ReductionAttrs,
): V {
  const spread = (v: V): V => m.spread(v, x, axes, keepDim);
  const isZero = m.eq(x, 0);
  const zeros = m.sum(m.to(isZero, m.typeOf(x).dtype), axes, keepDim);
  // Also for dividing: the arm that is not taken has a derivative as well, and NaN times 0 is NaN.
  const nonzero = m.where(isZero, 1, x);
  const others = m.apply("prod", [nonzero], { axes, keepDim, lanes });
  const alone = m.where(m.eq(zeros, 1), others, 0);
  // Of two zeros, each is a factor of what the other one has: 0 now, but not as it changes.
  const finite = m.where(m.lt(m.apply("abs", [others]), Number.POSITIVE_INFINITY), others, 0);
  const zero = m.where(isZero, x, 0);
  const other = m.sub(spread(m.sum(zero, axes, keepDim)), zero);
  const pair = m.add(m.mul(other, spread(finite)), 0);
  const atZero = m.where(m.eq(spread(zeros), 2), pair, spread(alone));
  return m.mul(spread(g), m.where(isZero, atZero, m.div(spread(y), nonzero)));
}
