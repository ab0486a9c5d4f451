/** Adam and AdamW: steps scaled by running averages of the gradient and of its square. */

import { math } from "../../runtime/eager/math.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Buffer, Parameter } from "../nn/cells.ts";
import { MomentOptimizer, type MomentOptions } from "./averages.ts";
import { type Trained, withDecay, zerosFor } from "./optimizer.ts";

export interface AdamOptions extends MomentOptions {
  readonly lr: number;
  /** Divides by the greatest of the averages so far (Reddi, Kale and Kumar). */
  readonly amsgrad?: boolean;
}

/**
 * `m ← β₁·m + (1 − β₁)·g`, `v ← β₂·v + (1 − β₂)·g²`, `p ← p − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + eps)` at step t
 * (Kingma and Ba). Weight decay is added to the gradient.
 */
export class Adam extends MomentOptimizer {
  /** Of `amsgrad` only. */
  readonly maxExpAvgSq: readonly Buffer[];

  constructor(trained: Trained, { lr, amsgrad = false, ...options }: AdamOptions) {
    super(trained, lr, options);
    this.maxExpAvgSq = amsgrad ? zerosFor(this.parameters) : [];
  }

  protected override update(
    parameter: Parameter,
    gradient: Tensor,
    position: number,
    lr: number,
    weightDecay: number,
  ): void {
    const g = withDecay(gradient, parameter, weightDecay);
    parameter.assign(parameter.add(this.difference(g, position, lr)));
  }

  /** What the step adds to the parameter at `position`. */
  protected difference(g: Tensor, position: number, lr: number): Tensor {
    const [beta1, beta2] = this.betas;
    const [mean, square] = this.moments(g, position);
    const stepSize = lr / (1 - math.pow(beta1, this.steps));
    const root = Math.sqrt(1 - math.pow(beta2, this.steps));
    const scale = this.counted(square, position).sqrt().div(root).add(this.eps);
    return mean.mul(-stepSize).div(scale);
  }

  private counted(square: Tensor, position: number): Tensor {
    const greatest = this.maxExpAvgSq[position];
    if (greatest === undefined) return square;
    greatest.assign(greatest.maximum(square));
    return greatest;
  }
}

/** Adam that first multiplies the parameter by `1 − lr·weightDecay` (Loshchilov and Hutter). */
export class AdamW extends Adam {
  constructor(trained: Trained, { weightDecay = 1e-2, ...options }: AdamOptions) {
    super(trained, { ...options, weightDecay });
  }

  protected override update(
    parameter: Parameter,
    gradient: Tensor,
    position: number,
    lr: number,
    weightDecay: number,
  ): void {
    const decayed = weightDecay === 0 ? parameter : parameter.mul(1 - lr * weightDecay);
    parameter.assign(decayed.add(this.difference(gradient, position, lr)));
  }
}
