/** The layers of transposed convolution, which make images larger. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import {
  type Pair,
  type PerAxis,
  perAxis,
  type Single,
  type Triple,
} from "../functional/spatial.ts";
import {
  type ConvTranspose1dOptions as ConvTranspose1dForm,
  type ConvTranspose2dOptions as ConvTranspose2dForm,
  type ConvTranspose3dOptions as ConvTranspose3dForm,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from "../functional/transposed-convolution.ts";
import type { Parameter } from "./cells.ts";
import { initialWeights } from "./initial-weights.ts";
import { Module } from "./module.ts";

interface WithBias {
  readonly bias?: boolean;
}
export interface ConvTranspose1dOptions extends ConvTranspose1dForm, WithBias {}
export interface ConvTranspose2dOptions extends ConvTranspose2dForm, WithBias {}
export interface ConvTranspose3dOptions extends ConvTranspose3dForm, WithBias {}

/** The weights of a transposed convolution and how its kernel moves. */
class TransposedConvolution<Options extends { readonly groups?: number }> extends Module {
  /** `[inputs, outputs / groups, …kernel]` */
  readonly weight: Parameter;
  /** `[outputs]` */
  readonly bias: Parameter | undefined;
  readonly options: Options;

  constructor(
    inputs: number,
    outputs: number,
    kernel: PerAxis,
    bias: boolean,
    axes: number,
    options: Options,
  ) {
    super();
    const sizes = perAxis(kernel, axes);
    const perGroup = outputs / (options.groups ?? 1);
    const fanIn = sizes.reduce((n, k) => n * k, perGroup);
    this.weight = initialWeights([inputs, perGroup, ...sizes], fanIn);
    this.bias = bias ? initialWeights([outputs], fanIn) : undefined;
    this.options = options;
  }
}

/** The transposed convolution of `[batch, inputs, length]`. */
export class ConvTranspose1d extends TransposedConvolution<ConvTranspose1dForm> {
  constructor(
    inputs: number,
    outputs: number,
    kernel: Single,
    { bias = true, ...options }: ConvTranspose1dOptions = {},
  ) {
    super(inputs, outputs, kernel, bias, 1, options);
  }

  forward(x: Tensor): Tensor {
    return convTranspose1d(x, this.weight, this.bias, this.options);
  }
}

/** The transposed convolution of `[batch, inputs, height, width]`. */
export class ConvTranspose2d extends TransposedConvolution<ConvTranspose2dForm> {
  constructor(
    inputs: number,
    outputs: number,
    kernel: Pair,
    { bias = true, ...options }: ConvTranspose2dOptions = {},
  ) {
    super(inputs, outputs, kernel, bias, 2, options);
  }

  forward(x: Tensor): Tensor {
    return convTranspose2d(x, this.weight, this.bias, this.options);
  }
}

/** The transposed convolution of `[batch, inputs, depth, height, width]`. */
export class ConvTranspose3d extends TransposedConvolution<ConvTranspose3dForm> {
  constructor(
    inputs: number,
    outputs: number,
    kernel: Triple,
    { bias = true, ...options }: ConvTranspose3dOptions = {},
  ) {
    super(inputs, outputs, kernel, bias, 3, options);
  }

  forward(x: Tensor): Tensor {
    return convTranspose3d(x, this.weight, this.bias, this.options);
  }
}
