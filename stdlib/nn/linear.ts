/** The fully connected layer. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { linear } from "../functional/matmul.ts";
import type { Parameter } from "./cells.ts";
import { initialWeights } from "./initial-weights.ts";
import { Module } from "./module.ts";

/** `x · weightᵀ + bias` over the last axis. */
export class Linear extends Module {
  /** `[outputs, inputs]` */
  readonly weight: Parameter;
  /** `[outputs]` */
  readonly bias: Parameter | undefined;

  constructor(inputs: number, outputs: number, { bias = true }: { bias?: boolean } = {}) {
    super();
    this.weight = initialWeights([outputs, inputs], inputs);
    this.bias = bias ? initialWeights([outputs], inputs) : undefined;
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}
