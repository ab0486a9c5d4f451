/** Means, spreads and norms along axes. */

import type {
  AnyTensor,
  Axes,
  DType,
  Float,
  FloatDType,
  Keep,
} from "../../runtime/eager/tensor-types.ts";
import { axesOf } from "./axis.ts";
import { toFloat } from "./float.ts";

export interface VarianceOptions extends Keep {
  /** What the count is reduced by before dividing; 1 unless given (Bessel's correction). */
  readonly correction?: number;
}

/** The mean of the squared distances from the mean, along the axes `dim`. */
export function variance<D extends DType>(
  x: AnyTensor<D>,
  dim?: Axes,
  options: VarianceOptions = {},
): AnyTensor<Float<D>> {
  return varMean(x, dim, options).variance;
}

/** The square root of the variance. */
export function std<D extends DType>(
  x: AnyTensor<D>,
  dim?: Axes,
  options?: VarianceOptions,
): AnyTensor<Float<D>>;
export function std(
  x: AnyTensor,
  dim?: Axes,
  options: VarianceOptions = {},
): AnyTensor<FloatDType> {
  return toFloat(variance(x, dim, options)).sqrt();
}

interface VarianceAndMean<D extends FloatDType> {
  readonly variance: AnyTensor<D>;
  readonly mean: AnyTensor<D>;
}

/** Variance and mean; the mean is computed first, and then the distances from it. */
export function varMean<D extends DType>(
  x: AnyTensor<D>,
  dim?: Axes,
  options?: VarianceOptions,
): VarianceAndMean<Float<D>>;
export function varMean(
  x: AnyTensor,
  dim?: Axes,
  { correction = 1, keepDim = false }: VarianceOptions = {},
): VarianceAndMean<FloatDType> {
  const axes = axesOf("variance", dim, x.rank);
  const mean = axes.length === 0 ? toFloat(x) : toFloat(x.mean(axes, { keepDim: true }));
  const squares = toFloat(x.sub(mean)).square();
  const sum = axes.length === 0 ? squares : squares.sum(axes, { keepDim: true });
  let count = 1;
  for (const axis of axes) count *= x.shape[axis]!;
  const spread = sum.div(Math.max(0, count - correction));
  if (keepDim || axes.length === 0) return { variance: spread, mean };
  return { variance: spread.squeeze(axes), mean: mean.squeeze(axes) };
}

/** The square root of the variance, and the mean. */
export function stdMean<D extends DType>(
  x: AnyTensor<D>,
  dim?: Axes,
  options?: VarianceOptions,
): { readonly std: AnyTensor<Float<D>>; readonly mean: AnyTensor<Float<D>> };
export function stdMean(
  x: AnyTensor,
  dim?: Axes,
  options: VarianceOptions = {},
): { readonly std: AnyTensor<FloatDType>; readonly mean: AnyTensor<FloatDType> } {
  const both = varMean(x, dim, options);
  return { std: toFloat(both.variance).sqrt(), mean: both.mean };
}

export interface NormOptions extends Keep {
  /** The exponent; 2 by default. 0 counts what is not 0, ∞ takes the greatest, −∞ the least. */
  readonly p?: number;
}

/** `(Σ |x|ᵖ)^(1/p)` along the axes `dim`. */
export function norm<D extends DType>(
  x: AnyTensor<D>,
  dim?: Axes,
  options?: NormOptions,
): AnyTensor<Float<D>>;
export function norm(
  x: AnyTensor,
  dim?: Axes,
  { p = 2, keepDim = false }: NormOptions = {},
): AnyTensor<FloatDType> {
  const axes = axesOf("norm", dim, x.rank);
  const keep = { keepDim };
  const sizes = toFloat(x).abs();
  if (axes.length === 0) return p === 0 ? sizes.ne(0).to(sizes.dtype) : sizes;
  if (p === Number.POSITIVE_INFINITY) return sizes.max(axes, keep);
  if (p === Number.NEGATIVE_INFINITY) return sizes.min(axes, keep);
  if (p === 0) return sizes.ne(0).to(sizes.dtype).sum(axes, keep);
  if (p === 1) return sizes.sum(axes, keep);
  if (p === 2) return sizes.mul(sizes).sum(axes, keep).sqrt();
  return sizes
    .pow(p)
    .sum(axes, keep)
    .pow(1 / p);
}
