/** Results so far along an axis: sums, products, extremes and where these stand. */

import { Arguments } from "./arguments.ts";
import type { AxisAttrs } from "./cat.ts";
import { equalShape } from "./dim.ts";
import { GradientMath } from "./gradient-math.ts";
import type { ScanLowering } from "./lowering.ts";
import { defineOp, type Gradient, type Op, type OperandSpec, type Sample } from "./op.ts";
import {
  type DType,
  isFloat,
  isNarrow,
  printTensorType,
  type Rule,
  type TensorType,
  tensorType,
} from "./types.ts";

interface Scan {
  readonly name: string;
  readonly summary: string;
  readonly notes: string;
  readonly torch: string;
  readonly combine: ScanLowering["combine"];
  readonly dtype: OperandSpec["dtype"];
  readonly result: "i32" | "same";
  readonly gradient: "none" | Gradient<AxisAttrs>;
}

function checkAxis(op: string, x: TensorType, axis: number, rule: Rule): void {
  if (axis < 0 || axis >= x.shape.length) {
    rule.fail("axis", `${op}: axis ${axis} does not fit ${printTensorType(x)}`);
  }
}

const samplesOf = (dtype: DType): readonly Sample[] => [
  { operands: [`${dtype}[2,5]`], args: { dim: -1 } },
  { operands: [`${dtype}[B,4]`], args: { dim: 0 } },
  { operands: [`${dtype}[2,3,4]`], args: { dim: 1 } },
  { operands: [`${dtype}[3,0]`], args: { dim: 1 } },
];

const scan = (spec: Scan): Op =>
  defineOp<AxisAttrs>({
    name: spec.name,
    summary: spec.summary,
    notes: spec.notes,
    operands: [{ name: "x", doc: "Floats or integers, at least one axis.", dtype: spec.dtype }],
    variadic: false,
    parameters: [{ name: "dim", type: "number", optional: false, doc: "The axis." }],
    parametersAfter: 1,
    options: [],
    exposed: "method",
    torch: spec.torch,
    bind: (args, [x], rule) => ({
      axis: new Arguments(spec.name, args, rule).axis("dim", x!.shape.length),
    }),
    type([x], { axis }, rule) {
      if (x!.dtype === "bool" || (spec.dtype === "sum" && isNarrow(x!.dtype))) {
        rule.fail("dtype", `${spec.name} does not take ${x!.dtype}: x is ${printTensorType(x!)}`);
      }
      checkAxis(spec.name, x!, axis, rule);
      return spec.result === "same" ? x! : tensorType(spec.result, x!.shape);
    },
    gradient: spec.gradient,
    lower: (_types, { axis }) => ({ kind: "scan", combine: spec.combine, axis }),
    samples: [...samplesOf("f32"), ...samplesOf("i32")],
  });

/** What `f` gives of `x` with its axis turned round, turned round again. */
function backwards<V>(m: GradientMath<V>, axis: number, xs: readonly V[], f: (xs: V[]) => V): V {
  const flip = (x: V): V => m.apply("flip", [x], { axes: [axis] });
  return flip(f(xs.map(flip)));
}

/** `x` one position later along the axis; `first` takes the free place. */
function later<V>(m: GradientMath<V>, x: V, axis: number, first: number): V {
  const shape = m.shapeOf(x);
  const widths = shape.map((_, i): readonly [number, number] => [i === axis ? 1 : 0, 0]);
  const none = shape.map(() => 0);
  return m.slice(
    m.pad(x, widths, first),
    none,
    shape,
    shape.map(() => 1),
  );
}

/** λ of λ[i] = g[i] + a[i+1] × λ[i+1]: what a cotangent `g` gives where each position feeds the next. */
const carriedBack = <V>(m: GradientMath<V>, axis: number, a: V, g: V): V =>
  backwards(m, axis, [a, g], ([turnedA, turnedG]) =>
    m.apply("linearScan", [later(m, turnedA!, axis, 0), turnedG!], { axis }),
  );

export const cumsum = scan({
  name: "cumsum",
  summary: "The sum of the elements so far along an axis.",
  notes:
    "Begins with +0 and adds in ascending order, one rounding each. Bools, u8 and i8 are counted as i32; i32 wraps around.",
  torch: "cumsum",
  combine: "sum",
  dtype: "sum",
  result: "same",
  gradient: ({ build, cotangent, attrs }) => {
    const m = new GradientMath(build);
    return [backwards(m, attrs.axis, [cotangent], ([g]) => m.apply("cumsum", [g!], attrs))];
  },
});

