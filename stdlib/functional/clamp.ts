/** Owns `clamp`. */

import { where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";

/**
 * The elements, at least `min` and at most `max`; either bound may be undefined, or a tensor. NaN stays,
 * and where `min` is above `max` the result is `max`.
 */
export function clamp<D extends DType = "f32">(
  x: AnyTensor<D>,
  min?: number | AnyTensor<D>,
  max?: number | AnyTensor<D>,
): AnyTensor<D> {
  const raised = min === undefined ? x : where(x.lt(min), min, x);
  return max === undefined ? raised : where(raised.gt(max), max, raised);
}
