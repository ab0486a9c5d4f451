/** RAdam: Adam whose steps are divided by the root of squares only once that is certain enough. */

import { math } from "../../runtime/eager/math.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Parameter } from "../nn/cells.ts";
import { MomentOptimizer, type MomentOptions } from "./averages.ts";
import { type Trained, withDecay } from "./optimizer.ts";

export type RadamOptions = MomentOptions;

/**
 * `p ← p − lr·r·m̂ · √(1 − β₂ᵗ)/(√v + eps)`, with the rectification `r` of the variance, from the step on from which it
 * is known; before, `p ← p − lr·m̂` (Liu and others).
 */
export class RAdam extends MomentOptimizer {
  constructor(trained: Trained, { lr = 1e-3, ...options }: RadamOptions = {}) {
    super(trained, lr, options);
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
    const g = withDecay(gradient, parameter, weightDecay);
    const [mean, square] = this.moments(g, position);
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
