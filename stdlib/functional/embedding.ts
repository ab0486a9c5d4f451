/** Rows of tables for classes. */

import { arange } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, DType, Tensor } from "../../runtime/eager/tensor-types.ts";

/** The row of `weight: [rows, width]` at each position: `[…, width]`. */
export function embedding(positions: AnyTensor<"i32">, weight: Tensor): Tensor {
  return weight.take(positions);
}

/** 1 at each class and 0 elsewhere on a new last axis; a class outside gives only zeros. */
export function oneHot(classes: AnyTensor<"i32">, count: number): Tensor;
export function oneHot<D extends DType>(
  classes: AnyTensor<"i32">,
  count: number,
  dtype: D,
): AnyTensor<D>;
export function oneHot(classes: AnyTensor<"i32">, count: number, dtype: DType = "f32"): AnyTensor {
  return classes.unsqueeze(-1).eq(arange(count)).to(dtype);
}
