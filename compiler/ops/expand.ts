/** Repetition along axes of size 1 and along new leading axes. */

import { Arguments } from "./arguments.ts";
import { type Dim, equalDim, printShape } from "./dim.ts";
import { GradientMath } from "./gradient-math.ts";
import { affine, fixed } from "./lowering.ts";
import { defineOp } from "./op.ts";
import type { ShapeAttrs } from "./reshape.ts";
import { printTensorType, type Rule, type TensorType } from "./types.ts";
import { wholePiece } from "./view.ts";

function typeExpand(x: TensorType, shape: readonly Dim[], rule: Rule): TensorType {
  const what = (): string => `${printTensorType(x)} to ${printShape(shape)}`;
  const leading = shape.length - x.shape.length;
  if (leading < 0) rule.fail("shape", `expand: ${what()} would lose axes`);
  const sizes = shape.map((to, i) => {
    const from = x.shape[i - leading];
    if (from === undefined || from === 1 || equalDim(from, to)) return to;
    return rule.equal(
      from,
      to,
      () =>
        `expand: sizes ${from} and ${to} differ: ${what()}; only a size written as 1 is repeated`,
    );
  });
  return { kind: "tensor", dtype: x.dtype, shape: sizes };
}

export const expand = defineOp<ShapeAttrs>({
  name: "expand",
  summary: "The tensor repeated along its axes of size 1 and along new leading axes.",
  notes:
    "−1 keeps a size. Only a size written as 1 is repeated, never a symbol that happens to be 1.",
  operands: [{ name: "x", doc: "Any shape and dtype.", dtype: "any" }],
  variadic: false,
  parameters: [
    {
      name: "shape",
      type: "readonly number[]",
      optional: false,
      doc: "The sizes of the result; -1 keeps one.",
      isSize: true,
    },
  ],
  parametersAfter: 1,
  options: [],
  exposed: "method",
  torch: "expand",
  bind(args, [x], rule) {
    const given = new Arguments("expand", args, rule);
    const sizes = given.list("shape");
    const leading = sizes.length - x!.shape.length;
    return {
      shape: sizes.map((size, i) => {
        const kept = size === -1 ? x!.shape[i - leading] : undefined;
        return kept ?? given.size("shape", size);
      }),
    };
  },
  type: ([x], { shape }, rule) => typeExpand(x!, shape, rule),
  gradient({ build, operands: [x], cotangent }) {
    return [new GradientMath(build).sumBack(cotangent, x!)];
  },
  lower([x], _attrs, result) {
    const leading = result.shape.length - x!.shape.length;
    return wholePiece(
      result.shape,
      x!.shape.map((d, i) =>
        d === 1 && result.shape[leading + i] !== 1 ? fixed(0) : affine(leading + i),
      ),
    );
  },
  samples: [
    { operands: ["f32[1,3]"], args: { shape: [2, 3] } },
    { operands: ["f32[B,1]"], args: { shape: [-1, 4] } },
    { operands: ["i32[3]"], args: { shape: [2, 2, 3] } },
    { operands: ["bool[]"], args: { shape: [2, 3] } },
    { operands: ["f32[1,3]"], args: { shape: [0, 3] } },
  ],
});
