/** Activations as modules, for `Sequential`. */

import { full, where } from "../../runtime/eager/primitives.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { GeluOptions, SoftplusOptions } from "../functional/activation.ts";
import { type HardtanhOptions, type RreluOptions, rrelu } from "../functional/rectifiers.ts";
import { forkDefault } from "../random/default-rng.ts";
import type { Rng } from "../random/rng.ts";
import { Parameter } from "./cells.ts";
import { Module } from "./module.ts";

/** `x < 0 ? 0 : x` of each element. */
export class ReLU extends Module {
  forward(x: Tensor): Tensor {
    return x.relu();
  }
}

/** `relu`, at most 6. */
export class ReLU6 extends Module {
  forward(x: Tensor): Tensor {
    return x.relu6();
  }
}

/** `x < 0 ? slope · x : x` of each element. */
export class LeakyReLU extends Module {
  readonly slope: number;

  constructor(slope = 0.01) {
    super();
    this.slope = slope;
  }

  forward(x: Tensor): Tensor {
    return x.leakyRelu(this.slope);
  }
}

/** `x > 0 ? x : alpha · (eˣ − 1)` of each element. */
export class ELU extends Module {
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    this.alpha = alpha;
  }

  forward(x: Tensor): Tensor {
    return x.elu(this.alpha);
  }
}

/** `elu`, scaled so that layers keep mean 0 and variance 1. */
export class SELU extends Module {
  forward(x: Tensor): Tensor {
    return x.selu();
  }
}

/** `max(0, x) + min(0, alpha · (e^(x / alpha) − 1))`. */
export class CELU extends Module {
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    this.alpha = alpha;
  }

  forward(x: Tensor): Tensor {
    return x.celu(this.alpha);
  }
}

/** `x · sigmoid(x)`. */
export class SiLU extends Module {
  forward(x: Tensor): Tensor {
    return x.silu();
  }
}

/** `x · tanh(softplus(x))`. */
export class Mish extends Module {
  forward(x: Tensor): Tensor {
    return x.mish();
  }
}

/** `1 / (1 + e⁻ˣ)`. */
export class Sigmoid extends Module {
  forward(x: Tensor): Tensor {
    return x.sigmoid();
  }
}

/** The hyperbolic tangent. */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return x.tanh();
  }
}

/** `x − tanh(x)`. */
export class Tanhshrink extends Module {
  forward(x: Tensor): Tensor {
    return x.tanhshrink();
  }
}

/** `log(sigmoid(x))`. */
export class LogSigmoid extends Module {
  forward(x: Tensor): Tensor {
    return x.logSigmoid();
  }
}

/** `x / (1 + |x|)`. */
export class Softsign extends Module {
  forward(x: Tensor): Tensor {
    return x.softsign();
  }
}

/** `relu6(x + 3) / 6`. */
export class Hardsigmoid extends Module {
  forward(x: Tensor): Tensor {
    return x.hardsigmoid();
  }
}

/** `x · relu6(x + 3) / 6`. */
export class Hardswish extends Module {
  forward(x: Tensor): Tensor {
    return x.hardswish();
  }
}

/** 0 within `lambda` of 0, `x` elsewhere. */
export class Hardshrink extends Module {
  readonly lambda: number;

  constructor(lambda = 0.5) {
    super();
    this.lambda = lambda;
  }

  forward(x: Tensor): Tensor {
    return x.hardshrink(this.lambda);
  }
}

/** `x` moved towards 0 by `lambda`. */
export class Softshrink extends Module {
  readonly lambda: number;

  constructor(lambda = 0.5) {
    super();
    this.lambda = lambda;
  }

  forward(x: Tensor): Tensor {
    return x.softshrink(this.lambda);
  }
}

/** `x > limit ? x : value` of each element. */
export class Threshold extends Module {
  readonly limit: number;
  readonly value: number;

  constructor(limit: number, value: number) {
    super();
    this.limit = limit;
    this.value = value;
  }

  forward(x: Tensor): Tensor {
    return x.threshold(this.limit, this.value);
  }
}

/** The first half of an axis, times the sigmoid of the second. */
export class GLU extends Module {
  readonly dim: number;

  constructor(dim = -1) {
    super();
    this.dim = dim;
  }

  forward(x: Tensor): Tensor {
    return x.glu(this.dim);
  }
}

/** `exp(x) / Σ exp(x)` along an axis. */
export class Softmax extends Module {
  readonly dim: number;

  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  forward(x: Tensor): Tensor {
    return x.softmax(this.dim);
  }
}

/** The logarithm of `softmax`. */
export class LogSoftmax extends Module {
  readonly dim: number;

  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  forward(x: Tensor): Tensor {
    return x.logSoftmax(this.dim);
  }
}

/** `softmax(−x)` along an axis. */
export class Softmin extends Module {
  readonly dim: number;

  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  forward(x: Tensor): Tensor {
    return x.softmin(this.dim);
  }
}

/** `x · Φ(x)`, or its approximation by tanh. */
export class GELU extends Module {
  readonly options: GeluOptions;

  constructor(options: GeluOptions = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return x.gelu(this.options);
  }
}

/** `log(1 + e^(beta · x)) / beta`. */
export class Softplus extends Module {
  readonly options: SoftplusOptions;

  constructor(options: SoftplusOptions = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return x.softplus(this.options);
  }
}

/** `x` within bounds, −1 and 1 by default. */
export class Hardtanh extends Module {
  readonly options: HardtanhOptions;

  constructor(options: HardtanhOptions = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return x.hardtanh(this.options);
  }
}

/** `leakyRelu` with a slope that is trained: one, or one for each channel. */
export class PReLU extends Module {
  readonly weight: Parameter;

  constructor(slopes = 1, initial = 0.25) {
    super();
    this.weight = new Parameter(full([slopes], initial));
  }

  forward(x: Tensor): Tensor {
    return x.prelu(this.weight);
  }
}

export interface RReLUOptions extends RreluOptions {
  /** What the slopes are drawn from; by default a generator of this layer alone, made from the default one. */
  readonly rng?: Rng;
}

/** `leakyRelu` with slopes drawn from `lower` to `upper` in training, and their middle outside of it. */
export class RReLU extends Module {
  readonly lower: number;
  readonly upper: number;
  readonly rng: Rng;

  constructor({ lower = 1 / 8, upper = 1 / 3, rng = forkDefault() }: RReLUOptions = {}) {
    super();
    this.lower = lower;
    this.upper = upper;
    this.rng = rng;
  }

  forward(x: Tensor): Tensor {
    if (!this.training) return rrelu(x, { lower: this.lower, upper: this.upper });
    return where(x.lt(0), x.mul(this.rng.uniform(x.shape, this.lower, this.upper)), x);
  }
}

/** `softmax` over the channels of `[batch, channels, height, width]`. */
export class Softmax2d extends Module {
  forward(x: Tensor): Tensor {
    return x.softmax(-3);
  }
}
