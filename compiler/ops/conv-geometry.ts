/** What `conv` and its two gradient forms share: attributes, checks, axes and positions. */

import { type Arguments, isSize, showArgument } from "./arguments.ts";
import { type Dim, divideDim, mulDim } from "./dim.ts";
import { range } from "./gradient-math.ts";
import { type Affine, affine, type ContractIndex } from "./lowering.ts";
import type { OperandSpec, ParameterSpec } from "./op.ts";
import {
  bindPerAxis,
  dilationOption,
  paddingOption,
  places,
  type Spatial,
  strideOption,
} from "./spatial.ts";
import { isFloat, printTensorType, type Rule, type TensorType } from "./types.ts";

export interface ConvAttrs extends Spatial {
  readonly groups: number;
}

export const convOptions: readonly ParameterSpec[] = [
  strideOption,
  paddingOption,
  dilationOption,
  {
    name: "groups",
    type: "number",
    optional: true,
    doc: "Groups of channels, each with weights of its own; 1 by default.",
  },
];

export const inputOperand: OperandSpec = {
  name: "x",
  doc: "[batch, input channels, …spatial], one to three spatial axes.",
  dtype: "float",
};
export const weightOperand: OperandSpec = {
  name: "w",
  doc: "[output channels, input channels per group, …kernel].",
  dtype: "float",
};
export const cotangentOperand: OperandSpec = {
  name: "g",
  doc: "[batch, output channels, …places], as the convolution gives it.",
  dtype: "float",
};

/** The number of spatial axes; refuses operands whose ranks are not 3 to 5 and equal. */
export function spatialCount(op: string, types: readonly TensorType[], rule: Rule): number {
  const rank = types[0]!.shape.length;
  if (rank < 3 || rank > 5 || types[1]!.shape.length !== rank) {
    rule.fail(
      "shape",
      `${op}: both operands need the same 3 to 5 axes: ${types.map(printTensorType).join(", ")}`,
    );
  }
  if (!isFloat(types[0]!.dtype) || types[1]!.dtype !== types[0]!.dtype) {
    rule.fail(
      "dtype",
      `${op} takes two of one float dtype: ${types.map(printTensorType).join(", ")}`,
    );
  }
  return rank - 2;
}

export function bindConv(given: Arguments, count: number): ConvAttrs {
  const all = (value: number): readonly number[] => range(count).map(() => value);
  return {
    stride: bindPerAxis(given, "stride", count, 1, all(1)),
    padding: bindPerAxis(given, "padding", count, 0, all(0)),
    dilation: bindPerAxis(given, "dilation", count, 1, all(1)),
    groups: given.whole("groups", 1, given.get("groups") ?? 1),
  };
}

/** Sizes of the spatial axes as an argument. */
export function bindSizes(given: Arguments, name: string, count: number): readonly Dim[] {
  const sizes = given.sizes(name);
  if (sizes.length === count && sizes.every(isSize)) return sizes;
  return given.fail(
    "argument",
    `${name} needs ${count} sizes, not ${showArgument(given.get(name))}`,
  );
}

/** The shape of `conv(x, w)`; checks channels, groups and that the kernel fits. */
export function convShape(
  call: () => string,
  x: readonly Dim[],
  w: readonly Dim[],
  attrs: ConvAttrs,
  rule: Rule,
): readonly Dim[] {
  const { groups, stride, padding, dilation } = attrs;
  const count = x.length - 2;
  if ([stride, padding, dilation].some((list) => list.length !== count)) {
    rule.fail("argument", `${call()}: stride, padding and dilation need ${count} entries each`);
  }
  const channels = mulDim(w[1]!, groups);
  rule.equal(
    x[1]!,
    channels,
    () =>
      `${call()}: x has ${x[1]} channels, w is for ${channels}${groups > 1 ? ` (${w[1]} in each of ${groups} groups)` : ""}`,
  );
  if (divideDim(w[0]!, groups) === undefined) {
    rule.fail("shape", `${call()}: ${w[0]} output channels do not divide into ${groups} groups`);
  }
  const spatial = range(count).map((i) => places(x[i + 2]!, w[i + 2]!, attrs, i, rule, call));
  return [x[0]!, w[0]!, ...spatial];
}

/** Refuses sizes of `g` that are not those of the convolution that it belongs to. */
export function checkCotangent(
  call: () => string,
  g: readonly Dim[],
  shape: readonly Dim[],
  rule: Rule,
): void {
  shape.forEach((size, i) => {
    rule.equal(
      g[i]!,
      size,
      () => `${call()}: g has size ${g[i]} on axis ${i}, the convolution gives ${size}`,
    );
  });
}

/**
 * A channel axis of one operand, over an axis of groups (absent when there is one group) and one of
 * channels within the group.
 */
export const channel = (groupAxis: number | undefined, axis: number, perGroup: Dim): Affine =>
  groupAxis === undefined
    ? affine(axis)
    : {
        terms: [
          { axis: groupAxis, by: perGroup },
          { axis, by: 1 },
        ],
        offset: 0,
      };

/** Where the kernel's element lies in x: `place × stride + element × dilation − padding`. */
export const readPosition = (
  placeAxis: number,
  elementAxis: number,
  { stride, padding, dilation }: Spatial,
  i: number,
): ContractIndex => ({
  terms: [
    { axis: placeAxis, by: stride[i]! },
    { axis: elementAxis, by: dilation[i]! },
  ],
  offset: -padding[i]!,
  padded: padding[i]! > 0,
  divide: 1,
});

/** Channels per group; the type rule has shown that the division is exact. */
export function perGroup(channels: Dim, groups: number): Dim {
  const quotient = divideDim(channels, groups);
  if (quotient === undefined) throw new Error(`${channels} channels in ${groups} groups`);
  return quotient;
}
