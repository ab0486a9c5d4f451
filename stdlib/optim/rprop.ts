/** Rprop: steps that grow while the gradient keeps its sign, and know nothing of its size. */

import { where } from "../../runtime/eager/primitives.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { clamp } from "../functional/clamp.ts";
import { fullLike } from "../functional/creation.ts";
import { Buffer, type Parameter } from "../nn/cells.ts";
import { Optimizer, refuse, type Trained, zerosFor } from "./optimizer.ts";

export interface RpropOptions {
  /** The first steps. */
  readonly lr?: number;
  /** What steps are multiplied by where the sign changes, and where it stays. */
  readonly etas?: readonly [number, number];
  /** The least and the greatest step. */
  readonly stepSizes?: readonly [number, number];
}

/**
 * `s ← s·η⁺` where the gradient has the sign it had before, `s·η⁻` where it has the other, which also leaves the element
 * as it is this once; `p ← p − sign(g)·s` (Riedmiller and Braun). For gradients of all the data, not of batches.
 */
export class Rprop extends Optimizer {
  readonly etas: readonly [number, number];
  readonly stepSizes: readonly [number, number];
  readonly prev: readonly Buffer[];
  readonly stepSize: readonly Buffer[];

  constructor(trained: Trained, options: RpropOptions = {}) {
    const { lr = 1e-2, etas = [0.5, 1.2], stepSizes = [1e-6, 50] } = options;
    super(trained, { lr, weightDecay: 0 });
    if (!(etas[0] > 0 && etas[0] < 1 && etas[1] > 1)) {
      refuse(`etas must be below and above 1, not ${etas[0]} and ${etas[1]}`);
    }
    this.etas = etas;
    this.stepSizes = stepSizes;
    this.prev = zerosFor(this.parameters);
    this.stepSize = this.parameters.map((p) => new Buffer(fullLike(p, lr)));
  }

  protected override update(parameter: Parameter, gradient: Tensor, position: number): void {
    const before = this.prev[position]!;
    const size = this.stepSize[position]!;
    const [shrink, grow] = this.etas;
    const agreement = gradient.mul(before);
    const factor = where(
      agreement.gt(0),
      grow,
      where(agreement.lt(0), shrink, agreement.mul(0).add(1)),
    );
    size.assign(clamp(size.mul(factor), this.stepSizes[0], this.stepSizes[1]));
    const g = where(agreement.lt(0), 0, gradient);
    parameter.assign(parameter.add(g.sign().mul(size).neg()));
    before.assign(g);
  }
}
