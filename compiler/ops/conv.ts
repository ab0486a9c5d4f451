/** Convolution over one, two or three spatial axes. */

import { Arguments } from "./arguments.ts";
import {
  bindConv,
  type ConvAttrs,
  channel,
  convOptions,
  convShape,
  inputOperand,
  perGroup,
  readPosition,
  spatialCount,
  weightOperand,
} from "./conv-geometry.ts";
import { GradientMath, range } from "./gradient-math.ts";
import { affine, type ContractLowering, inside } from "./lowering.ts";
import { defineOp } from "./op.ts";
import { printTensorType, type TensorType, tensorType } from "./types.ts";

export const conv = defineOp<ConvAttrs>({
  name: "conv",
  summary:
    "Convolution of `[batch, channels, …spatial]` with `[output channels, channels, …kernel]`.",
  notes:
    "The kernel is not flipped, as in PyTorch. Products are added by kernel row, kernel column, input channel in blocks of 512 (the numeric contract, rule 3); padding multiplies a zero.",
  operands: [inputOperand, weightOperand],
  variadic: false,
  parameters: [],
  parametersAfter: 2,
  options: convOptions,
  exposed: "internal",
  torch: "nn.functional.conv2d",
  bind: (args, types, rule) =>
    bindConv(new Arguments("conv", args, rule), spatialCount("conv", types, rule)),
  type(types, attrs, rule) {
    spatialCount("conv", types, rule);
    const call = (): string => `conv of ${types.map(printTensorType).join(", ")}`;
    return tensorType(
      types[0]!.dtype,
      convShape(call, types[0]!.shape, types[1]!.shape, attrs, rule),
    );
  },
  gradient({ build, operands, cotangent, wanted, attrs }) {
    const m = new GradientMath(build);
    const [x, w] = [operands[0]!, operands[1]!];
    const inputSize = m.shapeOf(x).slice(2);
    const kernelSize = m.shapeOf(w).slice(2);
    return [
      wanted[0] ? m.apply("convInputGrad", [cotangent, w], { ...attrs, inputSize }) : undefined,
      wanted[1] ? m.apply("convWeightGrad", [x, cotangent], { ...attrs, kernelSize }) : undefined,
    ];
  },
  lower: (types, attrs, result) => lowerConv(types, attrs, result),
  samples: [
    { operands: ["f32[1,2,5,6]", "f32[3,2,3,3]"], args: {} },
    { operands: ["f32[B,3,7,8]", "f32[4,3,3,2]"], args: { stride: 2, padding: 1 } },
    {
      operands: ["f32[2,4,7,9]", "f32[6,2,3,3]"],
      args: { stride: [1, 2], padding: [2, 0], dilation: [2, 1], groups: 2 },
    },
    { operands: ["f32[B,3,H,8]", "f32[2,3,2,2]"], args: { padding: 1, stride: 2 } },
    { operands: ["f32[1,3,6,6]", "f32[3,1,3,3]"], args: { groups: 3, padding: 1 } },
    { operands: ["f32[2,3,9]", "f32[4,3,3]"], args: { stride: 2 } },
    { operands: ["f32[1,2,3,4,5]", "f32[2,2,2,2,2]"], args: { padding: [0, 1, 0] } },
    { operands: ["f32[1,70,4,4]", "f32[2,70,3,3]"], args: { padding: 1 } },
    { operands: ["f32[0,2,4,4]", "f32[3,2,1,1]"], args: {} },
  ],
});

/**
 * Output axes: batch, group (if there are several), channel within the group, places. Reduced axes:
 * the kernel's elements, then the input channel within the group.
 */
function lowerConv(
  types: readonly TensorType[],
  attrs: ConvAttrs,
  result: TensorType,
): ContractLowering {
  const [x, w] = [types[0]!.shape, types[1]!.shape];
  const spatial = range(x.length - 2);
  const group = attrs.groups > 1 ? 1 : undefined;
  const groups = group === undefined ? [] : [attrs.groups];
  const outputs = perGroup(w[0]!, attrs.groups);
  const out = [x[0]!, ...groups, outputs, ...result.shape.slice(2)];
  const output = 1 + groups.length;
  const element = out.length;
  const input = element + spatial.length;
  return {
    kind: "contract",
    out,
    reduce: [...w.slice(2), w[1]!],
    a: [
      inside(affine(0)),
      inside(channel(group, input, w[1]!)),
      ...spatial.map((i) => readPosition(output + 1 + i, element + i, attrs, i)),
    ],
    b: [
      inside(channel(group, output, outputs)),
      inside(affine(input)),
      ...spatial.map((i) => inside(affine(element + i))),
    ],
    result: [
      affine(0),
      channel(group, output, outputs),
      ...spatial.map((i) => affine(output + 1 + i)),
    ],
  };
}
