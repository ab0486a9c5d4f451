/** Axes in reverse. */

import { Arguments } from "./arguments.ts";
import { subDim } from "./dim.ts";
import { GradientMath } from "./gradient-math.ts";
import { affine } from "./lowering.ts";
import { type Attrs, defineOp } from "./op.ts";
import { wholePiece } from "./view.ts";

export interface FlipAttrs extends Attrs {
  readonly axes: readonly number[];
}

export const flip = defineOp<FlipAttrs>({
  name: "flip",
  summary: "The elements in reverse order along axes.",
  notes: "All axes when none is given.",
  operands: [{ name: "x", doc: "Any shape and dtype.", dtype: "any" }],
  variadic: false,
  parameters: [
    {
      name: "dim",
      type: "number | readonly number[]",
      optional: true,
      doc: "The axis or axes to reverse. Negative ones count from the end.",
    },
  ],
  parametersAfter: 1,
  options: [],
  exposed: "method",
  torch: "flip",
  bind: (args, [x], rule) => ({
    axes: new Arguments("flip", args, rule).axes("dim", x!.shape.length),
  }),
  type: ([x], { axes }, rule) =>
    axes.every((a) => a < x!.shape.length)
      ? x!
      : rule.fail("axis", `flip: axes [${axes}] do not fit a tensor of rank ${x!.shape.length}`),
  gradient: ({ build, cotangent, attrs }) => [
    new GradientMath(build).apply("flip", [cotangent], attrs),
  ],
  lower: (_types, { axes }, { shape }) =>
    wholePiece(
      shape,
      shape.map((size, i) => (axes.includes(i) ? affine(i, -1, subDim(size, 1)) : affine(i))),
    ),
  samples: [
    { operands: ["f32[2,3]"], args: { dim: 1 } },
    { operands: ["f32[B,3]"], args: { dim: [0, -1] } },
    { operands: ["i32[4]"], args: {} },
    { operands: ["bool[]"], args: {} },
    { operands: ["f32[0,3]"], args: { dim: 0 } },
  ],
});
