/** Owns how the losses of many elements become one. */

import { refuse } from "../../../runtime/eager/refuse.ts";
import type { AnyTensor, FloatDType } from "../../../runtime/eager/tensor-types.ts";

type Floats = AnyTensor<FloatDType>;

export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** `mean` by default. */
  readonly reduction?: Reduction;
}

export function reduceLosses<D extends FloatDType = "f32">(
  losses: AnyTensor<D>,
  reduction: Reduction,
): AnyTensor<D>;
export function reduceLosses(losses: Floats, reduction: Reduction): Floats {
  if (reduction === "none") return losses;
  if (reduction === "sum") return losses.sum();
  if (reduction === "mean") return losses.mean();
  return refuse("argument", `reduction is mean, sum or none, not ${reduction}`);
}
