/** How many elements there are of a kind, and sums that leave NaN out. */

import { where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, Axes, FloatDType, Keep } from "../../runtime/eager/tensor-types.ts";

type Floats = AnyTensor<FloatDType>;

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
export function nansum<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  dim?: Axes,
  options?: Keep,
): AnyTensor<D>;
export function nansum(x: Floats, dim?: Axes, { keepDim = false }: Keep = {}): Floats {
  return where(x.ne(x), 0, x).sum(dim, { keepDim });
}

/** The mean of what is not NaN along the axes `dim`. */
export function nanmean<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  dim?: Axes,
  options?: Keep,
): AnyTensor<D>;
export function nanmean(x: Floats, dim?: Axes, { keepDim = false }: Keep = {}): Floats {
  return nansum(x, dim, { keepDim }).div(x.eq(x).to("f32").sum(dim, { keepDim }));
}
