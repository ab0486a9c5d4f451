/** Pooling over windows that cover the last axes evenly, so that the result has given sizes. */

import { cat } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import {
  type AdaptivePair,
  type AdaptiveSize,
  type AdaptiveTriple,
  sizesOf,
  windowOf,
} from "./adaptive-windows.ts";

type Floats = AnyTensor<FloatDType>;

/** Means of windows that cover the last axis evenly. */
export function adaptiveAvgPool1d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  size: number,
): AnyTensor<D>;
export function adaptiveAvgPool1d(x: Floats, size: number): Floats {
  return adapt(x, [size], meanOf);
}

/** Means of windows that cover the image evenly, so that the result has the given height and width. */
export function adaptiveAvgPool2d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  size: AdaptivePair,
): AnyTensor<D>;
export function adaptiveAvgPool2d(x: Floats, size: AdaptivePair): Floats {
  return adapt(x, sizesOf(size, 2), meanOf);
}

/** Means of windows that cover depth, height and width evenly. */
export function adaptiveAvgPool3d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  size: AdaptiveTriple,
): AnyTensor<D>;
export function adaptiveAvgPool3d(x: Floats, size: AdaptiveTriple): Floats {
  return adapt(x, sizesOf(size, 3), meanOf);
}

/** Greatest elements of windows that cover the last axis evenly. */
export function adaptiveMaxPool1d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  size: number,
): AnyTensor<D>;
export function adaptiveMaxPool1d(x: Floats, size: number): Floats {
  return adapt(x, [size], greatestOf);
}

/** Greatest elements of windows that cover height and width evenly. */
export function adaptiveMaxPool2d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  size: AdaptivePair,
): AnyTensor<D>;
export function adaptiveMaxPool2d(x: Floats, size: AdaptivePair): Floats {
  return adapt(x, sizesOf(size, 2), greatestOf);
}

/** Greatest elements of windows that cover depth, height and width evenly. */
export function adaptiveMaxPool3d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  size: AdaptiveTriple,
): AnyTensor<D>;
export function adaptiveMaxPool3d(x: Floats, size: AdaptiveTriple): Floats {
  return adapt(x, sizesOf(size, 3), greatestOf);
}

type Summary = (x: Floats, dim: number) => Floats;

const meanOf: Summary = (x, dim) => x.mean(dim, { keepDim: true });
const greatestOf: Summary = (x, dim) => x.max(dim, { keepDim: true });

/** Axis by axis: the mean of means of equally many is the mean, and so is the greatest. */
function adapt(x: Floats, sizes: readonly AdaptiveSize[], summary: Summary): Floats {
  let result = x;
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]!;
    if (size !== null) result = along(result, i - sizes.length, size, summary);
  }
  return result;
}

function along(x: Floats, dim: number, count: number, summary: Summary): Floats {
  if (count === 1) return summary(x, dim);
  const size = x.shape[x.rank + dim]!;
  const parts: Floats[] = [];
  for (let i = 0; i < count; i++) {
    const [start, length] = windowOf(i, count, size);
    parts.push(summary(x.narrow(dim, start, length), dim));
  }
  return cat(parts, dim);
}
