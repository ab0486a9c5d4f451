/** The gradients of convolution by its input and by its weight. With `conv` they are closed. */

import { Arguments } from "./arguments.ts";
import {
  bindConv,
  bindSizes,
  type ConvAttrs,
  channel,
  checkCotangent,
  convOptions,
  convShape,
  cotangentOperand,
  inputOperand,
  perGroup,
  readPosition,
  spatialCount,
  weightOperand,
} from "./conv-geometry.ts";
import { type Dim, divideDim, mulDim } from "./dim.ts";
import { GradientMath, range } from "./gradient-math.ts";
import { affine, type ContractIndex, type ContractLowering, inside } from "./lowering.ts";
import { defineOp, type ParameterSpec } from "./op.ts";
import { printTensorType, type TensorType, tensorType } from "./types.ts";

export interface InputGradAttrs extends ConvAttrs {
  readonly inputSize: readonly Dim[];
}

export interface WeightGradAttrs extends ConvAttrs {
  readonly kernelSize: readonly Dim[];
}

const sizesParameter = (name: string, doc: string): ParameterSpec => ({
  name,
  type: "readonly number[]",
  optional: false,
  doc,
});

const convOf = ({ stride, padding, dilation, groups }: ConvAttrs): ConvAttrs => ({
  stride,
  padding,
  dilation,
  groups,
});

const callOf =
  (op: string, types: readonly TensorType[]): (() => string) =>
  () =>
    `${op} of ${types.map(printTensorType).join(", ")}`;

export const convInputGrad = defineOp<InputGradAttrs>({
  name: "convInputGrad",
  summary: "The gradient of `conv` by its input; also transposed convolution.",
  notes:
    "Products are added by kernel row, kernel column, output channel in blocks of 512 (the numeric contract, rule 3). Elements between the strides contribute nothing.",
  operands: [cotangentOperand, weightOperand],
  variadic: false,
  parameters: [sizesParameter("inputSize", "The spatial sizes of the convolution's input.")],
  parametersAfter: 2,
  options: convOptions,
  exposed: "internal",
  torch: "nn.grad.conv2d_input",
  bind(args, types, rule) {
    const given = new Arguments("convInputGrad", args, rule);
    const count = spatialCount("convInputGrad", types, rule);
    return { ...bindConv(given, count), inputSize: bindSizes(given, "inputSize", count) };
  },
  type(types, attrs, rule) {
    const call = callOf("convInputGrad", types);
    const count = spatialCount("convInputGrad", types, rule);
    const [g, w] = [types[0]!.shape, types[1]!.shape];
    if (attrs.inputSize.length !== count) {
      rule.fail("argument", `${call()}: inputSize needs ${count} sizes`);
    }
    const x = [g[0]!, mulDim(w[1]!, attrs.groups), ...attrs.inputSize];
    checkCotangent(call, g, convShape(call, x, w, attrs, rule), rule);
    return tensorType(types[0]!.dtype, x);
  },
  gradient({ build, operands, cotangent, wanted, attrs }) {
    const m = new GradientMath(build);
    const [g, w] = [operands[0]!, operands[1]!];
    const kernelSize = m.shapeOf(w).slice(2);
    const form = convOf(attrs);
    return [
      wanted[0] ? m.apply("conv", [cotangent, w], form) : undefined,
      wanted[1] ? m.apply("convWeightGrad", [cotangent, g], { ...form, kernelSize }) : undefined,
    ];
  },
  lower: (types, attrs, result) => lowerInputGrad(types, attrs, result),
  samples: [
    { operands: ["f32[1,3,3,4]", "f32[3,2,3,3]"], args: { inputSize: [5, 6] } },
    {
      operands: ["f32[B,4,4,5]", "f32[4,3,3,2]"],
      args: { inputSize: [7, 8], stride: 2, padding: 1 },
    },
    {
      operands: ["f32[2,6,7,4]", "f32[6,2,3,3]"],
      args: {
        inputSize: [7, 9],
        stride: [1, 2],
        padding: [2, 0],
        dilation: [2, 1],
        groups: 2,
      },
    },
    { operands: ["f32[2,4,4]", "f32[4,3,3]"], args: { inputSize: [9], stride: 2 } },
    { operands: ["f32[1,70,4,4]", "f32[70,2,3,3]"], args: { inputSize: [4, 4], padding: 1 } },
    // One output channel: the kernel's columns are the innermost products, and read backwards.
    { operands: ["f32[2,1,4,5]", "f32[1,2,3,3]"], args: { inputSize: [4, 5], padding: 1 } },
    { operands: ["f32[2,3,4,5]", "f32[3,1,2,2]"], args: { inputSize: [5, 6], groups: 3 } },
    { operands: ["f32[1,1,3,4,5]", "f32[1,1,2,2,2]"], args: { inputSize: [4, 5, 6] } },
    { operands: ["f32[0,3,4,4]", "f32[3,2,1,1]"], args: { inputSize: [4, 4] } },
  ],
});

