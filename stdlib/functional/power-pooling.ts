/** Power means of windows, times the number of their elements. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { avgPool1d, avgPool2d } from "./avg-pooling.ts";
import { type Pair, perAxis, type Single } from "./spatial.ts";

interface LpPoolOptionsOver<Sizes> {
  /** The distance of the windows; by default their size. */
  readonly stride?: Sizes | undefined;
  /** Whether the last window may reach beyond the end. */
  readonly ceilMode?: boolean;
}
export type LpPool1dOptions = LpPoolOptionsOver<Single>;
export type LpPool2dOptions = LpPoolOptionsOver<Pair>;

/** `(Σ xᵖ)^(1/p)` over each window of the last axis. */
export function lpPool1d(
  x: Tensor,
  p: number,
  kernel: Single,
  options: LpPool1dOptions = {},
): Tensor {
  return root(avgPool1d(x.pow(p), kernel, options), p, perAxis(kernel, 1));
}

/** `(Σ xᵖ)^(1/p)` over each window of an image. */
export function lpPool2d(
  x: Tensor,
  p: number,
  kernel: Pair,
  options: LpPool2dOptions = {},
): Tensor {
  return root(avgPool2d(x.pow(p), kernel, options), p, perAxis(kernel, 2));
}

/** Sums below 0, of odd powers, count as 0, as in PyTorch. */
function root(means: Tensor, p: number, kernel: readonly number[]): Tensor {
  const count = kernel.reduce((a, b) => a * b, 1);
  return means
    .relu()
    .mul(count)
    .pow(1 / p);
}
