/** Means of windows of the last one, two or three axes. */

import { avgPool, full } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { frame, type PoolOptionsOver, surplus } from "./pool-windows.ts";
import { type Pair, type PerAxis, perAxis, type Single, type Triple } from "./spatial.ts";

type Floats = AnyTensor<FloatDType>;

interface AvgPoolOptionsOver<Sizes> extends PoolOptionsOver<Sizes> {
  /** Whether padding counts as zeros; true by default. */
  readonly countIncludePad?: boolean;
  /** What sums are divided by, instead of the number of elements that count. */
  readonly divisorOverride?: number | undefined;
}

export type AvgPool1dOptions = AvgPoolOptionsOver<Single>;
export type AvgPool2dOptions = AvgPoolOptionsOver<Pair>;
export type AvgPool3dOptions = AvgPoolOptionsOver<Triple>;

/** The mean of each window of the last axis. */
export function avgPool1d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  kernel: Single,
  options?: AvgPool1dOptions,
): AnyTensor<D>;
export function avgPool1d(x: Floats, kernel: Single, options: AvgPool1dOptions = {}): Floats {
  return mean(x, perAxis(kernel, 1), options);
}

/** The mean of each window of the last two axes; padding counts as zeros. */
export function avgPool2d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  kernel: Pair,
  options?: AvgPool2dOptions,
): AnyTensor<D>;
export function avgPool2d(x: Floats, kernel: Pair, options: AvgPool2dOptions = {}): Floats {
  return mean(x, perAxis(kernel, 2), options);
}

/** The mean of each window of the last three axes. */
export function avgPool3d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  kernel: Triple,
  options?: AvgPool3dOptions,
): AnyTensor<D>;
export function avgPool3d(x: Floats, kernel: Triple, options: AvgPool3dOptions = {}): Floats {
  return mean(x, perAxis(kernel, 3), options);
}

function mean(
  x: Floats,
  kernel: readonly number[],
  {
    stride = kernel,
    padding = 0,
    ceilMode = false,
    countIncludePad = true,
    divisorOverride,
  }: AvgPoolOptionsOver<PerAxis>,
): Floats {
  const count = kernel.length;
  const margins = perAxis(padding, count);
  const none = kernel.map(() => 0);
  const form = { stride: perAxis(stride, count), padding: margins, dilation: kernel.map(() => 1) };
  const missing = ceilMode ? surplus(x, kernel, form) : none;
  const means = ceilMode
    ? avgPool(x.pad(frame(x, none, missing)), kernel, { stride, padding })
    : avgPool(x, kernel, { stride, padding });
  if (divisorOverride !== undefined) {
    return means.mul(kernel.reduce((a, b) => a * b, 1) / divisorOverride);
  }
  if (!ceilMode && (countIncludePad || margins.every((m) => m === 0))) return means;
  const sizes = x.shape.slice(x.rank - count);
  const counted = countIncludePad ? sizes.map((n, i) => n + 2 * margins[i]!) : sizes;
  const ones = full([1, ...counted], 1);
  const around = countIncludePad ? none : margins;
  const after = around.map((m, i) => m + missing[i]!);
  // The share of each window that counts.
  const shares = avgPool(ones.pad(frame(ones, around, after)), kernel, { stride });
  return means.div(shares.squeeze(0));
}
