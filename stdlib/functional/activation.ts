/** Element-wise functions that are made of operators. */

import { where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, DType, Promote } from "../../runtime/eager/tensor-types.ts";

/** `x < 0 ? 0 : x` of each element: NaN and −0 stay. */
export function relu<D extends DType = "f32">(x: AnyTensor<D>): AnyTensor<D> {
  return where(x.lt(0), 0, x);
}

/** `x · x` of each element. */
export function square<D extends DType = "f32">(x: AnyTensor<D>): AnyTensor<Promote<D, D>> {
  return x.mul(x);
}
