/** Probabilities from scores, and their logarithms. */

import { where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, Axes, Keep, Tensor } from "../../runtime/eager/tensor-types.ts";
import { axesOf } from "./axis.ts";

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

/** `softmax(−x)`: the least element is the most probable. */
export function softmin(x: AnyTensor, dim: number): Tensor {
  return softmax(x.neg(), dim);
}

/** `log Σ exp(x)` along the axes `dim`, without overflow. */
export function logSumExp(x: AnyTensor, dim?: Axes, { keepDim = false }: Keep = {}): Tensor {
  const axes = axesOf("logSumExp", dim, x.rank);
  if (axes.length === 0) return x.to("f32");
  const greatest = x.max(axes, { keepDim: true }).to("f32");
  // Where the greatest element is infinite there is nothing to subtract it from.
  const shift = where(greatest.abs().eq(Number.POSITIVE_INFINITY), 0, greatest);
  const sum = x.sub(shift).exp().sum(axes, { keepDim: true });
  const total = sum.log().add(shift);
  return keepDim ? total : total.squeeze(axes);
}
