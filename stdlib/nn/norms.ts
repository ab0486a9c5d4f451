/** The layers of normalisation. */

import { stopGradient } from "../../runtime/eager/primitives.ts";
import { demand } from "../../runtime/eager/refuse.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { type LocalResponseOptions, localResponseNorm } from "../functional/channels.ts";
import { ones, zeros } from "../functional/creation.ts";
import {
  batchNorm,
  batchStatistics,
  groupNorm,
  instanceNorm,
  layerNorm,
  rmsNorm,
} from "../functional/normalization.ts";
import { Buffer, Parameter } from "./cells.ts";
import { Module } from "./module.ts";

type Shape = number | readonly number[];
const sizesOf = (shape: Shape): readonly number[] => (typeof shape === "number" ? [shape] : shape);

export interface LayerNormOptions {
  /** Added to the variance. */
  readonly eps?: number;
  /** Whether there are weights: `elementwise_affine` in PyTorch. */
  readonly affine?: boolean;
  readonly bias?: boolean;
}

/** Mean 0 and variance 1 over the last axes, then `· weight + bias`. */
export class LayerNorm extends Module {
  readonly shape: Shape;
  readonly eps: number;
  readonly weight: Parameter | undefined;
  readonly bias: Parameter | undefined;

  constructor(shape: Shape, { eps = 1e-5, affine = true, bias = true }: LayerNormOptions = {}) {
    super();
    this.shape = shape;
    this.eps = eps;
    this.weight = affine ? new Parameter(ones(sizesOf(shape))) : undefined;
    this.bias = affine && bias ? new Parameter(zeros(sizesOf(shape))) : undefined;
  }

  forward(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return layerNorm(x, this.shape, { weight, bias, eps });
  }
}

/** Root mean square 1 over the last axes, then `· weight`. */
export class RMSNorm extends Module {
  readonly shape: Shape;
  readonly eps: number;
  readonly weight: Parameter | undefined;

  constructor(
    shape: Shape,
    { eps = 1e-6, affine = true }: { readonly eps?: number; readonly affine?: boolean } = {},
  ) {
    super();
    this.shape = shape;
    this.eps = eps;
    this.weight = affine ? new Parameter(ones(sizesOf(shape))) : undefined;
  }

  forward(x: Tensor): Tensor {
    const { weight, eps } = this;
    return rmsNorm(x, this.shape, { weight, eps });
  }
}

export interface BatchNormOptions {
  readonly eps?: number;
  /** How far running statistics move towards those of a batch in training. */
  readonly momentum?: number;
  readonly affine?: boolean;
  /** False: the statistics are always those of the batch. */
  readonly trackRunningStats?: boolean;
}

/**
 * Each channel of `[batch, channels, …]` by its mean and variance, then `· weight + bias`. In training these are the
 * batch's, towards which the running ones move; otherwise the running ones.
 */
class BatchNorm extends Module {
  readonly eps: number;
  readonly momentum: number;
  readonly weight: Parameter | undefined;
  readonly bias: Parameter | undefined;
  readonly runningMean: Buffer | undefined;
  readonly runningVar: Buffer | undefined;
  readonly numBatchesTracked: Buffer<[], "i32"> | undefined;

  constructor(
    features: number,
    { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true }: BatchNormOptions = {},
  ) {
    super();
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? new Parameter(ones([features])) : undefined;
    this.bias = affine ? new Parameter(zeros([features])) : undefined;
    this.runningMean = trackRunningStats ? new Buffer(zeros([features])) : undefined;
    this.runningVar = trackRunningStats ? new Buffer(ones([features])) : undefined;
    this.numBatchesTracked = trackRunningStats ? new Buffer(zeros([], "i32")) : undefined;
  }

  forward(x: Tensor): Tensor {
    const { weight, bias, eps, runningMean, runningVar } = this;
    if (!this.training && runningMean !== undefined && runningVar !== undefined) {
      return batchNorm(x, runningMean, runningVar, { weight, bias, eps });
    }
    const { mean, variance } = batchStatistics(x);
    if (this.training) this.track(x, mean, variance);
    return batchNorm(x, mean, variance, { weight, bias, eps });
  }

  /** Moves the running statistics; their variance is the one without bias, n / (n − 1) times the batch's. */
  private track(x: Tensor, mean: Tensor, variance: Tensor): void {
    const { momentum, runningMean, runningVar, numBatchesTracked } = this;
    let count = 1;
    for (let axis = 0; axis < x.rank; axis++) if (axis !== 1) count *= x.shape[axis]!;
    demand(count > 1, "batch norm: one value for each channel has no variance to train with");
    if (runningMean === undefined || runningVar === undefined) return;
    const unbiased = stopGradient(variance).mul(count / (count - 1));
    runningMean.assign(runningMean.mul(1 - momentum).add(stopGradient(mean).mul(momentum)));
    runningVar.assign(runningVar.mul(1 - momentum).add(unbiased.mul(momentum)));
    numBatchesTracked?.assign(numBatchesTracked.add(1));
  }
}

/** Batch normalisation of `[batch, channels]` or `[batch, channels, length]`. */
export class BatchNorm1d extends BatchNorm {}
/** Batch normalisation of `[batch, channels, height, width]`. */
export class BatchNorm2d extends BatchNorm {}
/** Batch normalisation of `[batch, channels, depth, height, width]`. */
export class BatchNorm3d extends BatchNorm {}

interface AffineOptions {
  readonly eps?: number;
  readonly affine?: boolean;
}

/** Mean 0 and variance 1 over each group of channels, then `· weight + bias`. */
export class GroupNorm extends Module {
  readonly groups: number;
  readonly eps: number;
  readonly weight: Parameter | undefined;
  readonly bias: Parameter | undefined;

  constructor(groups: number, channels: number, { eps = 1e-5, affine = true }: AffineOptions = {}) {
    super();
    this.groups = groups;
    this.eps = eps;
    this.weight = affine ? new Parameter(ones([channels])) : undefined;
    this.bias = affine ? new Parameter(zeros([channels])) : undefined;
  }

  forward(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return groupNorm(x, this.groups, { weight, bias, eps });
  }
}

/** Mean 0 and variance 1 over the positions of each channel of each example. */
class InstanceNorm extends Module {
  readonly eps: number;
  readonly weight: Parameter | undefined;
  readonly bias: Parameter | undefined;

  constructor(features: number, { eps = 1e-5, affine = false }: AffineOptions = {}) {
    super();
    this.eps = eps;
    this.weight = affine ? new Parameter(ones([features])) : undefined;
    this.bias = affine ? new Parameter(zeros([features])) : undefined;
  }

  forward(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return instanceNorm(x, { weight, bias, eps });
  }
}

/** Instance normalisation of `[batch, channels, length]`. */
export class InstanceNorm1d extends InstanceNorm {}
/** Instance normalisation of `[batch, channels, height, width]`. */
export class InstanceNorm2d extends InstanceNorm {}
/** Instance normalisation of `[batch, channels, depth, height, width]`. */
export class InstanceNorm3d extends InstanceNorm {}

/** Values divided by what `size` neighbouring channels have. */
export class LocalResponseNorm extends Module {
  readonly size: number;
  readonly options: LocalResponseOptions;

  constructor(size: number, options: LocalResponseOptions = {}) {
    super();
    this.size = size;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return localResponseNorm(x, this.size, this.options);
  }
}
