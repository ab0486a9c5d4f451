/** The bilinear layer. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { bilinear } from "../functional/distance.ts";
import type { Parameter } from "./cells.ts";
import { initialWeights } from "./initial-weights.ts";
import { Module } from "./module.ts";

/** `xᵀ · weight[k] · y + bias[k]` for each output k. */
export class Bilinear extends Module {
  /** `[outputs, left, right]` */
  readonly weight: Parameter;
  /** `[outputs]` */
  readonly bias: Parameter | undefined;

  constructor(
    left: number,
    right: number,
    outputs: number,
    { bias = true }: { readonly bias?: boolean } = {},
  ) {
    super();
    this.weight = initialWeights([outputs, left, right], left);
    this.bias = bias ? initialWeights([outputs], left) : undefined;
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return bilinear(x, y, this.weight, this.bias);
  }
}
