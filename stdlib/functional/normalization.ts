/** Layers' normalisations, as functions of their weights. */

import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, Axes, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { rsqrt } from "./arithmetic.ts";
import { clamp } from "./clamp.ts";
import { perChannel } from "./per-channel.ts";
import { norm, varMean } from "./statistics.ts";

type Floats = AnyTensor<FloatDType>;

export interface AffineOptions<D extends FloatDType = "f32"> {
  readonly weight?: AnyTensor<D> | undefined;
  readonly bias?: AnyTensor<D> | undefined;
  /** Added to the variance, so that nothing is divided by 0. */
  readonly eps?: number;
}

/** Mean 0 and variance 1 over the last axes, whose sizes are `shape`; then `· weight + bias`. */
export function layerNorm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  shape: number | readonly number[],
  options?: AffineOptions<D>,
): AnyTensor<D>;
export function layerNorm(
  x: Floats,
  shape: number | readonly number[],
  { weight, bias, eps = 1e-5 }: AffineOptions<FloatDType> = {},
): Floats {
  const y = standardize(x, lastAxes("layerNorm", x, shape), eps);
  return affine(y, weight, bias);
}

/** Root mean square 1 over the last axes, whose sizes are `shape`; then `· weight`. */
export function rmsNorm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  shape: number | readonly number[],
  options?: { readonly weight?: AnyTensor<D> | undefined; readonly eps?: number },
): AnyTensor<D>;
export function rmsNorm(
  x: Floats,
  shape: number | readonly number[],
  { weight, eps = 1e-5 }: { readonly weight?: Floats | undefined; readonly eps?: number } = {},
): Floats {
  const axes = lastAxes("rmsNorm", x, shape);
  const factor = rsqrt(x.mul(x).mean(axes, { keepDim: true }).add(eps));
  return affine(x.mul(factor), weight, undefined);
}

/**
 * Mean 0 and variance 1 over `[channels in a group, …]` of `x: [batch, channels, …]`; then `· weight +
 * bias`, one value for each channel.
 */
export function groupNorm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  groups: number,
  options?: AffineOptions<D>,
): AnyTensor<D>;
export function groupNorm(
  x: Floats,
  groups: number,
  { weight, bias, eps = 1e-5 }: AffineOptions<FloatDType> = {},
): Floats {
  if (x.rank < 2) return refuse("shape", `groupNorm: a tensor of rank ${x.rank} has no channels`);
  const [batch, channels] = x.shape;
  const inGroup = Math.floor(channels / groups);
  demand(inGroup * groups === channels, `groupNorm: ${channels} channels in ${groups} groups`);
  const grouped = x.reshape([batch, groups, inGroup, ...x.shape.slice(2)]);
  const axes = grouped.shape.map((_, i) => i).slice(2);
  return affinePerChannel(standardize(grouped, axes, eps).reshape(x.shape), weight, bias);
}

/** Mean 0 and variance 1 over the positions of each channel of `x: [batch, channels, …]`. */
export function instanceNorm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: AffineOptions<D>,
): AnyTensor<D>;
export function instanceNorm(
  x: Floats,
  { weight, bias, eps = 1e-5 }: AffineOptions<FloatDType> = {},
): Floats {
  if (x.rank < 3)
    return refuse("shape", `instanceNorm: a tensor of rank ${x.rank} has no positions`);
  const axes = x.shape.map((_, i) => i).slice(2);
  return affinePerChannel(standardize(x, axes, eps), weight, bias);
}

/**
 * `x: [batch, channels, …]` with the mean and variance of each channel taken to 0 and 1; then `· weight +
 * bias`. Computed as one multiplication and one addition for each channel: their factors are
 * known before the input where the statistics are.
 */
export function batchNorm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  mean: AnyTensor<D>,
  variance: AnyTensor<D>,
  options?: AffineOptions<D>,
): AnyTensor<D>;
export function batchNorm(
  x: Floats,
  mean: Floats,
  variance: Floats,
  { weight, bias, eps = 1e-5 }: AffineOptions<FloatDType> = {},
): Floats {
  if (x.rank < 2) return refuse("shape", `batchNorm: a tensor of rank ${x.rank} has no channels`);
  const inverse = rsqrt(variance.add(eps));
  const scale = weight === undefined ? inverse : weight.mul(inverse);
  const shift = mean.mul(scale).neg();
  const offset = bias === undefined ? shift : shift.add(bias);
  return x.mul(perChannel(x, scale)).add(perChannel(x, offset));
}

/** Mean and variance (with correction 0) of each channel of `x: [batch, channels, …]`. */
export function batchStatistics<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
): { readonly variance: AnyTensor<D>; readonly mean: AnyTensor<D> };
export function batchStatistics(x: Floats): { readonly variance: Floats; readonly mean: Floats } {
  const axes = x.shape.map((_, i) => i).filter((axis) => axis !== 1);
  return varMean(x, axes, { correction: 0 });
}

/** `(x − mean) / √(variance + eps)` over `axes`. */
function standardize(x: Floats, axes: Axes, eps: number): Floats {
  const { variance, mean } = varMean(x, axes, { correction: 0, keepDim: true });
  return x.sub(mean).mul(rsqrt(variance.add(eps)));
}

function affine(x: Floats, weight: Floats | undefined, bias: Floats | undefined): Floats {
  const scaled = weight === undefined ? x : x.mul(weight);
  return bias === undefined ? scaled : scaled.add(bias);
}

const affinePerChannel = (
  x: Floats,
  weight: Floats | undefined,
  bias: Floats | undefined,
): Floats =>
  affine(
    x,
    weight === undefined ? undefined : perChannel(x, weight),
    bias === undefined ? undefined : perChannel(x, bias),
  );

/** The axes at the end of `x` whose sizes are `shape`. */
function lastAxes(f: string, x: Floats, shape: number | readonly number[]): readonly number[] {
  const sizes = typeof shape === "number" ? [shape] : shape;
  const first = x.rank - sizes.length;
  if (sizes.length === 0 || first < 0) {
    return refuse("shape", `${f}: a shape of ${sizes.length} sizes for a tensor of rank ${x.rank}`);
  }
  sizes.forEach((size, i) => {
    const found = x.shape[first + i]!;
    demand(found === size, `${f}: axis ${first + i} has size ${found}, not ${size}`);
  });
  return sizes.map((_, i) => first + i);
}

export interface NormalizeOptions {
  /** The exponent of the norm; 2 by default. */
  readonly p?: number;
  /** The least norm that is divided by. */
  readonly eps?: number;
}

/** `x / max(‖x‖ₚ, eps)` along the axes `dim`. */
export function normalize<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  dim?: Axes,
  options?: NormalizeOptions,
): AnyTensor<D>;
export function normalize(
  x: Floats,
  dim: Axes = 1,
  { p = 2, eps = 1e-12 }: NormalizeOptions = {},
): Floats {
  return x.div(clamp(norm(x, dim, { p, keepDim: true }), eps));
}
