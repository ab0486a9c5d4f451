/** Probabilities from scores, and their logarithms. */

import { stopGradient, where } from "../../runtime/eager/primitives.ts";
import type {
  AnyTensor,
  Axes,
  DType,
  Float,
  FloatDType,
  Keep,
  Tensor,
} from "../../runtime/eager/tensor-types.ts";
import { defaultRng } from "../random/default-rng.ts";
import type { Rng } from "../random/rng.ts";
import { axesOf } from "./axis.ts";
import { toFloat } from "./float.ts";

/**
 * `exp(x) / Σ exp(x)` along the axis `dim`. The greatest element is subtracted first, so that nothing
 * overflows.
 */
export function softmax<D extends DType>(x: AnyTensor<D>, dim: number): AnyTensor<Float<D>>;
export function softmax(x: AnyTensor, dim: number): AnyTensor<FloatDType> {
  const powers = toFloat(x.sub(x.max(dim, { keepDim: true }))).exp();
  return powers.div(powers.sum(dim, { keepDim: true }));
}

/** The logarithm of `softmax`, exact also where that is nearly 0. */
export function logSoftmax<D extends DType>(x: AnyTensor<D>, dim: number): AnyTensor<Float<D>>;
export function logSoftmax(x: AnyTensor, dim: number): AnyTensor<FloatDType> {
  const shifted = toFloat(x.sub(x.max(dim, { keepDim: true })));
  return shifted.sub(shifted.exp().sum(dim, { keepDim: true }).log());
}

/** `softmax(−x)`: the least element is the most probable. */
export function softmin<D extends DType>(x: AnyTensor<D>, dim: number): AnyTensor<Float<D>>;
export function softmin(x: AnyTensor, dim: number): AnyTensor<FloatDType> {
  return softmax(x.neg(), dim);
}

/** `log Σ exp(x)` along the axes `dim`, without overflow. */
export function logSumExp<D extends DType>(
  x: AnyTensor<D>,
  dim?: Axes,
  options?: Keep,
): AnyTensor<Float<D>>;
export function logSumExp(
  x: AnyTensor,
  dim?: Axes,
  { keepDim = false }: Keep = {},
): AnyTensor<FloatDType> {
  const axes = axesOf("logSumExp", dim, x.rank);
  if (axes.length === 0) return toFloat(x);
  const greatest = toFloat(x.max(axes, { keepDim: true }));
  // Where the greatest element is infinite there is nothing to subtract it from.
  const shift = where(greatest.abs().eq(Number.POSITIVE_INFINITY), 0, greatest);
  const sum = toFloat(x).sub(shift).exp().sum(axes, { keepDim: true });
  const total = sum.log().add(shift);
  return keepDim ? total : total.squeeze(axes);
}

export interface GumbelOptions {
  /** The temperature: the lower it is, the nearer to one-hot. */
  readonly tau?: number;
  /** Whether the result is one-hot; the gradient is that of the probabilities. */
  readonly hard?: boolean;
  readonly dim?: number;
  /** What the noise is drawn from: the default generator, unless another is given. */
  readonly rng?: Rng;
}

/** The softmax of scores with noise of Gumbel's distribution: a sample whose gradient can be followed. */
export function gumbelSoftmax(
  logits: Tensor,
  { tau = 1, hard = false, dim = -1, rng = defaultRng() }: GumbelOptions = {},
): Tensor {
  const soft = softmax(logits.add(rng.gumbel(logits.shape)).div(tau), dim);
  if (!hard) return soft;
  const places = soft.argmax(dim, { keepDim: true });
  const chosen = soft.mul(0).scatter(dim, places, 1);
  return chosen.sub(stopGradient(soft)).add(soft);
}
