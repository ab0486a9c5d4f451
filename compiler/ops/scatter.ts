/** Elements put or added at positions that another tensor holds: `scatter`, `scatterAdd`, `indexAdd`. */

import { Arguments } from "./arguments.ts";
import type { AxisAttrs } from "./cat.ts";
import { equalDim, product } from "./dim.ts";
import { checkIndexed, demandWithin, positions } from "./gather.ts";
import { GradientMath } from "./gradient-math.ts";
import { affine } from "./lowering.ts";
import { defineOp, type Gradient, type Op } from "./op.ts";
import { printTensorType, type Rule, sumOf, type TensorType } from "./types.ts";

function checkSource(
  op: string,
  x: TensorType,
  source: TensorType,
  wanted: TensorType["shape"],
  rule: Rule,
): void {
  if (source.dtype !== x.dtype) {
    rule.fail("dtype", `${op}: x is ${x.dtype}, source ${source.dtype}; convert one with to()`);
  }
  const fits = (): string =>
    `${op}: source is ${printTensorType(source)}, its sizes must be [${wanted.join(",")}]`;
  if (source.shape.length !== wanted.length) rule.fail("shape", fits());
  source.shape.forEach((size, i) => {
    if (!equalDim(size, wanted[i]!)) rule.equal(size, wanted[i]!, fits);
  });
}

interface Scatter {
  readonly name: "scatter" | "scatterAdd";
  readonly combine: "set" | "add";
  readonly summary: string;
  readonly notes: string;
  readonly torch: string;
  readonly takes: string;
  readonly dtype: "same" | "sum";
  readonly gradient: Gradient<AxisAttrs>;
  readonly samples: Op["samples"];
}

const scattering = (spec: Scatter): Op =>
  defineOp<AxisAttrs>({
    name: spec.name,
    summary: spec.summary,
    notes: spec.notes,
    operands: [
      { name: "x", doc: spec.takes, dtype: spec.dtype },
      { name: "index", doc: "Positions, of the same rank.", dtype: "i32" },
      { name: "source", doc: "Of the sizes of `index`, or a number.", dtype: spec.dtype },
    ],
    variadic: false,
    parameters: [{ name: "dim", type: "number", optional: false, doc: "The axis." }],
    parametersAfter: 1,
    options: [],
    exposed: "method",
    torch: spec.torch,
    bind: (args, [x], rule) => ({
      axis: new Arguments(spec.name, args, rule).axis("dim", x!.shape.length),
    }),
    type(types, { axis }, rule) {
      const [x, index] = checkIndexed(spec.name, types, axis, rule);
      const source = types[2]!;
      demandWithin(spec.name, x, index, axis, rule);
      if (spec.dtype === "sum" && sumOf(x.dtype) !== x.dtype) {
        rule.fail("dtype", `${spec.name} does not take ${x.dtype}: x is ${printTensorType(x)}`);
      }
      checkSource(spec.name, x, source, source.shape.length === 0 ? [] : index.shape, rule);
      return x;
    },
    gradient: spec.gradient,
    lower: ([x, index, source], { axis }) => ({
      kind: "scatter",
      combine: spec.combine,
      extents: index!.shape,
      data: x!.shape.map((_, i) => (i === axis ? "index" : affine(i))),
      index: index!.shape.map((_, i) => affine(i)),
      source: source!.shape.map((_, i) => affine(i)),
    }),
    samples: spec.samples,
  });

export const scatter = scattering({
  name: "scatter",
  combine: "set",
  summary: "A copy of `x` where each element of `source` stands at its position along an axis.",
  notes: `The other positions are those of the element of \`index\`, which must not be larger there. Of several elements for one place the last one stays, row-major in \`source\`; only that one has a gradient. ${positions}`,
  torch: "scatter",
  takes: "Any dtype, at least one axis.",
  dtype: "same",
  gradient({ build, operands: [x, index, source], cotangent: g, wanted, attrs }) {
    const m = new GradientMath(build);
    const put = (to: typeof g, from: typeof g | number): typeof g =>
      m.apply("scatter", [to, index!, from], attrs);
    const taken = (from: typeof g): typeof g => m.apply("gather", [from, index!], attrs);
    const ofSource = (): typeof g => {
      const shape = m.shapeOf(index!);
      const count = product(shape);
      const numbers = m.apply("arange", [], { start: 0, step: 1, count, dtype: "i32" });
      const own = m.reshape(numbers, shape);
      // The number of the element that stayed, at each place.
      const stayed = put(m.full(m.shapeOf(x!), -1, "i32"), own);
      return m.sumBack(m.where(m.eq(taken(stayed), own), taken(g), 0), source!);
    };
    return [
      wanted[0] ? put(g, m.full([], 0, m.typeOf(g).dtype)) : undefined,
      undefined,
      wanted[2] ? ofSource() : undefined,
    ];
  },
  samples: [
    { operands: ["f32[3,4]", "i32[3,2]", "f32[3,2]"], args: { dim: 1 } },
    { operands: ["f32[B,4]", "i32[B,1]", "f32[B,1]"], args: { dim: -1 } },
    { operands: ["f32[4,3]", "i32[6,2]", "f32[6,2]"], args: { dim: 0 } },
    { operands: ["f32[2,5]", "i32[2,3]", "f32[]"], args: { dim: 1 } },
    { operands: ["i32[5]", "i32[7]", "i32[7]"], args: { dim: 0 } },
    { operands: ["bool[2,3]", "i32[2,2]", "bool[2,2]"], args: { dim: 1 } },
    { operands: ["bool[2,3]", "i32[2,0]", "bool[]"], args: { dim: 1 } },
  ],
});

