/** What the recurrent layers over whole sequences share: weights under PyTorch's names, and order. */

import { tensor } from "../../runtime/eager/from-data.ts";
import { arange, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Parameter } from "./cells.ts";
import { Dropout } from "./dropout.ts";
import { initialWeights } from "./initial-weights.ts";
import { Module } from "./module.ts";
import { registered } from "./registered.ts";

export interface RecurrentOptions {
  /** How many layers, each taking the outputs of the one before. */
  readonly layers?: number;
  readonly bias?: boolean;
  /** `[batch, time, …]` instead of `[time, batch, …]`, for input and output; not for states. */
  readonly batchFirst?: boolean;
  /** The share of the outputs of all layers but the last that is left out in training. */
  readonly dropout?: number;
  /** Also runs backwards in time; the outputs of both lie side by side. */
  readonly bidirectional?: boolean;
}

/** The weights of one direction of one layer. */
export interface Direction {
  readonly name: string;
  readonly backwards: boolean;
  /** `[gates · hidden, inputs]` */
  readonly weightIh: Parameter;
  /** `[gates · hidden, outputs]` */
  readonly weightHh: Parameter;
  readonly biasIh: Parameter | undefined;
  readonly biasHh: Parameter | undefined;
  /** `[outputs, hidden]`, where the output is projected. */
  readonly weightHr: Parameter | undefined;
}

interface Sizes {
  readonly gates: number;
  readonly inputs: number;
  readonly hidden: number;
  /** The size of the output, if it is projected. */
  readonly projection: number | undefined;
}

export class Recurrent extends Module {
  readonly hidden: number;
  /** The size of one direction's output. */
  readonly outputs: number;
  readonly layers: number;
  readonly batchFirst: boolean;
  readonly bidirectional: boolean;
  /** Layer by layer; of each the direction forwards, and then backwards. */
  readonly directions: readonly Direction[];
  readonly dropout: Dropout | undefined;

  constructor(sizes: Sizes, options: RecurrentOptions) {
    const { layers = 1, bias = true, batchFirst = false, bidirectional = false } = options;
    super();
    this.hidden = sizes.hidden;
    this.outputs = sizes.projection ?? sizes.hidden;
    this.layers = layers;
    this.batchFirst = batchFirst;
    this.bidirectional = bidirectional;
    const suffixes = bidirectional ? ["", "_reverse"] : [""];
    this.directions = Array.from({ length: layers }, (_, layer) => {
      const inputs = layer === 0 ? sizes.inputs : this.outputs * suffixes.length;
      return suffixes.map((suffix) =>
        newDirection(`l${layer}${suffix}`, { ...sizes, inputs }, bias, suffix !== ""),
      );
    }).flat();
    const { dropout = 0 } = options;
    this.dropout = dropout === 0 ? undefined : new Dropout(dropout);
  }

  /** What the layer after `layer` takes of its outputs. */
  protected handedOn(outputs: Tensor, layer: number): Tensor {
    const isLast = layer === this.layers - 1;
    return isLast || this.dropout === undefined ? outputs : this.dropout.forward(outputs);
  }

  /** `x` as `[time, batch, …]`. */
  protected timeFirst(x: Tensor): Tensor {
    if (x.rank === 2) return x.unsqueeze(1);
    return this.batchFirst ? x.transpose(0, 1) : x;
  }

  /** `y: [time, batch, …]` as the caller of `x` expects it. */
  protected asGiven(y: Tensor, x: Tensor): Tensor {
    if (x.rank === 2) return y.squeeze(1);
    return this.batchFirst ? y.transpose(0, 1) : y;
  }

  override [registered](): Iterable<readonly [string, unknown]> {
    const weights = this.directions.flatMap((d): (readonly [string, unknown])[] => [
      [`weight_ih_${d.name}`, d.weightIh],
      [`weight_hh_${d.name}`, d.weightHh],
      [`bias_ih_${d.name}`, d.biasIh],
      [`bias_hh_${d.name}`, d.biasHh],
      [`weight_hr_${d.name}`, d.weightHr],
    ]);
    return [...weights, ["dropout", this.dropout]];
  }
}

function newDirection(
  name: string,
  { gates, inputs, hidden, projection }: Sizes,
  bias: boolean,
  backwards: boolean,
): Direction {
  const weights = (...shape: readonly number[]): Parameter => initialWeights(shape, hidden);
  const rows = gates * hidden;
  return {
    name,
    backwards,
    weightIh: weights(rows, inputs),
    weightHh: weights(rows, projection ?? hidden),
    biasIh: bias ? weights(rows) : undefined,
    biasHh: bias ? weights(rows) : undefined,
    weightHr: projection === undefined ? undefined : weights(projection, hidden),
  };
}

/** `sequence[at]`, where `at` may be known only when running. */
export function elementAt(sequence: Tensor, at: number): Tensor {
  return sequence.take(tensor(at, "i32"));
}

/** `sequence` with `element` at position `at` of its first axis. */
export function withElementAt(sequence: Tensor, at: number, element: Tensor): Tensor {
  const positions: AnyTensor<"i32"> = arange(sequence.shape[0]).reshape([sequence.shape[0], 1, 1]);
  return where(positions.eq(at), element, sequence);
}
