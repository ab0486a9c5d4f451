/** Owns the running averages that optimisers keep, and `MomentOptimizer` for those that keep both of Adam's. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Buffer } from "../nn/cells.ts";
import { atLeastZero, Optimizer, share, type Trained, zerosFor } from "./optimizer.ts";

/** `a ← kept·a + (1 − kept)·x` */
export const follow = (average: Buffer, kept: number, x: Tensor): void =>
  average.assign(average.mul(kept).add(x.mul(1 - kept)));

/** `a ← kept·a + (1 − kept)·x²` */
export const followSquare = (average: Buffer, kept: number, x: Tensor): void =>
  average.assign(average.mul(kept).add(x.mul(1 - kept).mul(x)));

export type Betas = readonly [number, number];

export const checkBetas = ([first, second]: Betas): Betas => [
  share("betas[0]", first),
  share("betas[1]", second),
];

export interface MomentOptions {
  readonly lr?: number;
  /** The shares that the averages of the gradient and of its square keep. */
  readonly betas?: Betas;
  /** Added to what is divided by. */
  readonly eps?: number;
  readonly weightDecay?: number;
}

/** What follows the gradient `m ← β₁·m + (1 − β₁)·g` and its square `v ← β₂·v + (1 − β₂)·g²`. */
export abstract class MomentOptimizer extends Optimizer {
  readonly betas: Betas;
  readonly eps: number;
  readonly expAvg: readonly Buffer[];
  readonly expAvgSq: readonly Buffer[];

  constructor(
    trained: Trained,
    lr: number,
    { betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0 }: Omit<MomentOptions, "lr">,
  ) {
    super(trained, { lr, weightDecay });
    this.betas = checkBetas(betas);
    this.eps = atLeastZero("eps", eps);
    this.expAvg = zerosFor(this.parameters);
    this.expAvgSq = zerosFor(this.parameters);
  }

  /** Takes the gradient of the parameter at `position` into its averages, and gives those. */
  protected moments(g: Tensor, position: number): readonly [mean: Buffer, square: Buffer] {
    const mean = this.expAvg[position]!;
    const square = this.expAvgSq[position]!;
    follow(mean, this.betas[0], g);
    followSquare(square, this.betas[1], g);
    return [mean, square];
  }
}