export const scatterAdd = scattering({
  name: "scatterAdd",
  combine: "add",
  summary: "`x` with each element of `source` added at its position along an axis.",
  notes: `The other positions are those of the element of \`index\`, which must not be larger there. Elements for one place are added one after another, row-major in \`source\`. i32 wraps around. ${positions}`,
  torch: "scatter_add",
  takes: "Floats or i32, at least one axis; bools, u8 and i8 become i32.",
  dtype: "sum",
  gradient({ build, operands: [, index, source], cotangent: g, wanted, attrs }) {
    const m = new GradientMath(build);
    const ofSource = (): typeof g => m.sumBack(m.apply("gather", [g, index!], attrs), source!);
    return [g, undefined, wanted[2] ? ofSource() : undefined];
  },
  samples: [
    { operands: ["f32[3,4]", "i32[3,7]", "f32[3,7]"], args: { dim: 1 } },
    { operands: ["f32[B,4]", "i32[B,3]", "f32[B,3]"], args: { dim: -1 } },
    { operands: ["f32[4,3]", "i32[9,2]", "f32[9,2]"], args: { dim: 0 } },
    { operands: ["f32[2,3,2]", "i32[2,4,2]", "f32[]"], args: { dim: 1 } },
    { operands: ["i32[5]", "i32[7]", "i32[7]"], args: { dim: 0 } },
    { operands: ["f32[2,3]", "i32[2,0]", "f32[2,0]"], args: { dim: 1 } },
  ],
});

export const indexAdd = defineOp<AxisAttrs>({
  name: "indexAdd",
  summary: "`x` with slices of `source` added along an axis at the positions in `index`.",
  notes: `The axes of \`index\` take the place of the axis in \`source\`, as in the result of \`take\`, whose gradient this is. Slices for one place are added one after another. i32 wraps around. ${positions}`,
  operands: [
    {
      name: "x",
      doc: "Floats or i32, at least one axis; bools, u8 and i8 become i32.",
      dtype: "sum",
    },
    { name: "index", doc: "Positions, of any shape.", dtype: "i32" },
    { name: "source", doc: "Of the sizes of `x.take(index, dim)`.", dtype: "sum" },
  ],
  variadic: false,
  parameters: [{ name: "dim", type: "number", optional: false, doc: "The axis." }],
  parametersAfter: 1,
  options: [],
  exposed: "method",
  torch: "index_add",
  bind: (args, [x], rule) => ({
    axis: new Arguments("indexAdd", args, rule).axis("dim", x!.shape.length),
  }),
  type(types, { axis }, rule) {
    const [x, index] = checkIndexed("indexAdd", types, axis, rule);
    if (sumOf(x.dtype) !== x.dtype) {
      rule.fail("dtype", `indexAdd does not take ${x.dtype}: x is ${printTensorType(x)}`);
    }
    checkSource("indexAdd", x, types[2]!, x.shape.toSpliced(axis, 1, ...index.shape), rule);
    return x;
  },
  gradient({ build, operands: [, index], cotangent: g, wanted, attrs }) {
    const m = new GradientMath(build);
    return [g, undefined, wanted[2] ? m.apply("take", [g, index!], attrs) : undefined];
  },
  lower([x, index, source], { axis }) {
    const count = index!.shape.length;
    return {
      kind: "scatter",
      combine: "add",
      extents: source!.shape,
      data: x!.shape.map((_, i) => {
        if (i === axis) return "index";
        return affine(i < axis ? i : i + count - 1);
      }),
      index: index!.shape.map((_, i) => affine(axis + i)),
      source: source!.shape.map((_, i) => affine(i)),
    };
  },
  samples: [
    { operands: ["f32[5,3]", "i32[7]", "f32[7,3]"], args: { dim: 0 } },
    { operands: ["f32[5,3]", "i32[B,2]", "f32[B,2,3]"], args: { dim: 0 } },
    { operands: ["f32[B,4]", "i32[6]", "f32[B,6]"], args: { dim: 1 } },
    { operands: ["i32[B,5]", "i32[]", "i32[B]"], args: { dim: 1 } },
    { operands: ["f32[4,2]", "i32[0]", "f32[4,0]"], args: { dim: -1 } },
  ],
});
