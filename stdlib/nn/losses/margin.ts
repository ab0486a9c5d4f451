/** Losses that ask for a distance, as modules. */

import type { AnyTensor, Tensor } from "../../../runtime/eager/tensor-types.ts";
import {
  cosineEmbedding,
  hingeEmbedding,
  type MarginOptions,
  type MultilabelOptions,
  type MultiMarginOptions,
  marginRanking,
  multilabelMargin,
  multilabelSoftMargin,
  multiMargin,
  softMargin,
  type TripletDistanceOptions,
  type TripletOptions,
  tripletMargin,
  tripletMarginWithDistance,
} from "../../functional/losses/margin.ts";
import type { LossOptions } from "../../functional/losses/reduction.ts";
import type { Buffer } from "../cells.ts";
import { Module } from "../module.ts";
import { factor } from "./classification.ts";

/** `x` where the target is 1, and `max(0, margin − x)` where it is −1. */
export class HingeEmbeddingLoss extends Module {
  readonly options: MarginOptions;

  constructor(options: MarginOptions = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return hingeEmbedding(x, target, this.options);
  }
}

/** 1 asks for a above b, −1 for b above a. */
export class MarginRankingLoss extends Module {
  readonly options: MarginOptions;

  constructor(options: MarginOptions = {}) {
    super();
    this.options = options;
  }

  forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return marginRanking(a, b, target, this.options);
  }
}

/** `1 − cos(a, b)` where the target is 1, and `max(0, cos(a, b) − margin)` where it is −1. */
export class CosineEmbeddingLoss extends Module {
  readonly options: MarginOptions;

  constructor(options: MarginOptions = {}) {
    super();
    this.options = options;
  }

  forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return cosineEmbedding(a, b, target, this.options);
  }
}

/** `max(0, margin + |anchor − positive| − |anchor − negative|)`. */
export class TripletMarginLoss extends Module {
  readonly options: TripletOptions;

  constructor(options: TripletOptions = {}) {
    super();
    this.options = options;
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMargin(anchor, positive, negative, this.options);
  }
}

/** `log(1 + e^(−target · x))` for targets 1 and −1. */
export class SoftMarginLoss extends Module {
  readonly options: LossOptions;

  constructor(options: LossOptions = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return softMargin(x, target, this.options);
  }
}

/** Each of several listed classes above each other one. */
export class MultiLabelMarginLoss extends Module {
  readonly options: LossOptions;

  constructor(options: LossOptions = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor, target: AnyTensor<"i32">): Tensor {
    return multilabelMargin(x, target, this.options);
  }
}

/** The mean over the classes of the binary cross entropy of `sigmoid(x)`. */
export class MultiLabelSoftMarginLoss extends Module {
  /** `[classes]` */
  readonly weight: Buffer | undefined;
  readonly options: MultilabelOptions;

  constructor({ weight, ...options }: MultilabelOptions = {}) {
    super();
    this.weight = factor(weight);
    this.options = options;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return multilabelSoftMargin(x, target, { ...this.options, weight: this.weight });
  }
}

/** The class of the target above each other one. */
export class MultiMarginLoss extends Module {
  /** `[classes]` */
  readonly weight: Buffer | undefined;
  readonly options: MultiMarginOptions;

  constructor({ weight, ...options }: MultiMarginOptions = {}) {
    super();
    this.weight = factor(weight);
    this.options = options;
  }

  forward(x: Tensor, target: AnyTensor<"i32">): Tensor {
    return multiMargin(x, target, { ...this.options, weight: this.weight });
  }
}

/** `tripletMargin` with a distance of one's own. */
export class TripletMarginWithDistanceLoss extends Module {
  readonly options: TripletDistanceOptions;

  constructor(options: TripletDistanceOptions = {}) {
    super();
    this.options = options;
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginWithDistance(anchor, positive, negative, this.options);
  }
}
