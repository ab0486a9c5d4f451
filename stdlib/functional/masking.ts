/** Elements chosen and replaced by masks and positions. */

import { where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, DType, Operand } from "../../runtime/eager/tensor-types.ts";

/** `value` where the mask is true, the element elsewhere. */
export function maskedFill<D extends DType = "f32">(
  x: AnyTensor<D>,
  mask: AnyTensor<"bool">,
  value: Operand<D>,
): AnyTensor<D> {
  return where(mask, value, x);
}

/** The slices along the axis `dim` at the positions of a list: `x.take(index, dim)`. */
export function indexSelect<D extends DType = "f32">(
  x: AnyTensor<D>,
  dim: number,
  index: AnyTensor<"i32">,
): AnyTensor<D> {
  return x.take(index, dim);
}
