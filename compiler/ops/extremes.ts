/** The greatest and the least element along axes. */

import { GradientMath } from "./gradient-math.ts";
import { defineOp, type Op } from "./op.ts";
import {
  bindReduction,
  type ReductionAttrs,
  reductionCall,
  reductionSamples,
  typeReduction,
} from "./reduction.ts";
import { numeric } from "./types.ts";

const extreme = (name: "max" | "min", summary: string, notes: string): Op =>
  defineOp<ReductionAttrs>({
    name,
    summary,
    notes: `NaN if any is NaN; −0 is below +0. ${notes} Equal elements share the cotangent evenly.`,
    operands: [{ name: "x", doc: "Floats or integers.", dtype: "same" }],
    ...reductionCall,
    exposed: "method",
    torch: name === "max" ? "amax" : "amin",
    bind: bindReduction(name),
    type: typeReduction(name, numeric),
    gradient({ build, operands, result, cotangent, attrs: { axes, keepDim } }) {
      const m = new GradientMath(build);
      const x = operands[0]!;
      const isExtreme = m.to(m.eq(x, m.spread(result, x, axes, keepDim)), m.typeOf(x).dtype);
      const share = m.div(cotangent, m.sum(isExtreme, axes, keepDim));
      return [m.mul(m.spread(share, x, axes, keepDim), isExtreme)];
    },
    lower: (_types, attrs) => ({ kind: "reduce", combine: name, ...attrs, finish: undefined }),
    samples: reductionSamples("f32", "i32"),
  });

export const max = extreme(
  "max",
  "The greatest element along axes.",
  "Of no elements it is −∞ (of integers: the least), as `Math.max()`.",
);
export const min = extreme(
  "min",
  "The least element along axes.",
  "Of no elements it is ∞ (of integers: the greatest), as `Math.min()`.",
);
