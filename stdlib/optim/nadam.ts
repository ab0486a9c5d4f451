/** NAdam: Adam that looks ahead along its direction. */

import { tensor } from "../../runtime/eager/from-data.ts";
import { math } from "../../runtime/eager/math.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { Buffer, type Parameter } from "../nn/cells.ts";
import { MomentOptimizer, type MomentOptions } from "./averages.ts";
import { atLeastZero, type Trained, withDecay } from "./optimizer.ts";

export interface NadamOptions extends MomentOptions {
  /** How fast the share that looks ahead grows to its full size. */
  readonly momentumDecay?: number;
}

/**
 * `p ← p − lr·((1 − μₜ)/(1 − Πμ) · g + μₜ₊₁/(1 − Πμ·μₜ₊₁) · m) / (√(v/(1 − β₂ᵗ)) + eps)` with Adam's averages `m` and
 * `v` and `μₜ = β₁·(1 − 0.96^(t·momentumDecay) / 2)` (Dozat).
 */
export class NAdam extends MomentOptimizer {
  readonly momentumDecay: number;
  /** The product of all μ so far. */
  readonly muProduct: readonly Buffer[];

  constructor(
    trained: Trained,
    { lr = 2e-3, momentumDecay = 4e-3, ...options }: NadamOptions = {},
  ) {
    super(trained, lr, options);
    this.momentumDecay = atLeastZero("momentumDecay", momentumDecay);
    this.muProduct = [new Buffer(tensor(1))];
  }

  protected override update(
    parameter: Parameter,
    gradient: Tensor,
    position: number,
    lr: number,
    weightDecay: number,
  ): void {
    const g = withDecay(gradient, parameter, weightDecay);
    const product = this.muProduct[0]!;
    const mu = this.mu(this.steps);
    if (position === 0) product.assign(product.mul(mu));
    const ahead = this.mu(this.steps + 1);
    const all = product.item();
    const [mean, square] = this.moments(g, position);
    const correction = 1 - math.pow(this.betas[1], this.steps);
    const scale = square.div(correction).sqrt().add(this.eps);
    const own = g.mul((-lr * (1 - mu)) / (1 - all)).div(scale);
    const next = mean.mul((-lr * ahead) / (1 - all * ahead)).div(scale);
    parameter.assign(parameter.add(own).add(next));
  }

  private mu(step: number): number {
    return this.betas[0] * (1 - 0.5 * math.pow(0.96, step * this.momentumDecay));
  }
}
