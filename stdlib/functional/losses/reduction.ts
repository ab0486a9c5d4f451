/** Owns how the losses of many elements become one. */

import type { Tensor } from "../../../runtime/eager/tensor-types.ts";

export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** `mean` by default. */
  readonly reduction?: Reduction;
}

export function reduceLosses(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === "none") return losses;
  return reduction === "sum" ? losses.sum() : losses.mean();
}
