/** Lion: steps of one size in each direction, whose sign two averages of the gradient decide. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Buffer, Parameter } from "../nn/cells.ts";
import { type Betas, checkBetas, follow } from "./averages.ts";
import { Optimizer, type Trained, zerosFor } from "./optimizer.ts";

export interface LionOptions {
  readonly lr?: number;
  /** The shares of the average that count for this step, and that are kept for the next. */
  readonly betas?: Betas;
  readonly weightDecay?: number;
}

/**
 * `p ← p·(1 − lr·weightDecay) − lr·sign(β₁·m + (1 − β₁)·g)`, then `m ← β₂·m + (1 − β₂)·g` (Chen et al., "Symbolic
 * discovery of optimization algorithms").
 */
export class Lion extends Optimizer {
  readonly betas: Betas;
  readonly expAvg: readonly Buffer[];

  constructor(
    trained: Trained,
    { lr = 1e-4, betas = [0.9, 0.99], weightDecay = 0 }: LionOptions = {},
  ) {
    super(trained, { lr, weightDecay });
    this.betas = checkBetas(betas);
    this.expAvg = zerosFor(this.parameters);
  }

  protected override update(
    parameter: Parameter,
    gradient: Tensor,
    position: number,
    lr: number,
    weightDecay: number,
  ): void {
    const [beta1, beta2] = this.betas;
    const average = this.expAvg[position]!;
    const direction = average
      .mul(beta1)
      .add(gradient.mul(1 - beta1))
      .sign();
    const decayed = weightDecay === 0 ? parameter : parameter.mul(1 - lr * weightDecay);
    parameter.assign(decayed.add(direction.mul(-lr)));
    follow(average, beta2, gradient);
  }
}
