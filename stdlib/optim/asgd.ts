/** ASGD: gradient descent with ever shorter steps, and the average of all parameters on the way. */

import { math } from "../../runtime/eager/math.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Buffer, Parameter } from "../nn/cells.ts";
import { atLeastZero, Optimizer, type Trained, withDecay, zerosFor } from "./optimizer.ts";

export interface AsgdOptions {
  readonly lr?: number;
  /** How fast parameters and steps shrink. */
  readonly lambd?: number;
  /** The power with which steps shrink. */
  readonly alpha?: number;
  /** From this step on the average is one of several; before, it is the parameter itself. */
  readonly t0?: number;
  readonly weightDecay?: number;
}

/**
 * `η = lr / (1 + λ·lr·(t − 1))^α`, `p ← p·(1 − λ·η) − η·g`, `a ← a + (p − a) / max(1, t − 1 − t0)` at step t (Polyak
 * and Juditsky). `ax` has the averages, in the order of `parameters`.
 */
export class ASGD extends Optimizer {
  readonly lambd: number;
  readonly alpha: number;
  readonly t0: number;
  readonly ax: readonly Buffer[];

  constructor(trained: Trained, options: AsgdOptions = {}) {
    const { lr = 1e-2, lambd = 1e-4, alpha = 0.75, t0 = 1e6, weightDecay = 0 } = options;
    super(trained, { lr, weightDecay });
    this.lambd = atLeastZero("lambd", lambd);
    this.alpha = alpha;
    this.t0 = t0;
    this.ax = zerosFor(this.parameters);
  }

  protected override update(
    parameter: Parameter,
    gradient: Tensor,
    position: number,
    lr: number,
    weightDecay: number,
  ): void {
    const before = this.steps - 1;
    const g = withDecay(gradient, parameter, weightDecay);
    const rate = lr / math.pow(1 + this.lambd * lr * before, this.alpha);
    parameter.assign(parameter.mul(1 - this.lambd * rate).add(g.mul(-rate)));
    const average = this.ax[position]!;
    const share = 1 / Math.max(1, before - this.t0);
    if (share < 1) average.assign(average.add(parameter.sub(average).mul(share)));
    else average.assign(parameter);
  }
}
