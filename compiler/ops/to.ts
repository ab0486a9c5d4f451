/** Conversion to another dtype. */

import { Arguments } from "./arguments.ts";
import { arg, convert } from "./expr.ts";
import { GradientMath } from "./gradient-math.ts";
import { type Attrs, defineOp } from "./op.ts";
import { type DType, isFloat, scalarOf } from "./types.ts";

export interface ToAttrs extends Attrs {
  readonly dtype: DType;
}

export const to = defineOp<ToAttrs>({
  name: "to",
  summary: "The same values in another dtype.",
  notes:
    "A float becomes an integer by truncation and saturation, NaN gives 0. An integer becomes a narrower one by wrapping around. To bool is `≠ 0` (NaN gives true), from bool is 0 or 1. To f32 rounds to nearest, ties to even.",
  operands: [{ name: "x", doc: "Any shape and dtype.", dtype: "any" }],
  variadic: false,
  parameters: [{ name: "dtype", type: "DType", optional: false, doc: "The result's dtype." }],
  parametersAfter: 1,
  options: [],
  exposed: "method",
  torch: "to",
  bind: (args, _operands, rule) => ({ dtype: new Arguments("to", args, rule).dtype("dtype") }),
  type: ([x], { dtype }) => ({ kind: "tensor", dtype, shape: x!.shape }),
  gradient({ build, operands, cotangent }) {
    const { dtype } = build.typeOf(operands[0]!);
    return [isFloat(dtype) ? new GradientMath(build).to(cotangent, dtype) : undefined];
  },
  lower: ([x], { dtype }) => ({
    kind: "map",
    expr: convert(arg(0, scalarOf(x!.dtype)), scalarOf(dtype)),
  }),
  samples: [
    { operands: ["f32[2,3]"], args: { dtype: "i32" } },
    { operands: ["i32[B,3]"], args: { dtype: "f32" } },
    { operands: ["bool[B]"], args: { dtype: "i32" } },
    { operands: ["f32[]"], args: { dtype: "bool" } },
    { operands: ["f32[B,3]"], args: { dtype: "f32" } },
    { operands: ["bool[0,3]"], args: { dtype: "f32" } },
  ],
});
