/** Elements in order, and the greatest of them. */

import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";

/** Elements, and their positions along the axis in the tensor that they were taken from. */
export interface Ordered<D extends DType = "f32"> {
  readonly values: AnyTensor<D>;
  readonly indices: AnyTensor<"i32">;
}

export interface SortOptions {
  /** Begins with the greatest. */
  readonly descending?: boolean;
}

export interface TopkOptions {
  /** False: the least elements, the least first. */
  readonly largest?: boolean;
}

/** The elements along an axis in ascending order. Equal ones keep their order; NaN is the greatest. */
export function sort<D extends DType = "f32">(
  x: AnyTensor<D>,
  dim = -1,
  { descending = false }: SortOptions = {},
): Ordered<D> {
  const indices = x.argsort(dim, { descending });
  return { values: x.gather(dim, indices), indices };
}

/** The `k` greatest elements along an axis, the greatest first; of equal ones the first. */
export function topk<D extends DType = "f32">(
  x: AnyTensor<D>,
  k: number,
  dim = -1,
  { largest = true }: TopkOptions = {},
): Ordered<D> {
  const indices = x.argsort(dim, { descending: largest }).narrow(dim, 0, k);
  return { values: x.gather(dim, indices), indices };
}
