/** The convolution layer over images. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { type ConvOptions, conv2d } from "../functional/convolution.ts";
import type { Pair } from "../functional/spatial.ts";
import type { Parameter } from "./cells.ts";
import { initialWeights } from "./initial-weights.ts";
import { Module } from "./module.ts";

export interface Conv2dOptions extends ConvOptions {
  readonly bias?: boolean;
}

/** Convolves `[batch, inputs, height, width]` to `[batch, outputs, …]`. */
export class Conv2d extends Module {
  /** `[outputs, inputs / groups, kernel height, kernel width]` */
  readonly weight: Parameter;
  /** `[outputs]` */
  readonly bias: Parameter | undefined;
  readonly stride: Pair;
  readonly padding: NonNullable<ConvOptions["padding"]>;
  readonly dilation: Pair;
  readonly groups: number;

  constructor(
    inputs: number,
    outputs: number,
    kernel: Pair,
    { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true }: Conv2dOptions = {},
  ) {
    super();
    const [height, width] = typeof kernel === "number" ? [kernel, kernel] : kernel;
    const fanIn = (inputs / groups) * height * width;
    this.weight = initialWeights([outputs, inputs / groups, height, width], fanIn);
    this.bias = bias ? initialWeights([outputs], fanIn) : undefined;
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    this.groups = groups;
  }

  forward(x: Tensor): Tensor {
    const { stride, padding, dilation, groups } = this;
    return conv2d(x, this.weight, this.bias, { stride, padding, dilation, groups });
  }
}
