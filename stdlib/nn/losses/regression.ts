/** Losses of predicted values, as modules. */

import type { Tensor } from "../../../runtime/eager/tensor-types.ts";
import type { LossOptions } from "../../functional/losses/reduction.ts";
import {
  type GaussianNllOptions,
  gaussianNll,
  type HuberOptions,
  huber,
  l1,
  mse,
  type PoissonNllOptions,
  poissonNll,
  type SmoothL1Options,
  smoothL1,
} from "../../functional/losses/regression.ts";
import { Module } from "../module.ts";

/** The square of the error. */
export class MSELoss extends Module {
  readonly options: LossOptions;

  constructor(options: LossOptions = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return mse(x, target, this.options);
  }
}

/** The absolute error. */
export class L1Loss extends Module {
  readonly options: LossOptions;

  constructor(options: LossOptions = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return l1(x, target, this.options);
  }
}

/** A parabola near 0, the absolute error elsewhere. */
export class SmoothL1Loss extends Module {
  readonly options: SmoothL1Options;

  constructor(options: SmoothL1Options = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return smoothL1(x, target, this.options);
  }
}

/** `SmoothL1Loss`, scaled so that the parabola is `e² / 2`. */
export class HuberLoss extends Module {
  readonly options: HuberOptions;

  constructor(options: HuberOptions = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return huber(x, target, this.options);
  }
}

/** The negative log likelihood of counts under a Poisson distribution. */
export class PoissonNLLLoss extends Module {
  readonly options: PoissonNllOptions;

  constructor(options: PoissonNllOptions = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return poissonNll(x, target, this.options);
  }
}

/** The negative log likelihood of values under normal distributions with mean x. */
export class GaussianNLLLoss extends Module {
  readonly options: GaussianNllOptions;

  constructor(options: GaussianNllOptions = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor, target: Tensor, variance: Tensor): Tensor {
    return gaussianNll(x, target, variance, this.options);
  }
}
