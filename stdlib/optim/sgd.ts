/** Gradient descent, with momentum. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Buffer, Parameter } from "../nn/cells.ts";
import { atLeastZero, Optimizer, refuse, type Trained, withDecay, zerosFor } from "./optimizer.ts";

export interface SgdOptions {
  readonly lr: number;
  /** The share of the former direction that is kept. */
  readonly momentum?: number;
  /** The share of the gradient that the direction does without. */
  readonly dampening?: number;
  /** Looks ahead along the direction. */
  readonly nesterov?: boolean;
  /** Adds this share of the parameter to its gradient. */
  readonly weightDecay?: number;
}

/**
 * `b ← momentum·b + (1 − dampening)·g`, `p ← p − lr·b`; with `nesterov`, `p ← p − lr·(g + momentum·b)`. The
 * first `b` is the gradient itself.
 */
export class SGD extends Optimizer {
  readonly momentum: number;
  readonly dampening: number;
  readonly nesterov: boolean;
  readonly momentumBuffer: readonly Buffer[];

  constructor(
    trained: Trained,
    { lr, momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 }: SgdOptions,
  ) {
    super(trained, { lr, weightDecay });
    this.momentum = atLeastZero("momentum", momentum);
    this.dampening = dampening;
    this.nesterov = nesterov;
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      refuse("nesterov needs a momentum, and no dampening");
    }
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
    parameter.assign(parameter.add(this.direction(g, position).mul(-lr)));
  }

  private direction(g: Tensor, position: number): Tensor {
    if (this.momentum === 0) return g;
    const buffer = this.momentumBuffer[position]!;
    // Zeros kept of the first step's buffer make this the gradient itself, without dampening.
    const taken = this.dampening === 0 || this.steps === 1 ? 1 : 1 - this.dampening;
    const direction = buffer.mul(this.momentum).add(g.mul(taken));
    buffer.assign(direction);
    return this.nesterov ? g.add(direction.mul(this.momentum)) : direction;
  }
}
