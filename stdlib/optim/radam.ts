/** RAdam: Adam whose steps are divided by the root of squares only once that is certain enough. */

import { math } from "../../runtime/eager/math.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Buffer, Parameter } from "../nn/cells.ts";
import { atLeastZero, Optimizer, share, type Trained, zerosFor } from "./optimizer.ts";

export interface RadamOptions {
  readonly lr?: number;
  /** The shares that the averages of the gradient and of its square keep. */
  readonly betas?: readonly [number, number];
  /** Added to what is divided by. */
  readonly eps?: number;
  readonly weightDecay?: number;
}

/**
 * `p ← p − lr·r·m̂ · √(1 − β₂ᵗ)/(√v + eps)`, with the rectification `r` of the variance, from the step on from which it
 * is known; before, `p ← p − lr·m̂` (Liu and others).
 */
export class RAdam extends Optimizer {
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly expAvg: readonly Buffer[];
  readonly expAvgSq: readonly Buffer[];

  constructor(trained: Trained, options: RadamOptions = {}) {
    const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0 } = options;
    super(trained, { lr, weightDecay });
    this.betas = [share("betas[0]", betas[0]), share("betas[1]", betas[1])];
    this.eps = atLeastZero("eps", eps);
    this.expAvg = zerosFor(this.parameters);
    this.expAvgSq = zerosFor(this.parameters);
  }

  protected override update(
    parameter: Parameter,
    gradient: Tensor,
    position: number,
    lr: number,
    weightDecay: number,
  ): void {
    const [beta1, beta2] = this.betas;
    const t = this.steps;
    const g = weightDecay === 0 ? gradient : gradient.add(parameter.mul(weightDecay));
    const mean = this.expAvg[position]!;
    const square = this.expAvgSq[position]!;
    mean.assign(mean.mul(beta1).add(g.mul(1 - beta1)));
    square.assign(square.mul(beta2).add(g.mul(1 - beta2).mul(g)));
    const kept = math.pow(beta2, t);
    const most = 2 / (1 - beta2) - 1;
    const length = most - (2 * t * kept) / (1 - kept);
    const direction = mean.div(1 - math.pow(beta1, t)).mul(lr);
    if (length > 5) {
      const above = (length - 4) * (length - 2) * most;
      const rectification = Math.sqrt(above / ((most - 4) * (most - 2) * length));
      const scale = square.sqrt().add(this.eps);
      const rate = direction
        .mul(Math.sqrt(1 - kept))
        .div(scale)
        .mul(rectification);
      parameter.assign(parameter.sub(rate));
    } else parameter.assign(parameter.sub(direction));
  }
}
