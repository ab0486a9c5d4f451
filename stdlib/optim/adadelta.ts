/** Adadelta: steps as long as former steps were, over what the gradient was. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Buffer, Parameter } from "../nn/cells.ts";
import { followSquare } from "./averages.ts";
import { atLeastZero, Optimizer, share, type Trained, withDecay, zerosFor } from "./optimizer.ts";

export interface AdadeltaOptions {
  readonly lr?: number;
  /** The share that the averages of both squares keep. */
  readonly rho?: number;
  /** Added under both roots. */
  readonly eps?: number;
  readonly weightDecay?: number;
}

/** `v ← ρ·v + (1 − ρ)·g²`, `d = √(u + eps) / √(v + eps) · g`, `u ← ρ·u + (1 − ρ)·d²`, `p ← p − lr·d` (Zeiler). */
export class Adadelta extends Optimizer {
  readonly rho: number;
  readonly eps: number;
  readonly squareAvg: readonly Buffer[];
  readonly accDelta: readonly Buffer[];

  constructor(trained: Trained, options: AdadeltaOptions = {}) {
    const { lr = 1, rho = 0.9, eps = 1e-6, weightDecay = 0 } = options;
    super(trained, { lr, weightDecay });
    this.rho = share("rho", rho);
    this.eps = atLeastZero("eps", eps);
    this.squareAvg = zerosFor(this.parameters);
    this.accDelta = zerosFor(this.parameters);
  }

  protected override update(
    parameter: Parameter,
    gradient: Tensor,
    position: number,
    lr: number,
    weightDecay: number,
  ): void {
    const { rho, eps } = this;
    const g = withDecay(gradient, parameter, weightDecay);
    const square = this.squareAvg[position]!;
    const steps = this.accDelta[position]!;
    followSquare(square, rho, g);
    const delta = steps.add(eps).sqrt().div(square.add(eps).sqrt()).mul(g);
    followSquare(steps, rho, delta);
    parameter.assign(parameter.add(delta.mul(-lr)));
  }
}
