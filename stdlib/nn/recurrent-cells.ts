/** Recurrent layers that take one step a call. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { zeros } from "../functional/creation.ts";
import { linear } from "../functional/matmul.ts";
import type { Parameter } from "./cells.ts";
import { initialWeights } from "./initial-weights.ts";
import { Module } from "./module.ts";
import { gruStep, type LstmState, lstmStep, type Nonlinearity, rnnStep } from "./recurrent-step.ts";

export interface CellOptions {
  readonly bias?: boolean;
}

/** The weights that recurrent cells share. `gates` is how many vectors a step computes. */
class RecurrentCell extends Module {
  readonly inputs: number;
  readonly hidden: number;
  /** `[gates · hidden, inputs]` */
  readonly weightIh: Parameter;
  /** `[gates · hidden, hidden]` */
  readonly weightHh: Parameter;
  /** `[gates · hidden]` */
  readonly biasIh: Parameter | undefined;
  readonly biasHh: Parameter | undefined;

  constructor(gates: number, inputs: number, hidden: number, { bias = true }: CellOptions) {
    super();
    this.inputs = inputs;
    this.hidden = hidden;
    this.weightIh = initialWeights([gates * hidden, inputs], hidden);
    this.weightHh = initialWeights([gates * hidden, hidden], hidden);
    this.biasIh = bias ? initialWeights([gates * hidden], hidden) : undefined;
    this.biasHh = bias ? initialWeights([gates * hidden], hidden) : undefined;
  }

  protected fromInput(x: Tensor): Tensor {
    return linear(x, this.weightIh, this.biasIh);
  }

  protected fromHidden(h: Tensor): Tensor {
    return linear(h, this.weightHh, this.biasHh);
  }

  /** What a sequence begins with: zeros. */
  protected initial(x: Tensor): Tensor {
    return zeros(x.rank === 1 ? [this.hidden] : [x.shape[0], this.hidden]);
  }
}

/** A step of a simple recurrent network: `[batch, inputs]` and `[batch, hidden]` to `[batch, hidden]`. */
export class RNNCell extends RecurrentCell {
  readonly nonlinearity: Nonlinearity;

  constructor(
    inputs: number,
    hidden: number,
    { nonlinearity = "tanh", ...options }: CellOptions & { nonlinearity?: Nonlinearity } = {},
  ) {
    super(1, inputs, hidden, options);
    this.nonlinearity = nonlinearity;
  }

  forward(x: Tensor, hidden?: Tensor): Tensor {
    const before = hidden ?? this.initial(x);
    return rnnStep(this.fromInput(x), this.fromHidden(before), this.nonlinearity);
  }
}

/** A step of a gated recurrent unit. */
export class GRUCell extends RecurrentCell {
  constructor(inputs: number, hidden: number, options: CellOptions = {}) {
    super(3, inputs, hidden, options);
  }

  forward(x: Tensor, hidden?: Tensor): Tensor {
    const before = hidden ?? this.initial(x);
    return gruStep(this.fromInput(x), this.fromHidden(before), before);
  }
}

/** A step of a long short-term memory. */
export class LSTMCell extends RecurrentCell {
  constructor(inputs: number, hidden: number, options: CellOptions = {}) {
    super(4, inputs, hidden, options);
  }

  forward(x: Tensor, state?: LstmState): LstmState {
    const hidden = state === undefined ? this.initial(x) : state.hidden;
    const cell = state === undefined ? this.initial(x) : state.cell;
    return lstmStep(this.fromInput(x).add(this.fromHidden(hidden)), cell);
  }
}
