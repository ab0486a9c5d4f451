/** Greatest elements of windows that cover axes evenly, and where they lie. */

import { arange, cat } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";
import {
  type AdaptivePair,
  type AdaptiveSize,
  type AdaptiveTriple,
  sizesOf,
  windowOf,
} from "./adaptive-windows.ts";
import type { PooledWithIndices } from "./pool-indices.ts";

/** `adaptiveMaxPool1d`, and where the greatest elements lie. */
export function adaptiveMaxPool1dWithIndices(x: Tensor, size: number): PooledWithIndices {
  return pooled(x, [size]);
}

/** `adaptiveMaxPool2d`, and where the greatest elements lie. */
export function adaptiveMaxPool2dWithIndices(x: Tensor, size: AdaptivePair): PooledWithIndices {
  return pooled(x, sizesOf(size, 2));
}

/** `adaptiveMaxPool3d`, and where the greatest elements lie. */
export function adaptiveMaxPool3dWithIndices(x: Tensor, size: AdaptiveTriple): PooledWithIndices {
  return pooled(x, sizesOf(size, 3));
}

/** From the last axis on, so that of equal elements the first one stays. */
function pooled(x: Tensor, sizes: readonly AdaptiveSize[]): PooledWithIndices {
  const pooledSizes = x.shape.slice(x.rank - sizes.length);
  const places = arange(pooledSizes.reduce((a, b) => a * b, 1)).reshape(pooledSizes);
  let result: PooledWithIndices = { values: x, indices: places.expand(x.shape) };
  for (let i = sizes.length - 1; i >= 0; i--) {
    const size = sizes[i]!;
    if (size !== null) result = along(result, x.rank - sizes.length + i, size);
  }
  return result;
}

function along({ values, indices }: PooledWithIndices, dim: number, count: number) {
  const greatest: Tensor[] = [];
  const places: AnyTensor<"i32">[] = [];
  for (let i = 0; i < count; i++) {
    const [start, length] = windowOf(i, count, values.shape[dim]!);
    const window = values.narrow(dim, start, length);
    const chosen = window.argmax(dim, { keepDim: true });
    greatest.push(window.gather(dim, chosen));
    places.push(indices.narrow(dim, start, length).gather(dim, chosen));
  }
  return { values: cat(greatest, dim), indices: cat(places, dim) };
}
