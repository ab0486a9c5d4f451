/** The exponential of matrices. */

import { assert } from "../../runtime/eager/assert.ts";
import { stopGradient } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { batchOf, checkSquare, identity, rowCount } from "./places.ts";

type Floats = AnyTensor<FloatDType>;

/** Terms of the series that count, in f32 and f64, for matrices of norm 1. */
const terms = { f32: 12, f64: 20 } as const;

/**
 * `1 + x + x²/2! + …` of each matrix: the series of `x / 2ˢ`, squared s times (scaling and squaring), so that the norm of
 * what the series is of is at most 1. s is that of the greatest matrix of the batch.
 */
export function matrixExp<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function matrixExp(x: Floats): Floats {
  checkSquare("matrixExp", x);
  const size = rowCount(x);
  const one = identity(size, size).to(x.dtype);
  if (size === 0) return x;
  const norm = Number(stopGradient(x).abs().sum(-1).max().item());
  assert(norm < 1e9, `matrixExp: the greatest sum of a row is ${norm}`);
  let squarings = 0;
  for (let bound = norm; bound > 1; bound /= 2) squarings += 1;
  let scale = 1;
  for (let i = 0; i < squarings; i++) scale /= 2;
  const part = x.mul(scale);
  // Horner's rule: 1 + part·(1 + part/2·(1 + part/3·(…)))
  let sum = one.expand([...batchOf(x), size, size]);
  for (let k = x.dtype === "f32" ? terms.f32 : terms.f64; k >= 1; k--) {
    sum = one.add(part.div(k).matmul(sum));
  }
  for (let i = 0; i < squarings; i++) sum = sum.matmul(sum);
  return sum;
}
