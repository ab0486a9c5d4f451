/** How many elements there are of a kind, and sums that leave NaN out. */

import { where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, Axes, Keep, Tensor } from "../../runtime/eager/tensor-types.ts";

/** Whether all are true along the axes `dim`; of no elements, true. */
export function all(
  x: AnyTensor<"bool">,
  dim?: Axes,
  { keepDim = false }: Keep = {},
): AnyTensor<"bool"> {
  return x.logicalNot().sum(dim, { keepDim }).eq(0);
}

/** Whether any is true along the axes `dim`; of no elements, false. */
export function any(
  x: AnyTensor<"bool">,
  dim?: Axes,
  { keepDim = false }: Keep = {},
): AnyTensor<"bool"> {
  return x.sum(dim, { keepDim }).gt(0);
}

/** How many elements are not 0 along the axes `dim`. */
export function countNonzero(
  x: AnyTensor,
  dim?: Axes,
  { keepDim = false }: Keep = {},
): AnyTensor<"i32"> {
  return x.ne(0).sum(dim, { keepDim });
}

/** The sum along the axes `dim`; NaN counts as 0. */
export function nansum(x: Tensor, dim?: Axes, { keepDim = false }: Keep = {}): Tensor {
  return where(x.ne(x), 0, x).sum(dim, { keepDim });
}

/** The mean of what is not NaN along the axes `dim`. */
export function nanmean(x: Tensor, dim?: Axes, { keepDim = false }: Keep = {}): Tensor {
  return nansum(x, dim, { keepDim }).div(x.eq(x).to("f32").sum(dim, { keepDim }));
}
