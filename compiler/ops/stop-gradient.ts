/** The same values, through which no gradient flows. */

import { affine } from "./lowering.ts";
import { type Attrs, defineOp, noAttrs } from "./op.ts";
import { wholePiece } from "./view.ts";

export const stopGradient = defineOp<Attrs>({
  name: "stopGradient",
  summary: "The same tensor, taken for a constant where gradients are computed.",
  notes: "Costs nothing: eagerly it is a view, and compiled code has nothing in its place.",
  operands: [{ name: "x", doc: "Any shape and dtype.", dtype: "any" }],
  variadic: false,
  parameters: [],
  parametersAfter: 1,
  options: [],
  exposed: "function",
  torch: "detach",
  bind: () => noAttrs,
  type: ([x]) => x!,
  gradient: "none",
  lower: (_, __, { shape }) =>
    wholePiece(
      shape,
      shape.map((_, i) => affine(i)),
    ),
  samples: [
    { operands: ["f32[2,3]"], args: {} },
    { operands: ["i32[B]"], args: {} },
    { operands: ["bool[]"], args: {} },
    { operands: ["f32[0,3]"], args: {} },
  ],
});
