/** Elements at positions that another tensor holds: `gather` and `take`. */

import { Arguments } from "./arguments.ts";
import { demandAtMost } from "./bounds.ts";
import type { AxisAttrs } from "./cat.ts";
import { GradientMath } from "./gradient-math.ts";
import { affine } from "./lowering.ts";
import { defineOp } from "./op.ts";
import { printTensorType, type Rule, type TensorType, tensorType } from "./types.ts";

/** `x` and `index`, where the axis exists and positions are i32. */
export function checkIndexed(
  op: string,
  types: readonly TensorType[],
  axis: number,
  rule: Rule,
): readonly [TensorType, TensorType] {
  const [x, index] = [types[0]!, types[1]!];
  if (index.dtype !== "i32") {
    rule.fail("dtype", `${op}: index must be i32, not ${printTensorType(index)}`);
  }
  if (axis < 0 || axis >= x.shape.length) {
    rule.fail("axis", `${op}: axis ${axis} does not fit ${printTensorType(x)}`);
  }
  return [x, index];
}

/** Demands that `index` has the rank of `x` and is nowhere larger, but along the axis that it indexes. */
export function demandWithin(
  op: string,
  x: TensorType,
  index: TensorType,
  axis: number,
  rule: Rule,
): void {
  const both = (): string => `${printTensorType(x)} at ${printTensorType(index)}`;
  if (index.shape.length !== x.shape.length) {
    rule.fail("shape", `${op}: x and index have different ranks: ${both()}`);
  }
  index.shape.forEach((size, i) => {
    if (i === axis) return;
    const larger = (): string =>
      `${op}: index has size ${size} on axis ${i}, x only ${x.shape[i]}: ${both()}`;
    demandAtMost(size, x.shape[i]!, rule, larger);
  });
}

export const positions =
  "A negative position counts from the end; one outside is an error where the code runs.";

export const gather = defineOp<AxisAttrs>({
  name: "gather",
  summary: "For each element of `index`, the element of `x` at that position along an axis.",
  notes: `The other positions are those of the element of \`index\`, which must not be larger there. ${positions}`,
  operands: [
    { name: "x", doc: "Any dtype, at least one axis.", dtype: "any" },
    { name: "index", doc: "Positions, of the same rank; gives the result's shape.", dtype: "i32" },
  ],
  variadic: false,
  parameters: [{ name: "dim", type: "number", optional: false, doc: "The axis." }],
  parametersAfter: 1,
  options: [],
  exposed: "method",
  torch: "gather",
  bind: (args, [x], rule) => ({
    axis: new Arguments("gather", args, rule).axis("dim", x!.shape.length),
  }),
  type(types, { axis }, rule) {
    const [x, index] = checkIndexed("gather", types, axis, rule);
    demandWithin("gather", x, index, axis, rule);
    return tensorType(x.dtype, index.shape);
  },
  gradient: ({ build, operands: [x, index], cotangent, attrs: { axis } }) => {
    const m = new GradientMath(build);
    return [
      m.apply("scatterAdd", [m.full(m.shapeOf(x!), 0, m.typeOf(x!).dtype), index!, cotangent], {
        axis,
      }),
    ];
  },
  lower: ([x], { axis }) => ({
    kind: "index",
    data: x!.shape.map((_, i) => (i === axis ? "index" : affine(i))),
    index: x!.shape.map((_, i) => affine(i)),
  }),
  samples: [
    { operands: ["f32[3,4]", "i32[3,2]"], args: { dim: 1 } },
    { operands: ["f32[B,4]", "i32[B,1]"], args: { dim: -1 } },
    { operands: ["i32[5]", "i32[7]"], args: { dim: 0 } },
    { operands: ["bool[2,3]", "i32[2,0]"], args: { dim: 1 } },
  ],
});

export const take = defineOp<AxisAttrs>({
  name: "take",
  summary:
    "The slices of `x` along an axis at the positions in `index`: rows of an embedding table.",
  notes: `The axes of \`index\` take the place of the axis. ${positions}`,
  operands: [
    { name: "x", doc: "Any dtype, at least one axis.", dtype: "any" },
    { name: "index", doc: "Positions, of any shape.", dtype: "i32" },
  ],
  variadic: false,
  parameters: [{ name: "dim", type: "number", optional: true, doc: "The axis; 0 by default." }],
  parametersAfter: 2,
  options: [],
  exposed: "method",
  torch: "index_select",
  bind(args, [x], rule) {
    const given = new Arguments("take", args, rule);
    return { axis: given.axis("dim", x!.shape.length, given.get("dim") ?? 0) };
  },
  type(types, { axis }, rule) {
    const [x, index] = checkIndexed("take", types, axis, rule);
    return tensorType(x.dtype, x.shape.toSpliced(axis, 1, ...index.shape));
  },
  gradient: ({ build, operands: [x, index], cotangent, attrs: { axis } }) => {
    const m = new GradientMath(build);
    return [
      m.apply("indexAdd", [m.full(m.shapeOf(x!), 0, m.typeOf(x!).dtype), index!, cotangent], {
        axis,
      }),
    ];
  },
  lower([x, index], { axis }) {
    const count = index!.shape.length;
    return {
      kind: "index",
      data: x!.shape.map((_, i) => {
        if (i === axis) return "index";
        return affine(i < axis ? i : i + count - 1);
      }),
      index: index!.shape.map((_, i) => affine(axis + i)),
    };
  },
  samples: [
    { operands: ["f32[5,3]", "i32[4]"], args: {} },
    { operands: ["f32[5,3]", "i32[B,2]"], args: { dim: 0 } },
    { operands: ["i32[B,5]", "i32[]"], args: { dim: 1 } },
    { operands: ["bool[4,2]", "i32[0]"], args: { dim: -2 } },
  ],
});
