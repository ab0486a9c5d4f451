/** Adagrad: steps divided by the root of the sum of all squared gradients. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { fullLike } from "../functional/creation.ts";
import { Buffer, type Parameter } from "../nn/cells.ts";
import { atLeastZero, Optimizer, type Trained, withDecay } from "./optimizer.ts";

export interface AdagradOptions {
  readonly lr?: number;
  /** At step t the rate is `lr / (1 + (t − 1)·lrDecay)`. */
  readonly lrDecay?: number;
  /** What the sums begin with. */
  readonly initialAccumulator?: number;
  /** Added to what is divided by. */
  readonly eps?: number;
  readonly weightDecay?: number;
}

/** `s ← s + g²`, `p ← p − lr·g / (√s + eps)` (Duchi, Hazan and Singer). */
export class Adagrad extends Optimizer {
  readonly lrDecay: number;
  readonly eps: number;
  readonly sum: readonly Buffer[];

  constructor(trained: Trained, options: AdagradOptions = {}) {
    const { lr = 1e-2, lrDecay = 0, initialAccumulator = 0, eps = 1e-10 } = options;
    super(trained, { lr, weightDecay: options.weightDecay ?? 0 });
    this.lrDecay = atLeastZero("lrDecay", lrDecay);
    this.eps = atLeastZero("eps", eps);
    const first = atLeastZero("initialAccumulator", initialAccumulator);
    this.sum = this.parameters.map((p) => new Buffer(fullLike(p, first)));
  }

  protected override update(
    parameter: Parameter,
    gradient: Tensor,
    position: number,
    lr: number,
    weightDecay: number,
  ): void {
    const g = withDecay(gradient, parameter, weightDecay);
    const rate = lr / (1 + (this.steps - 1) * this.lrDecay);
    const sum = this.sum[position]!;
    sum.assign(sum.add(g.mul(g)));
    parameter.assign(parameter.add(g.mul(-rate).div(sum.sqrt().add(this.eps))));
  }
}
