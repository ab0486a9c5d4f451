/** Sums over axes: `sum`, its form for cotangents, and `mean`. */

import { arg, div } from "./expr.ts";
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

export const sum = defineOp<ReductionAttrs>({
  name: "sum",
  summary: "The sum along axes.",
  notes:
    "Adds in the fixed order of the numeric contract, rule 4. Bools, u8 and i8 are counted as i32; i32 wraps around. The sum of no elements is 0.",
  operands: [{ name: "x", doc: "Bools, u8 and i8 are converted to i32.", dtype: "sum" }],
  ...reductionCall,
  exposed: "method",
  torch: "sum",
  bind: bindReduction("sum"),
  type: typeReduction("sum", [...floats, "i32"]),
  gradient({ build, operands: [x], cotangent, attrs }) {
    return [new GradientMath(build).spread(cotangent, x!, attrs.axes, attrs.keepDim)];
  },
  lower: (_types, attrs) => ({ kind: "reduce", combine: "sum", ...attrs, finish: undefined }),
  samples: [
    ...reductionSamples("f32", "i32"),
    { operands: ["f32[3,600]"], args: { dim: 1 } },
    { operands: ["f32[5000,2]"], args: { dim: 0 } },
  ],
});

export const sumBack = defineOp<ReductionAttrs>({
  name: "sumBack",
  summary: "The sum of a cotangent along axes on which an operand was repeated.",
  notes:
    "As `sum`, but its partial sums start at −0, so that an axis of size 1 changes no bit; the sum of no elements is −0.",
  operands: [{ name: "x", doc: "A cotangent.", dtype: "float" }],
  ...reductionCall,
  exposed: "internal",
  torch: "sum_to_size",
  bind: bindReduction("sumBack"),
  type: typeReduction("sumBack", floats),
  gradient({ build, operands: [x], cotangent, attrs }) {
    return [new GradientMath(build).spread(cotangent, x!, attrs.axes, attrs.keepDim)];
  },
  lower: (_types, attrs) => ({ kind: "reduce", combine: "sumBack", ...attrs, finish: undefined }),
  samples: reductionSamples("f32"),
});

export const mean = defineOp<ReductionAttrs>({
  name: "mean",
  summary: "The mean along axes.",
  notes:
    "The sum as `sum` gives it, divided by the number of elements. Integers and bools are converted to f32 first. The mean of no elements is NaN.",
  operands: [{ name: "x", doc: "Integers and bools are converted to f32.", dtype: "float" }],
  ...reductionCall,
  exposed: "method",
  torch: "mean",
  bind: bindReduction("mean"),
  type: typeReduction("mean", floats),
  gradient({ build, operands: [x], cotangent, attrs }) {
    const m = new GradientMath(build);
    const share = m.div(cotangent, m.count(x!, attrs.axes));
    return [m.spread(share, x!, attrs.axes, attrs.keepDim)];
  },
  lower: ([x], attrs) => ({
    kind: "reduce",
    combine: "sum",
    ...attrs,
    finish: div(arg(0, x!.dtype), arg(1, x!.dtype)),
  }),
  samples: reductionSamples("f32"),
});