export const convWeightGrad = defineOp<WeightGradAttrs>({
  name: "convWeightGrad",
  summary: "The gradient of `conv` by its weight.",
  notes:
    "Products are added by batch, output row, output column in blocks of 512 (the numeric contract, rule 3).",
  operands: [inputOperand, cotangentOperand],
  variadic: false,
  parameters: [sizesParameter("kernelSize", "The spatial sizes of the weight.")],
  parametersAfter: 2,
  options: convOptions,
  exposed: "internal",
  torch: "nn.grad.conv2d_weight",
  bind(args, types, rule) {
    const given = new Arguments("convWeightGrad", args, rule);
    const count = spatialCount("convWeightGrad", types, rule);
    return { ...bindConv(given, count), kernelSize: bindSizes(given, "kernelSize", count) };
  },
  type(types, attrs, rule) {
    const call = callOf("convWeightGrad", types);
    const count = spatialCount("convWeightGrad", types, rule);
    const [x, g] = [types[0]!.shape, types[1]!.shape];
    if (attrs.kernelSize.length !== count) {
      rule.fail("argument", `${call()}: kernelSize needs ${count} sizes`);
    }
    const inputs = divideDim(x[1]!, attrs.groups);
    if (inputs === undefined) {
      return rule.fail(
        "shape",
        `${call()}: ${x[1]} input channels do not divide into ${attrs.groups} groups`,
      );
    }
    const w = [g[1]!, inputs, ...attrs.kernelSize];
    checkCotangent(call, g, convShape(call, x, w, attrs, rule), rule);
    return tensorType(types[0]!.dtype, w);
  },
  gradient({ build, operands, cotangent, wanted, attrs }) {
    const m = new GradientMath(build);
    const [x, g] = [operands[0]!, operands[1]!];
    const inputSize = m.shapeOf(x).slice(2);
    const form = convOf(attrs);
    return [
      wanted[0] ? m.apply("convInputGrad", [g, cotangent], { ...form, inputSize }) : undefined,
      wanted[1] ? m.apply("conv", [x, cotangent], form) : undefined,
    ];
  },
  lower: (types, attrs, result) => lowerWeightGrad(types, attrs, result),
  samples: [
    { operands: ["f32[1,2,5,6]", "f32[1,3,3,4]"], args: { kernelSize: [3, 3] } },
    {
      operands: ["f32[B,3,7,8]", "f32[B,4,4,5]"],
      args: { kernelSize: [3, 2], stride: 2, padding: 1 },
    },
    {
      operands: ["f32[2,4,7,9]", "f32[2,6,7,4]"],
      args: {
        kernelSize: [3, 3],
        stride: [1, 2],
        padding: [2, 0],
        dilation: [2, 1],
        groups: 2,
      },
    },
    { operands: ["f32[2,3,9]", "f32[2,4,4]"], args: { kernelSize: [3], stride: 2 } },
    { operands: ["f32[3,1,20,20]", "f32[3,2,20,20]"], args: { kernelSize: [3, 3], padding: 1 } },
    { operands: ["f32[0,2,4,4]", "f32[0,3,4,4]"], args: { kernelSize: [1, 1] } },
  ],
});

/**
 * Where an element of x meets element k of the kernel in g: `(position + padding − k × dilation) / stride`.
 * Positions between the strides are holes; beyond g's ends there are zeros.
 */
const writePosition = (
  positionAxis: number,
  elementAxis: number,
  kernel: Dim,
  { stride, padding, dilation }: ConvAttrs,
  i: number,
): ContractIndex => ({
  terms: [
    { axis: positionAxis, by: 1 },
    { axis: elementAxis, by: -dilation[i]! },
  ],
  offset: padding[i]!,
  padded: kernel !== 1 || padding[i]! > 0,
  divide: stride[i]!,
});

/**
 * Output axes: batch, group (if there are several), input channel within the group, positions. Reduced
 * axes: the kernel's elements, then the output channel within the group.
 */
function lowerInputGrad(
  types: readonly TensorType[],
  attrs: InputGradAttrs,
  result: TensorType,
): ContractLowering {
  const [g, w] = [types[0]!.shape, types[1]!.shape];
  const spatial = range(g.length - 2);
  const group = attrs.groups > 1 ? 1 : undefined;
  const groups = group === undefined ? [] : [attrs.groups];
  const outputs = perGroup(w[0]!, attrs.groups);
  const out = [g[0]!, ...groups, w[1]!, ...result.shape.slice(2)];
  const input = 1 + groups.length;
  const element = out.length;
  const output = element + spatial.length;
  return {
    kind: "contract",
    out,
    reduce: [...w.slice(2), outputs],
    a: [
      inside(affine(0)),
      inside(channel(group, output, outputs)),
      ...spatial.map((i) => writePosition(input + 1 + i, element + i, w[i + 2]!, attrs, i)),
    ],
    b: [
      inside(channel(group, output, outputs)),
      inside(affine(input)),
      ...spatial.map((i) => inside(affine(element + i))),
    ],
    result: [affine(0), channel(group, input, w[1]!), ...spatial.map((i) => affine(input + 1 + i))],
  };
}

/**
 * Output axes: group (if there are several), output channel within it, input channel within it, the
 * kernel's elements. Reduced axes: batch, then the places of the convolution.
 */
function lowerWeightGrad(
  types: readonly TensorType[],
  attrs: WeightGradAttrs,
  result: TensorType,
): ContractLowering {
  const [x, g] = [types[0]!.shape, types[1]!.shape];
  const spatial = range(x.length - 2);
  const group = attrs.groups > 1 ? 0 : undefined;
  const groups = group === undefined ? [] : [attrs.groups];
  const outputs = perGroup(g[1]!, attrs.groups);
  const inputs = result.shape[1]!;
  const out = [...groups, outputs, inputs, ...attrs.kernelSize];
  const output = groups.length;
  const input = output + 1;
  const batch = out.length;
  return {
    kind: "contract",
    out,
    reduce: [x[0]!, ...g.slice(2)],
    a: [
      inside(affine(batch)),
      inside(channel(group, input, inputs)),
      ...spatial.map((i) => readPosition(batch + 1 + i, input + 1 + i, attrs, i)),
    ],
    b: [
      inside(affine(batch)),
      inside(channel(group, output, outputs)),
      ...spatial.map((i) => inside(affine(batch + 1 + i))),
    ],
    result: [
      channel(group, output, outputs),
      affine(input),
      ...spatial.map((i) => affine(input + 1 + i)),
    ],
  };
}
