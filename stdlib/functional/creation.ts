/** Tensors of one value. */

import { full } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";

/** Zeros, or false. */
export function zeros<D extends DType = "f32">(shape: readonly number[], dtype?: D): AnyTensor<D> {
  return full(shape, 0, dtype);
}

/** Ones, or true. */
export function ones<D extends DType = "f32">(shape: readonly number[], dtype?: D): AnyTensor<D> {
  return full(shape, 1, dtype);
}
