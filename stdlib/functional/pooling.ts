/** Pooling over the last two axes. */

import { avgPool, cat, maxPool } from "../../runtime/eager/primitives.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Pair } from "./convolution.ts";

export interface PoolOptions {
  /** The distance of windows; as large as the window by default. */
  readonly stride?: Pair;
  readonly padding?: Pair;
}

/** The greatest element of each window. */
export function maxPool2d(
  x: Tensor,
  kernel: Pair,
  { stride = kernel, padding = 0 }: PoolOptions = {},
): Tensor {
  return maxPool(x, typeof kernel === "number" ? [kernel, kernel] : kernel, { stride, padding });
}

/** The mean of each window; padding counts as zeros. */
export function avgPool2d(
  x: Tensor,
  kernel: Pair,
  { stride = kernel, padding = 0 }: PoolOptions = {},
): Tensor {
  return avgPool(x, typeof kernel === "number" ? [kernel, kernel] : kernel, { stride, padding });
}

/** Means of windows that cover the image evenly, so that the result has the given height and width. */
export function adaptiveAvgPool2d(x: Tensor, size: Pair): Tensor {
  const [height, width] = typeof size === "number" ? [size, size] : size;
  return meansAlong(meansAlong(x, -2, height), -1, width);
}

/** Window `i` of `count` goes from `⌊i · size / count⌋` to `⌈(i + 1) · size / count⌉`. */
function meansAlong(x: Tensor, dim: number, count: number): Tensor {
  if (count === 1) return x.mean(dim, { keepDim: true });
  const size = x.shape[x.rank + dim]!;
  const means: Tensor[] = [];
  for (let i = 0; i < count; i++) {
    const start = Math.floor((i * size) / count);
    const end = Math.ceil(((i + 1) * size) / count);
    means.push(x.narrow(dim, start, end - start).mean(dim, { keepDim: true }));
  }
  return cat(means, dim);
}
