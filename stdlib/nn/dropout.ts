/** Layers that leave values out at random while a model is trained. */

import { demand } from "../../runtime/eager/refuse.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { forkDefault } from "../random/default-rng.ts";
import type { Rng } from "../random/rng.ts";
import { Module } from "./module.ts";

export interface DropoutOptions {
  /** What decides which values stay; by default a generator of this layer alone, made from the default one. */
  readonly rng?: Rng;
}

/**
 * Leaves out a share `p` of the values in training, and divides what stays by `1 − p`. Outside of training it
 * passes everything on.
 */
export class Dropout extends Module {
  readonly p: number;
  readonly rng: Rng;

  constructor(p = 0.5, { rng = forkDefault() }: DropoutOptions = {}) {
    super();
    demand(p >= 0 && p <= 1, `Dropout: ${p} is not a share from 0 to 1`);
    this.p = p;
    this.rng = rng;
  }

  forward(x: Tensor): Tensor {
    if (!this.training || this.p === 0) return x;
    if (this.p === 1) return x.mul(0);
    return x.mul(this.kept(this.decidedAlike(x)).div(1 - this.p));
  }

  /** 1 where a value stays, 0 where it does not. */
  protected kept(shape: readonly number[]): Tensor {
    return this.rng.bernoulli(1 - this.p, shape).to("f32");
  }

  /** The shape of what is decided: an axis of size 1 stays or goes as a whole. */
  protected decidedAlike(x: Tensor): readonly number[] {
    return x.shape;
  }
}

/** One decision for each channel of `[batch, channels, …]`. */
function channelsOf(f: string, x: Tensor, rank: number): readonly number[] {
  demand(x.rank === rank, `${f}: a tensor of rank ${x.rank}, not ${rank}`);
  return x.shape.map((size, axis) => (axis < 2 ? size : 1));
}

/** `Dropout` of whole channels of `[batch, channels, length]`. */
export class Dropout1d extends Dropout {
  protected override decidedAlike(x: Tensor): readonly number[] {
    return channelsOf("Dropout1d", x, 3);
  }
}

/** `Dropout` of whole channels of `[batch, channels, height, width]`. */
export class Dropout2d extends Dropout {
  protected override decidedAlike(x: Tensor): readonly number[] {
    return channelsOf("Dropout2d", x, 4);
  }
}

/** `Dropout` of whole channels of `[batch, channels, depth, height, width]`. */
export class Dropout3d extends Dropout {
  protected override decidedAlike(x: Tensor): readonly number[] {
    return channelsOf("Dropout3d", x, 5);
  }
}

/** What SELU tends to for very negative values: −scale · alpha. */
const least = -1.7580993408473766;

/** `Dropout` that keeps mean and variance, for `SELU`: what is left out gets SELU's least value. */
export class AlphaDropout extends Dropout {
  override forward(x: Tensor): Tensor {
    const { p } = this;
    if (!this.training || p === 0) return x;
    if (p === 1) return x.mul(0);
    const scale = 1 / Math.sqrt((least * least * p + 1) * (1 - p));
    const kept = this.kept(this.decidedAlike(x));
    const rest = kept
      .sub(1)
      .mul(-least * scale)
      .add(-least * scale * p);
    return x.mul(kept.mul(scale)).add(rest);
  }
}

/** `AlphaDropout` of whole channels of `[batch, channels, …]`. */
export class FeatureAlphaDropout extends AlphaDropout {
  protected override decidedAlike(x: Tensor): readonly number[] {
    return channelsOf("FeatureAlphaDropout", x, x.rank);
  }
}