export const cumprod = scan({
  name: "cumprod",
  summary: "The product of the elements so far along an axis.",
  notes:
    "Multiplies in ascending order, one rounding each. Bools, u8 and i8 are counted as i32; i32 wraps around. The gradient is right where elements are 0.",
  torch: "cumprod",
  combine: "prod",
  dtype: "sum",
  result: "same",
  gradient: ({ build, operands: [x], result, cotangent, attrs: { axis } }) => {
    const m = new GradientMath(build);
    const before = later(m, result, axis, 1);
    return [m.mul(before, carriedBack(m, axis, x!, cotangent))];
  },
});

function extreme(name: "cummax" | "cummin", combine: "max" | "min", greatest: string): Op {
  return scan({
    name,
    summary: `The ${greatest} of the elements so far along an axis.`,
    notes: `NaN stays, and −0 is below +0, as in \`${combine}\`. The first position of the ${greatest} element gets the whole cotangent.`,
    torch: name,
    combine,
    dtype: "same",
    result: "same",
    gradient: ({ build, operands: [x], cotangent, attrs }) => {
      const m = new GradientMath(build);
      const at = m.apply(combine === "max" ? "cumargmax" : "cumargmin", [x!], attrs);
      return [
        m.apply("scatterAdd", [m.full(m.shapeOf(x!), 0, m.typeOf(x!).dtype), at, cotangent], attrs),
      ];
    },
  });
}

function position(name: string, combine: "argmax" | "argmin", greatest: string): Op {
  return scan({
    name,
    summary: `The position of the ${greatest} of the elements so far along an axis.`,
    notes: `The first one wins ties, where PyTorch gives the last; −0 equals +0; NaN counts as ${greatest}.`,
    torch: combine === "argmax" ? "cummax" : "cummin",
    combine,
    dtype: "same",
    result: "i32",
    gradient: "none",
  });
}

export const cummax = extreme("cummax", "max", "greatest");
export const cummin = extreme("cummin", "min", "least");
export const cumargmax = position("cumargmax", "argmax", "greatest");
export const cumargmin = position("cumargmin", "argmin", "least");

export const linearScan = defineOp<AxisAttrs>({
  name: "linearScan",
  summary: "y[i] = a[i] × y[i−1] + b[i] along an axis, beginning with y[−1] = 0.",
  notes: "In ascending order: one rounding for each product, one for each sum.",
  operands: [
    { name: "a", doc: "At least one axis.", dtype: "float" },
    { name: "b", doc: "Of the same sizes.", dtype: "float" },
  ],
  variadic: false,
  parameters: [{ name: "dim", type: "number", optional: false, doc: "The axis." }],
  parametersAfter: 2,
  options: [],
  exposed: "internal",
  torch: "none",
  bind: (args, [a], rule) => ({
    axis: new Arguments("linearScan", args, rule).axis("dim", a!.shape.length),
  }),
  type([a, b], { axis }, rule) {
    for (const x of [a!, b!]) {
      if (!isFloat(x.dtype) || x.dtype !== a!.dtype) {
        rule.fail("dtype", `linearScan takes two of one float dtype, not ${printTensorType(x)}`);
      }
    }
    checkAxis("linearScan", a!, axis, rule);
    const both = (): string =>
      `linearScan: sizes differ: ${printTensorType(a!)}, ${printTensorType(b!)}`;
    if (a!.shape.length !== b!.shape.length) rule.fail("shape", both());
    if (!equalShape(a!.shape, b!.shape)) {
      a!.shape.forEach((size, i) => {
        rule.equal(size, b!.shape[i]!, both);
      });
    }
    return a!;
  },
  gradient({ build, operands: [a], result, cotangent, wanted, attrs: { axis } }) {
    const m = new GradientMath(build);
    const carried = carriedBack(m, axis, a!, cotangent);
    return [wanted[0] ? m.mul(carried, later(m, result, axis, 0)) : undefined, carried];
  },
  lower: (_types, { axis }) => ({ kind: "scan", combine: "linear", axis }),
  samples: [
    { operands: ["f32[2,5]", "f32[2,5]"], args: { dim: -1 } },
    { operands: ["f32[B,4]", "f32[B,4]"], args: { dim: 0 } },
    { operands: ["f32[2,3,4]", "f32[2,3,4]"], args: { dim: 1 } },
    { operands: ["f32[3,0]", "f32[3,0]"], args: { dim: 1 } },
  ],
});
