/** Adamax: Adam with the greatest gradient in the place of the root of squares. */

import { math } from "../../runtime/eager/math.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Buffer, Parameter } from "../nn/cells.ts";
import { type Betas, checkBetas, follow } from "./averages.ts";
import { atLeastZero, Optimizer, type Trained, withDecay, zerosFor } from "./optimizer.ts";

export interface AdamaxOptions {
  readonly lr?: number;
  /** The shares that the average of the gradient and its greatest size keep. */
  readonly betas?: Betas;
  /** Added to each gradient's size. */
  readonly eps?: number;
  readonly weightDecay?: number;
}

/** `m ← β₁·m + (1 − β₁)·g`, `u ← max(β₂·u, |g| + eps)`, `p ← p − lr/(1 − β₁ᵗ) · m / u` (Kingma and Ba). */
export class Adamax extends Optimizer {
  readonly betas: Betas;
  readonly eps: number;
  readonly expAvg: readonly Buffer[];
  readonly expInf: readonly Buffer[];

  constructor(trained: Trained, options: AdamaxOptions = {}) {
    const { lr = 2e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0 } = options;
    super(trained, { lr, weightDecay });
    this.betas = checkBetas(betas);
    this.eps = atLeastZero("eps", eps);
    this.expAvg = zerosFor(this.parameters);
    this.expInf = zerosFor(this.parameters);
  }

  protected override update(
    parameter: Parameter,
    gradient: Tensor,
    position: number,
    lr: number,
    weightDecay: number,
  ): void {
    const [beta1, beta2] = this.betas;
    const g = withDecay(gradient, parameter, weightDecay);
    const mean = this.expAvg[position]!;
    const greatest = this.expInf[position]!;
    follow(mean, beta1, g);
    greatest.assign(greatest.mul(beta2).maximum(g.abs().add(this.eps)));
    const rate = lr / (1 - math.pow(beta1, this.steps));
    parameter.assign(parameter.add(mean.mul(-rate).div(greatest)));
  }
}
