/** Owns how the losses of many elements become one. */

import { refuse } from "../../../runtime/eager/refuse.ts";
import type { Tensor } from "../../../runtime/eager/tensor-types.ts";

export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** `mean` by default. */
  readonly reduction?: Reduction;
}

export function reduceLosses(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === "none") return losses;
  if (reduction === "sum") return losses.sum();
  if (reduction === "mean") return losses.mean();
  return refuse("argument", `reduction is mean, sum or none, not ${reduction}`);
}
