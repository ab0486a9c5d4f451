/** RMSprop: steps divided by a running root mean square of the gradient. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Buffer, Parameter } from "../nn/cells.ts";
import { follow, followSquare } from "./averages.ts";
import { atLeastZero, Optimizer, share, type Trained, withDecay, zerosFor } from "./optimizer.ts";

export interface RmspropOptions {
  readonly lr?: number;
  /** The share that the average of the square keeps. */
  readonly alpha?: number;
  /** Added to what is divided by. */
  readonly eps?: number;
  readonly momentum?: number;
  /** Takes the gradient's mean off: divides by a standard deviation. */
  readonly centered?: boolean;
  readonly weightDecay?: number;
}

/** `v ← α·v + (1 − α)·g²`, `p ← p − lr·g / (√v + eps)` (Hinton). With `centered`, `√(v − m²)`. */
export class RMSprop extends Optimizer {
  readonly alpha: number;
  readonly eps: number;
  readonly momentum: number;
  readonly centered: boolean;
  readonly squareAvg: readonly Buffer[];
  readonly gradAvg: readonly Buffer[];
  readonly momentumBuffer: readonly Buffer[];

  constructor(trained: Trained, options: RmspropOptions = {}) {
    const { lr = 1e-2, alpha = 0.99, eps = 1e-8, momentum = 0, centered = false } = options;
    super(trained, { lr, weightDecay: options.weightDecay ?? 0 });
    this.alpha = share("alpha", alpha);
    this.eps = atLeastZero("eps", eps);
    this.momentum = atLeastZero("momentum", momentum);
    this.centered = centered;
    this.squareAvg = zerosFor(this.parameters);
    this.gradAvg = centered ? zerosFor(this.parameters) : [];
    this.momentumBuffer = momentum === 0 ? [] : zerosFor(this.parameters);
  }

  protected override update(
    parameter: Parameter,
    gradient: Tensor,
    position: number,
    lr: number,
    weightDecay: number,
  ): void {
    const g = withDecay(gradient, parameter, weightDecay);
    const scale = this.scale(g, position);
    if (this.momentum === 0) {
      parameter.assign(parameter.add(g.mul(-lr).div(scale)));
      return;
    }
    const buffer = this.momentumBuffer[position]!;
    buffer.assign(buffer.mul(this.momentum).add(g.div(scale)));
    parameter.assign(parameter.add(buffer.mul(-lr)));
  }

  private scale(g: Tensor, position: number): Tensor {
    const { alpha } = this;
    const square = this.squareAvg[position]!;
    followSquare(square, alpha, g);
    if (!this.centered) return square.sqrt().add(this.eps);
    const mean = this.gradAvg[position]!;
    follow(mean, alpha, g);
    return square.sub(mean.mul(mean)).sqrt().add(this.eps);
  }
}
