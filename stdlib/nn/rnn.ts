/** The recurrent layers whose state is one tensor: RNN and GRU. */

import { cat } from "../../runtime/eager/primitives.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { zeros } from "../functional/creation.ts";
import { stack } from "../functional/join.ts";
import { linear } from "../functional/matmul.ts";
import {
  type Direction,
  elementAt,
  Recurrent,
  type RecurrentOptions,
  withElementAt,
} from "./recurrent.ts";
import { gruStep, type Nonlinearity, rnnStep } from "./recurrent-step.ts";

export interface Sequence {
  /** The last layer's states at all times: `[time, batch, directions · hidden]`. */
  readonly output: Tensor;
  /** The states after the last step: `[layers · directions, batch, hidden]`. */
  readonly hidden: Tensor;
}

/** Runs `step` over time, layer by layer. */
class HiddenRecurrent extends Recurrent {
  /** `x`: `[time, batch, inputs]`, or `[time, inputs]`; `hidden`: zeros by default. */
  forward(x: Tensor, hidden?: Tensor): Sequence {
    let input = this.timeFirst(x);
    const size = [this.directions.length, input.shape[1], this.hidden];
    const initial = hidden === undefined ? zeros(size) : hidden.reshape(size);
    const last: Tensor[] = [];
    const perLayer = this.bidirectional ? 2 : 1;
    for (let layer = 0; layer < this.layers; layer++) {
      const outputs: Tensor[] = [];
      for (let i = layer * perLayer; i < (layer + 1) * perLayer; i++) {
        const run = this.runDirection(
          this.directions[i]!,
          input,
          initial.narrow(0, i, 1).squeeze(0),
        );
        outputs.push(run.output);
        last.push(run.hidden);
      }
      input = this.handedOn(cat(outputs, -1), layer);
    }
    const states = stack(last, 0);
    return { output: this.asGiven(input, x), hidden: x.rank === 2 ? states.squeeze(1) : states };
  }

  protected step(_fromInput: Tensor, _fromHidden: Tensor, hidden: Tensor): Tensor {
    return hidden;
  }

  private runDirection(d: Direction, x: Tensor, initial: Tensor): Sequence {
    const steps = x.shape[0];
    const fromInput = linear(x, d.weightIh, d.biasIh);
    let hidden = initial;
    let output = zeros([steps, x.shape[1], this.hidden]);
    for (let i = 0; i < steps; i++) {
      const at = d.backwards ? steps - 1 - i : i;
      const fromHidden = linear(hidden, d.weightHh, d.biasHh);
      hidden = this.step(elementAt(fromInput, at), fromHidden, hidden);
      output = withElementAt(output, at, hidden);
    }
    return { output, hidden };
  }
}

/** A simple recurrent network: `h ← tanh(W·x + b + V·h + c)` at each step, or its relu. */
export class RNN extends HiddenRecurrent {
  readonly nonlinearity: Nonlinearity;

  constructor(
    inputs: number,
    hidden: number,
    { nonlinearity = "tanh", ...options }: RecurrentOptions & { nonlinearity?: Nonlinearity } = {},
  ) {
    super({ gates: 1, inputs, hidden, projection: undefined }, options);
    this.nonlinearity = nonlinearity;
  }

  protected override step(fromInput: Tensor, fromHidden: Tensor): Tensor {
    return rnnStep(fromInput, fromHidden, this.nonlinearity);
  }
}

/** Gated recurrent units: Cho and others, "Learning phrase representations …", 2014. */
export class GRU extends HiddenRecurrent {
  constructor(inputs: number, hidden: number, options: RecurrentOptions = {}) {
    super({ gates: 3, inputs, hidden, projection: undefined }, options);
  }

  protected override step(fromInput: Tensor, fromHidden: Tensor, hidden: Tensor): Tensor {
    return gruStep(fromInput, fromHidden, hidden);
  }
}
