/** NAdam: Adam that looks ahead along its direction. */

import { tensor } from "../../runtime/eager/from-data.ts";
import { math } from "../../runtime/eager/math.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { Buffer, type Parameter } from "../nn/cells.ts";
import { atLeastZero, Optimizer, share, type Trained, zerosFor } from "./optimizer.ts";

export interface NadamOptions {
  readonly lr?: number;
  /** The shares that the averages of the gradient and of its square keep. */
  readonly betas?: readonly [number, number];
  /** Added to what is divided by. */
  readonly eps?: number;
  readonly weightDecay?: number;
  /** How fast the share that looks ahead grows to its full size. */
  readonly momentumDecay?: number;
}

/**
 * `p ← p − lr·((1 − μₜ)/(1 − Πμ) · g + μₜ₊₁/(1 − Πμ·μₜ₊₁) · m) / (√(v/(1 − β₂ᵗ)) + eps)` with Adam's averages `m` and
 * `v` and `μₜ = β₁·(1 − 0.96^(t·momentumDecay) / 2)` (Dozat).
 */
export class NAdam extends Optimizer {
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly momentumDecay: number;
  readonly expAvg: readonly Buffer[];
  readonly expAvgSq: readonly Buffer[];
  /** The product of all μ so far. */
  readonly muProduct: readonly Buffer[];

  constructor(trained: Trained, options: NadamOptions = {}) {
    const { lr = 2e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0 } = options;
    super(trained, { lr, weightDecay });
    this.betas = [share("betas[0]", betas[0]), share("betas[1]", betas[1])];
    this.eps = atLeastZero("eps", eps);
    this.momentumDecay = atLeastZero("momentumDecay", options.momentumDecay ?? 4e-3);
    this.expAvg = zerosFor(this.parameters);
    this.expAvgSq = zerosFor(this.parameters);
    this.muProduct = [new Buffer(tensor(1))];
  }

  protected override update(
    parameter: Parameter,
    gradient: Tensor,
    position: number,
    lr: number,
    weightDecay: number,
  ): void {
    const [beta1, beta2] = this.betas;
    const g = weightDecay === 0 ? gradient : gradient.add(parameter.mul(weightDecay));
    const mean = this.expAvg[position]!;
    const square = this.expAvgSq[position]!;
    const product = this.muProduct[0]!;
    const mu = this.mu(this.steps);
    if (position === 0) product.assign(product.mul(mu));
    const ahead = this.mu(this.steps + 1);
    const all = product.item();
    mean.assign(mean.mul(beta1).add(g.mul(1 - beta1)));
    square.assign(square.mul(beta2).add(g.mul(1 - beta2).mul(g)));
    const correction = 1 - math.pow(beta2, this.steps);
    const scale = square.div(correction).sqrt().add(this.eps);
    const own = g.mul((-lr * (1 - mu)) / (1 - all)).div(scale);
    const next = mean.mul((-lr * ahead) / (1 - all * ahead)).div(scale);
    parameter.assign(parameter.add(own).add(next));
  }

  private mu(step: number): number {
    return this.betas[0] * (1 - 0.5 * math.pow(0.96, step * this.momentumDecay));
  }
}
