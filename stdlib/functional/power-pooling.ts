/** Power means of windows, times the number of their elements. */

import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { avgPool1d, avgPool2d } from "./avg-pooling.ts";
import { type Pair, perAxis, type Single } from "./spatial.ts";

type Floats = AnyTensor<FloatDType>;

interface LpPoolOptionsOver<Sizes> {
  /** The distance of the windows; by default their size. */
  readonly stride?: Sizes | undefined;
  /** Whether the last window may reach beyond the end. */
  readonly ceilMode?: boolean;
}
export type LpPool1dOptions = LpPoolOptionsOver<Single>;
export type LpPool2dOptions = LpPoolOptionsOver<Pair>;

/** `(Σ xᵖ)^(1/p)` over each window of the last axis. */
export function lpPool1d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  p: number,
  kernel: Single,
  options?: LpPool1dOptions,
): AnyTensor<D>;
export function lpPool1d(
  x: Floats,
  p: number,
  kernel: Single,
  options: LpPool1dOptions = {},
): Floats {
  return root(avgPool1d(x.pow(p), kernel, options), p, perAxis(kernel, 1));
}

/** `(Σ xᵖ)^(1/p)` over each window of an image. */
export function lpPool2d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  p: number,
  kernel: Pair,
  options?: LpPool2dOptions,
): AnyTensor<D>;
export function lpPool2d(
  x: Floats,
  p: number,
  kernel: Pair,
  options: LpPool2dOptions = {},
): Floats {
  return root(avgPool2d(x.pow(p), kernel, options), p, perAxis(kernel, 2));
}

/** Sums below 0, of odd powers, count as 0, as in PyTorch. */
function root(means: Floats, p: number, kernel: readonly number[]): Floats {
  const count = kernel.reduce((a, b) => a * b, 1);
  return means
    .relu()
    .mul(count)
    .pow(1 / p);
}
