/** Rows of tables for classes. */

import { arange } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, DType, FloatDType, Tensor } from "../../runtime/eager/tensor-types.ts";

type Floats = AnyTensor<FloatDType>;

/** The row of `weight: [rows, width]` at each position: `[…, width]`. */
export function embedding<D extends FloatDType = "f32">(
  positions: AnyTensor<"i32">,
  weight: AnyTensor<D>,
): AnyTensor<D>;
export function embedding(positions: AnyTensor<"i32">, weight: Floats): Floats {
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
