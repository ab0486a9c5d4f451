/** The same elements, in the same order, in another shape. */

import { Arguments } from "./arguments.ts";
import { type Dim, divideDim, printShape, product } from "./dim.ts";
import { GradientMath } from "./gradient-math.ts";
import { type Argument, type Attrs, defineOp } from "./op.ts";
import { printTensorType, type Rule, type TensorType } from "./types.ts";

export interface ShapeAttrs extends Attrs {
  readonly shape: readonly Dim[];
}

function bindReshape(
  args: Readonly<Record<string, Argument>>,
  x: TensorType,
  rule: Rule,
): ShapeAttrs {
  const given = new Arguments("reshape", args, rule);
  const sizes = given.list("shape");
  const open = sizes.indexOf(-1);
  if (open < 0) return { shape: given.sizes("shape") };
  if (sizes.includes(-1, open + 1)) given.fail("argument", "only one size of shape may be -1");
  const shape = sizes.map((size, i) => (i === open ? 1 : given.size("shape", size)));
  const [total, others] = [product(x.shape), product(shape)];
  const rest = divideDim(total, others);
  if (rest === undefined) {
    const into = `the ${total} elements of ${printTensorType(x)} into ${printShape(shape.with(open, -1))}`;
    return given.fail(
      "shape",
      others === 0
        ? `-1 can be any size when another is 0: ${into}; write the size`
        : typeof total === "number" && typeof others === "number"
          ? `${total} is not a multiple of ${others}: cannot put ${into}`
          : `cannot show that ${others} divides ${total}: ${into}; write the size instead of -1`,
    );
  }
  return { shape: shape.with(open, rest) };
}

export const reshape = defineOp<ShapeAttrs>({
  name: "reshape",
  summary: "The same elements in the same order in another shape.",
  notes:
    "One size may be −1 and is then worked out; where sizes are symbolic, the division must be exact.",
  operands: [{ name: "x", doc: "Any shape and dtype.", dtype: "any" }],
  variadic: false,
  parameters: [
    {
      name: "shape",
      type: "readonly number[]",
      optional: false,
      doc: "The new sizes; one may be -1.",
      isSize: true,
    },
  ],
  parametersAfter: 1,
  options: [],
  exposed: "method",
  torch: "reshape",
  bind: (args, [x], rule) => bindReshape(args, x!, rule),
  type([x], { shape }, rule) {
    const [from, to] = [product(x!.shape), product(shape)];
    rule.equal(
      from,
      to,
      () => `reshape: ${printTensorType(x!)} has ${from} elements, ${printShape(shape)} has ${to}`,
    );
    return { kind: "tensor", dtype: x!.dtype, shape };
  },
  gradient({ build, operands: [x], cotangent }) {
    const m = new GradientMath(build);
    return [m.reshape(cotangent, m.shapeOf(x!))];
  },
  lower: () => ({ kind: "move", form: "reshape" }),
  samples: [
    { operands: ["f32[2,6]"], args: { shape: [3, 4] } },
    { operands: ["f32[B,6]"], args: { shape: [-1, 2, 3] } },
    { operands: ["i32[2,3]"], args: { shape: [-1] } },
    { operands: ["bool[1,1]"], args: { shape: [] } },
    { operands: ["f32[]"], args: { shape: [1, 1] } },
    { operands: ["f32[0,3]"], args: { shape: [3, 0, 2] } },
  ],
});
