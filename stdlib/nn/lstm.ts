/** The long short-term memory: Hochreiter and Schmidhuber, 1997; projections: Sak and others, 2014. */

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
import { type LstmState, lstmStep } from "./recurrent-step.ts";

export interface LstmSequence {
  /** The last layer's outputs at all times: `[time, batch, directions · outputs]`. */
  readonly output: Tensor;
  /** The outputs of all layers after the last step: `[layers · directions, batch, outputs]`. */
  readonly hidden: Tensor;
  /** The memories after the last step: `[layers · directions, batch, hidden]`. */
  readonly cell: Tensor;
}

export class LSTM extends Recurrent {
  /** `projection`: the size to which each step's output is brought. */
  constructor(
    inputs: number,
    hidden: number,
    { projection, ...options }: RecurrentOptions & { projection?: number } = {},
  ) {
    super({ gates: 4, inputs, hidden, projection }, options);
  }

  /** `x`: `[time, batch, inputs]`, or `[time, inputs]`; the state: zeros by default. */
  forward(x: Tensor, state?: LstmState): LstmSequence {
    let input = this.timeFirst(x);
    const batch = input.shape[1];
    const count = this.directions.length;
    const hidden = state === undefined ? zeros([count, batch, this.outputs]) : state.hidden;
    const cell = state === undefined ? zeros([count, batch, this.hidden]) : state.cell;
    const [hiddens, cells]: [Tensor[], Tensor[]] = [[], []];
    const perLayer = this.bidirectional ? 2 : 1;
    for (let layer = 0; layer < this.layers; layer++) {
      const outputs: Tensor[] = [];
      for (let i = layer * perLayer; i < (layer + 1) * perLayer; i++) {
        const run = this.runDirection(this.directions[i]!, input, {
          hidden: hidden.narrow(0, i, 1).reshape([batch, this.outputs]),
          cell: cell.narrow(0, i, 1).reshape([batch, this.hidden]),
        });
        outputs.push(run.output);
        hiddens.push(run.hidden);
        cells.push(run.cell);
      }
      input = this.handedOn(cat(outputs, -1), layer);
    }
    const [lastHidden, lastCell] = [stack(hiddens, 0), stack(cells, 0)];
    const isBatch = x.rank === 3;
    return {
      output: this.asGiven(input, x),
      hidden: isBatch ? lastHidden : lastHidden.squeeze(1),
      cell: isBatch ? lastCell : lastCell.squeeze(1),
    };
  }

  private runDirection(d: Direction, x: Tensor, initial: LstmState): LstmSequence {
    const steps = x.shape[0];
    const fromInput = linear(x, d.weightIh, d.biasIh);
    let { hidden, cell } = initial;
    let output = zeros([steps, x.shape[1], this.outputs]);
    for (let i = 0; i < steps; i++) {
      const at = d.backwards ? steps - 1 - i : i;
      const gates = elementAt(fromInput, at).add(linear(hidden, d.weightHh, d.biasHh));
      const next = lstmStep(gates, cell);
      cell = next.cell;
      hidden = d.weightHr === undefined ? next.hidden : linear(next.hidden, d.weightHr);
      output = withElementAt(output, at, hidden);
    }
    return { output, hidden, cell };
  }
}
