/** One step of each recurrent layer: from the input's and the former state's gates to the next state. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";

/** Gate `i` of those that lie side by side on the last axis. */
const gate = (gates: Tensor, i: number, hidden: number): Tensor =>
  gates.narrow(-1, i * hidden, hidden);

export type Nonlinearity = "tanh" | "relu";

/** `tanh(x + h)`, or its relu; both terms with their weights and biases. */
export function rnnStep(fromInput: Tensor, fromHidden: Tensor, f: Nonlinearity): Tensor {
  const sum = fromInput.add(fromHidden);
  return f === "relu" ? sum.relu() : sum.tanh();
}

/** The next hidden state of a GRU; gates: reset, update, new. */
export function gruStep(fromInput: Tensor, fromHidden: Tensor, hidden: Tensor): Tensor {
  const size = hidden.shape[hidden.rank - 1]!;
  const reset = gate(fromInput, 0, size)
    .add(gate(fromHidden, 0, size))
    .sigmoid();
  const update = gate(fromInput, 1, size)
    .add(gate(fromHidden, 1, size))
    .sigmoid();
  const next = gate(fromInput, 2, size)
    .add(reset.mul(gate(fromHidden, 2, size)))
    .tanh();
  return next.add(update.mul(hidden.sub(next)));
}

/** What an LSTM remembers: `hidden` is also its output. */
export interface LstmState {
  readonly hidden: Tensor;
  readonly cell: Tensor;
}

/** The next state of an LSTM, its output not yet projected; gates: input, forget, cell, output. */
export function lstmStep(gates: Tensor, cell: Tensor): LstmState {
  const size = cell.shape[cell.rank - 1]!;
  const kept = gate(gates, 1, size).sigmoid().mul(cell);
  const added = gate(gates, 0, size)
    .sigmoid()
    .mul(gate(gates, 2, size).tanh());
  const next = kept.add(added);
  return { hidden: gate(gates, 3, size).sigmoid().mul(next.tanh()), cell: next };
}
