/** Axes in another order. */

import { Arguments } from "./arguments.ts";
import { GradientMath } from "./gradient-math.ts";
import { affine } from "./lowering.ts";
import { type Attrs, defineOp } from "./op.ts";
import { printTensorType } from "./types.ts";
import { wholePiece } from "./view.ts";

export interface PermuteAttrs extends Attrs {
  /** For each axis of the result, the axis of the operand. */
  readonly dims: readonly number[];
}

const isPermutation = (dims: readonly number[], rank: number): boolean =>
  dims.length === rank && dims.every((d, i) => d >= 0 && d < rank && dims.indexOf(d) === i);

export const permute = defineOp<PermuteAttrs>({
  name: "permute",
  summary: "The axes in another order.",
  notes: "Axis i of the result is axis `dims[i]` of the operand.",
  operands: [{ name: "x", doc: "Any shape and dtype.", dtype: "any" }],
  variadic: false,
  parameters: [
    {
      name: "dims",
      type: "readonly number[]",
      optional: false,
      doc: "Every axis once. Negative ones count from the end.",
    },
  ],
  parametersAfter: 1,
  options: [],
  exposed: "method",
  torch: "permute",
  bind(args, [x], rule) {
    const given = new Arguments("permute", args, rule);
    return { dims: given.list("dims").map((d) => given.axis("dims", x!.shape.length, d)) };
  },
  type([x], { dims }, rule) {
    if (!isPermutation(dims, x!.shape.length)) {
      rule.fail(
        "axis",
        `permute: [${dims}] does not name each axis of ${printTensorType(x!)} once`,
      );
    }
    return { kind: "tensor", dtype: x!.dtype, shape: dims.map((d) => x!.shape[d]!) };
  },
  gradient({ build, cotangent, attrs: { dims } }) {
    return [
      new GradientMath(build).permute(
        cotangent,
        dims.map((_, i) => dims.indexOf(i)),
      ),
    ];
  },
  lower: (_types, { dims }, result) =>
    wholePiece(
      result.shape,
      dims.map((_, i) => affine(dims.indexOf(i))),
    ),
  samples: [
    { operands: ["f32[2,3]"], args: { dims: [1, 0] } },
    { operands: ["f32[B,3,4]"], args: { dims: [0, 2, 1] } },
    { operands: ["i32[2,3,4]"], args: { dims: [-1, 0, 1] } },
    { operands: ["bool[]"], args: { dims: [] } },
    { operands: ["f32[0,3]"], args: { dims: [1, 0] } },
  ],
});
