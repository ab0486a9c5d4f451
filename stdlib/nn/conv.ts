/** The convolution layers, also transposed, over one, two and three axes. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import {
  type Conv1dOptions as Conv1dForm,
  type Conv3dOptions as Conv3dForm,
  type ConvOptions,
  conv1d,
  conv2d,
  conv3d,
} from "../functional/convolution.ts";
import {
  type Pair,
  type PerAxis,
  perAxis,
  type Single,
  type Triple,
} from "../functional/spatial.ts";
import type { Parameter } from "./cells.ts";
import { initialWeights } from "./initial-weights.ts";
import { Module } from "./module.ts";

interface WithBias {
  readonly bias?: boolean;
}
export interface Conv1dOptions extends Conv1dForm, WithBias {}
export interface Conv2dOptions extends ConvOptions, WithBias {}
export interface Conv3dOptions extends Conv3dForm, WithBias {}

interface Form<Sizes> {
  readonly stride?: Sizes;
  readonly padding?: Sizes | "same" | "valid";
  readonly dilation?: Sizes;
  readonly groups?: number;
  readonly bias?: boolean;
}

/** The weights of a convolution and how its kernel moves. */
class Convolution<Sizes extends PerAxis> extends Module {
  /** `[outputs, inputs / groups, …kernel]` */
  readonly weight: Parameter;
  /** `[outputs]` */
  readonly bias: Parameter | undefined;
  readonly stride: Sizes | 1;
  readonly padding: Sizes | "same" | "valid" | 0;
  readonly dilation: Sizes | 1;
  readonly groups: number;

  constructor(
    inputs: number,
    outputs: number,
    kernel: readonly number[],
    { stride, padding, dilation, groups = 1, bias = true }: Form<Sizes>,
  ) {
    super();
    const fanIn = kernel.reduce((n, k) => n * k, inputs / groups);
    this.weight = initialWeights([outputs, inputs / groups, ...kernel], fanIn);
    this.bias = bias ? initialWeights([outputs], fanIn) : undefined;
    this.stride = stride ?? 1;
    this.padding = padding ?? 0;
    this.dilation = dilation ?? 1;
    this.groups = groups;
  }
}

/** Convolves `[batch, inputs, length]` to `[batch, outputs, …]`. */
export class Conv1d extends Convolution<Single> {
  constructor(inputs: number, outputs: number, kernel: Single, options: Conv1dOptions = {}) {
    super(inputs, outputs, perAxis(kernel, 1), options);
  }

  forward(x: Tensor): Tensor {
    const { stride, padding, dilation, groups } = this;
    return conv1d(x, this.weight, this.bias, { stride, padding, dilation, groups });
  }
}

/** Convolves `[batch, inputs, height, width]` to `[batch, outputs, …]`. */
export class Conv2d extends Convolution<Pair> {
  constructor(inputs: number, outputs: number, kernel: Pair, options: Conv2dOptions = {}) {
    super(inputs, outputs, perAxis(kernel, 2), options);
  }

  forward(x: Tensor): Tensor {
    const { stride, padding, dilation, groups } = this;
    return conv2d(x, this.weight, this.bias, { stride, padding, dilation, groups });
  }
}

/** Convolves `[batch, inputs, depth, height, width]` to `[batch, outputs, …]`. */
export class Conv3d extends Convolution<Triple> {
  constructor(inputs: number, outputs: number, kernel: Triple, options: Conv3dOptions = {}) {
    super(inputs, outputs, perAxis(kernel, 3), options);
  }

  forward(x: Tensor): Tensor {
    const { stride, padding, dilation, groups } = this;
    return conv3d(x, this.weight, this.bias, { stride, padding, dilation, groups });
  }
}
