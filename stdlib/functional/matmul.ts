/** Matrix products. */

import { dot } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, DType, FloatDType } from "../../runtime/eager/tensor-types.ts";

type Floats = AnyTensor<FloatDType>;

/**
 * The matrix product over the last two axes; earlier axes are batch axes and broadcast. An operand of
 * one axis is a row on the left, a column on the right, and its axis of size 1 is left out again.
 */
export function matmul<D extends DType = "f32">(x: AnyTensor<D>, y: AnyTensor<D>): AnyTensor<D> {
  if (x.rank !== 1 && y.rank !== 1) return dot(x, y);
  const rows = x.rank === 1 ? x.reshape([1, x.shape[0]]) : x;
  const columns = y.rank === 1 ? y.reshape([y.shape[0], 1]) : y;
  const product = dot(rows, columns);
  const shape: number[] = [];
  for (let i = 0; i < product.rank; i++) {
    const added =
      (i === product.rank - 2 && x.rank === 1) || (i === product.rank - 1 && y.rank === 1);
    if (!added) shape.push(product.shape[i]!);
  }
  return product.reshape(shape);
}

/** `x · weightᵀ + bias`, with a row of `weight` for each output. */
export function linear<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  weight: AnyTensor<D>,
  bias?: AnyTensor<D>,
): AnyTensor<D>;
export function linear(x: Floats, weight: Floats, bias?: Floats): Floats {
  const product = x.matmul(weight.transpose(0, 1));
  return bias === undefined ? product : product.add(bias);
}
