/** Pooling over windows of the last axes. */

import { Arguments } from "./arguments.ts";
import { type Dim, product } from "./dim.ts";
import { arg, div } from "./expr.ts";
import { GradientMath } from "./gradient-math.ts";
import { maxPoolGradient } from "./max-pool-gradient.ts";
import { type Argument, defineOp, type OperandSpec, type ParameterSpec } from "./op.ts";
import {
  bindPerAxis,
  dilationOption,
  paddingOption,
  places,
  type Spatial,
  strideOption,
} from "./spatial.ts";
import { isFloat, printTensorType, type Rule, type TensorType, tensorType } from "./types.ts";

export interface PoolAttrs extends Spatial {
  readonly kernel: readonly number[];
}

const operands: readonly OperandSpec[] = [
  { name: "x", doc: "The last axes are pooled, one per entry of the kernel.", dtype: "float" },
];

const kernelParameter: ParameterSpec = {
  name: "kernel",
  type: "readonly number[]",
  optional: false,
  doc: "The window's size on each of the last one to three axes.",
};

function bindPool(
  op: string,
  args: Readonly<Record<string, Argument>>,
  x: TensorType,
  rule: Rule,
): PoolAttrs {
  const given = new Arguments(op, args, rule);
  const kernel = given.list("kernel").map((k) => given.whole("kernel", 1, k));
  const count = kernel.length;
  if (count < 1 || count > 3 || count > x.shape.length) {
    given.fail("argument", `a kernel over ${count} axes does not fit ${printTensorType(x)}`);
  }
  const all = (value: number): readonly number[] => kernel.map(() => value);
  return {
    kernel,
    stride: bindPerAxis(given, "stride", count, 1, kernel),
    padding: bindPerAxis(given, "padding", count, 0, all(0)),
    dilation: bindPerAxis(given, "dilation", count, 1, all(1)),
  };
}

function typePool(op: string, x: TensorType, attrs: PoolAttrs, rule: Rule): TensorType {
  const { kernel, padding, dilation } = attrs;
  const call = (): string => `${op} of ${printTensorType(x)}`;
  if (!isFloat(x.dtype)) rule.fail("dtype", `${call()}: takes floats`);
  const leading = x.shape.length - kernel.length;
  if (leading < 0) rule.fail("shape", `${call()}: a kernel over ${kernel.length} axes`);
  kernel.forEach((k, i) => {
    const most = Math.floor(((k - 1) * dilation[i]! + 1) / 2);
    if (padding[i]! > most) {
      rule.fail(
        "argument",
        `${call()}: padding ${padding[i]} is more than half of the window; at most ${most}`,
      );
    }
  });
  const spatial = kernel.map((k, i) => places(x.shape[leading + i]!, k, attrs, i, rule, call));
  return tensorType(x.dtype, [...x.shape.slice(0, leading), ...spatial]);
}

export const maxPool = defineOp<PoolAttrs>({
  name: "maxPool",
  summary: "The greatest element in each window of the last axes.",
  notes:
    "Padding is never chosen. NaN counts as greatest; −0 equals +0; the first position wins ties and gets the whole cotangent.",
  operands,
  variadic: false,
  parameters: [kernelParameter],
  parametersAfter: 1,
  options: [strideOption, paddingOption, dilationOption],
  exposed: "internal",
  torch: "nn.functional.max_pool2d",
  bind: (args, [x], rule) => bindPool("maxPool", args, x!, rule),
  type: ([x], attrs, rule) => typePool("maxPool", x!, attrs, rule),
  gradient: ({ build, operands: [x], result, cotangent, attrs }) => [
    maxPoolGradient(new GradientMath(build), x!, result, cotangent, attrs),
  ],
  lower: (_types, { kernel, stride, padding, dilation }) => ({
    kind: "window",
    combine: "max",
    kernel,
    stride,
    padding,
    dilation,
    finish: undefined,
  }),
  samples: [
    { operands: ["f32[1,2,4,6]"], args: { kernel: [2, 2] } },
    { operands: ["f32[B,3,7,7]"], args: { kernel: [3, 3], stride: 2, padding: 1 } },
    { operands: ["f32[B,H,6]"], args: { kernel: [2, 3], stride: [2, 1] } },
    { operands: ["f32[2,9]"], args: { kernel: [3], stride: 1, dilation: 2, padding: 2 } },
    { operands: ["f32[2,3,4,5]"], args: { kernel: [2, 2, 2], stride: 1 } },
    { operands: ["f32[0,2,4,4]"], args: { kernel: [2, 2] } },
  ],
});

export const avgPool = defineOp<PoolAttrs>({
  name: "avgPool",
  summary: "The mean of each window of the last axes.",
  notes:
    "Padding counts as zeros, as PyTorch's default: the sum, in ascending order, is divided by the window's size.",
  operands,
  variadic: false,
  parameters: [kernelParameter],
  parametersAfter: 1,
  options: [strideOption, paddingOption],
  exposed: "internal",
  torch: "nn.functional.avg_pool2d",
  bind: (args, [x], rule) => bindPool("avgPool", args, x!, rule),
  type: ([x], attrs, rule) => typePool("avgPool", x!, attrs, rule),
  gradient: ({ build, operands: [x], cotangent, attrs }) => [
    avgPoolGradient(new GradientMath(build), x!, cotangent, attrs),
  ],
  lower: ([x], { kernel, stride, padding, dilation }) => ({
    kind: "window",
    combine: "sum",
    kernel,
    stride,
    padding,
    dilation,
    finish: div(arg(0, x!.dtype), arg(1, x!.dtype)),
  }),
  samples: [
    { operands: ["f32[1,2,4,6]"], args: { kernel: [2, 2] } },
    { operands: ["f32[B,3,7,7]"], args: { kernel: [3, 3], stride: 2, padding: 1 } },
    { operands: ["f32[B,H,6]"], args: { kernel: [2, 3], stride: [2, 1] } },
    { operands: ["f32[2,9]"], args: { kernel: [3], stride: 1, padding: 1 } },
    { operands: ["f32[0,2,4,4]"], args: { kernel: [2, 2] } },
  ],
});

/** Each element gets the shares of its windows: the input gradient of a convolution with ones. */
function avgPoolGradient<V>(m: GradientMath<V>, x: V, g: V, { kernel, ...form }: PoolAttrs): V {
  const [shape, places] = [m.shapeOf(x), m.shapeOf(g)];
  const leading = shape.length - kernel.length;
  const images: Dim = product(shape.slice(0, leading));
  const shares = m.div(
    m.reshape(g, [images, 1, ...places.slice(leading)]),
    kernel.reduce((a, b) => a * b, 1),
  );
  const ones = m.full([1, 1, ...kernel], 1, m.typeOf(g).dtype);
  const inputSize = shape.slice(leading);
  const whole = m.apply("convInputGrad", [shares, ones], { ...form, groups: 1, inputSize });
  return m.reshape(whole, shape);
}
