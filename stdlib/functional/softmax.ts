/** Probabilities from scores, and their logarithms. */

import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";

/**
 * `exp(x) / Σ exp(x)` along the axis `dim`. The greatest element is subtracted first, so that nothing
 * overflows.
 */
export function softmax(x: AnyTensor, dim: number): Tensor {
  const powers = x.sub(x.max(dim, { keepDim: true })).exp();
  return powers.div(powers.sum(dim, { keepDim: true }));
}

/** The logarithm of `softmax`, exact also where that is nearly 0. */
export function logSoftmax(x: AnyTensor, dim: number): Tensor {
  const shifted = x.sub(x.max(dim, { keepDim: true })).to("f32");
  return shifted.sub(shifted.exp().sum(dim, { keepDim: true }).log());
}
