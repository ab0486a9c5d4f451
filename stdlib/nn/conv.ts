/** The convolution layers, also transposed, over one, two and three axes. */

import { refuse } from "../../runtime/eager/refuse.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import {
  type Conv1dOptions as Conv1dForm,
  type Conv3dOptions as Conv3dForm,
  type ConvOptions,
  conv1d,
  conv2d,
  conv3d,
} from "../functional/convolution.ts";
import { pad, type Widths } from "../functional/pad.ts";
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

/** What padding holds: zeros, or elements of the input as `pad` takes them. */
export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

interface OfLayer {
  readonly bias?: boolean;
  /** `zeros` by default. */
  readonly paddingMode?: PaddingMode;
}
export interface Conv1dOptions extends Conv1dForm, OfLayer {}
export interface Conv2dOptions extends ConvOptions, OfLayer {}
export interface Conv3dOptions extends Conv3dForm, OfLayer {}

interface Form<Sizes> extends OfLayer {
  readonly stride?: Sizes;
  readonly padding?: Sizes | "same" | "valid";
  readonly dilation?: Sizes;
  readonly groups?: number;
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
  readonly paddingMode: PaddingMode;

  constructor(
    inputs: number,
    outputs: number,
    kernel: readonly number[],
    { stride, padding, dilation, groups = 1, bias = true, paddingMode = "zeros" }: Form<Sizes>,
  ) {
    super();
    const fanIn = kernel.reduce((n, k) => n * k, inputs / groups);
    this.weight = initialWeights([outputs, inputs / groups, ...kernel], fanIn);
    this.bias = bias ? initialWeights([outputs], fanIn) : undefined;
    this.stride = stride ?? 1;
    this.padding = padding ?? 0;
    this.dilation = dilation ?? 1;
    this.groups = groups;
    this.paddingMode = paddingMode;
  }

  /** The input in a frame of its own elements, where padding does not hold zeros. */
  protected framed(x: Tensor): Tensor {
    const { paddingMode } = this;
    if (paddingMode === "zeros") return x;
    if (this.padding === "same" && perAxis(this.stride, x.rank).some((s) => s !== 1)) {
      return refuse("argument", 'Conv: padding "same" needs a stride of 1');
    }
    const kernel = this.weight.shape.slice(2);
    const leading = x.shape.slice(0, -kernel.length).map((): Widths[number] => [0, 0]);
    return pad(x, [...leading, ...kernel.map((k, i) => this.widths(k, i))], { mode: paddingMode });
  }

  /** The zeros that are left to the convolution. */
  protected get zeros(): Sizes | "same" | "valid" | 0 {
    return this.paddingMode === "zeros" ? this.padding : 0;
  }

  private widths(kernel: number, axis: number): Widths[number] {
    const { padding, dilation } = this;
    if (padding === "valid") return [0, 0];
    if (padding === "same") {
      const total = at(dilation, axis) * (kernel - 1);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    }
    return [at(padding, axis), at(padding, axis)];
  }
}

const at = (sizes: PerAxis, axis: number): number =>
  typeof sizes === "number" ? sizes : sizes[axis]!;

/** Convolves `[batch, inputs, length]` to `[batch, outputs, …]`. */
export class Conv1d extends Convolution<Single> {
  constructor(inputs: number, outputs: number, kernel: Single, options: Conv1dOptions = {}) {
    super(inputs, outputs, perAxis(kernel, 1), options);
  }

  forward(x: Tensor): Tensor {
    const { stride, zeros: padding, dilation, groups } = this;
    return conv1d(this.framed(x), this.weight, this.bias, { stride, padding, dilation, groups });
  }
}

/** Convolves `[batch, inputs, height, width]` to `[batch, outputs, …]`. */
export class Conv2d extends Convolution<Pair> {
  constructor(inputs: number, outputs: number, kernel: Pair, options: Conv2dOptions = {}) {
    super(inputs, outputs, perAxis(kernel, 2), options);
  }

  forward(x: Tensor): Tensor {
    const { stride, zeros: padding, dilation, groups } = this;
    return conv2d(this.framed(x), this.weight, this.bias, { stride, padding, dilation, groups });
  }
}

/** Convolves `[batch, inputs, depth, height, width]` to `[batch, outputs, …]`. */
export class Conv3d extends Convolution<Triple> {
  constructor(inputs: number, outputs: number, kernel: Triple, options: Conv3dOptions = {}) {
    super(inputs, outputs, perAxis(kernel, 3), options);
  }

  forward(x: Tensor): Tensor {
    const { stride, zeros: padding, dilation, groups } = this;
    return conv3d(this.framed(x), this.weight, this.bias, { stride, padding, dilation, groups });
  }
}
