/** Distances and angles of vectors. */

import { cat } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { clamp } from "./clamp.ts";
import { matmul } from "./matmul.ts";
import { norm } from "./statistics.ts";

type Floats = AnyTensor<FloatDType>;

export interface CosineOptions {
  /** The least length that is divided by. */
  readonly eps?: number;
}

/** The cosine of the angle between `a` and `b` along the axis `dim`. */
export function cosineSimilarity<D extends FloatDType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  dim?: number,
  options?: CosineOptions,
): AnyTensor<D>;
export function cosineSimilarity(
  a: Floats,
  b: Floats,
  dim = 1,
  { eps = 1e-8 }: CosineOptions = {},
): Floats {
  const lengths = clamp(norm(a, dim), eps).mul(clamp(norm(b, dim), eps));
  return a.mul(b).sum(dim).div(lengths);
}

export interface PairwiseOptions {
  /** The exponent of the norm; 2 by default. */
  readonly p?: number;
  /** Added to each difference, so that the distance has a gradient where it is 0. */
  readonly eps?: number;
  readonly keepDim?: boolean;
}

/** The distance of `a` and `b` along the last axis. */
export function pairwiseDistance<D extends FloatDType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  options?: PairwiseOptions,
): AnyTensor<D>;
export function pairwiseDistance(
  a: Floats,
  b: Floats,
  { p = 2, eps = 1e-6, keepDim = false }: PairwiseOptions = {},
): Floats {
  return norm(a.sub(b).add(eps), -1, { p, keepDim });
}

/** The distance of each row of `a: […, P, M]` from each row of `b: […, R, M]`: `[…, P, R]`. */
export function cdist<D extends FloatDType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  p?: number,
): AnyTensor<D>;
export function cdist(a: Floats, b: Floats, p = 2): Floats {
  return norm(a.unsqueeze(-2).sub(b.unsqueeze(-3)), -1, { p });
}

/** The distances of each pair of rows of `x: [N, M]`, in the order (0, 1), (0, 2), …: N(N − 1) / 2. */
export function pdist<D extends FloatDType = "f32">(x: AnyTensor<D>, p?: number): AnyTensor<D>;
export function pdist(x: Floats, p = 2): Floats {
  const rows = x.shape[0];
  const distances: Floats[] = [];
  for (let i = 0; i + 1 < rows; i++) {
    const others = x.narrow(0, i + 1, rows - i - 1);
    distances.push(norm(others.sub(x.narrow(0, i, 1)), -1, { p }));
  }
  return distances.length === 0 ? x.reshape([-1]).narrow(0, 0, 0) : cat(distances, 0);
}

/** `Σⱼₖ aⱼ · weightᵢⱼₖ · bₖ + biasᵢ` over the last axes of `a` and `b`. */
export function bilinear<D extends FloatDType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  weight: AnyTensor<D>,
  bias?: AnyTensor<D>,
): AnyTensor<D>;
export function bilinear(a: Floats, b: Floats, weight: Floats, bias?: Floats): Floats {
  // [outputs, …, inputs of b], then along the last axis with b.
  const [outputs, left, right] = weight.shape;
  const rows = a.reshape([-1, left]);
  const half = matmul(rows, weight).mul(b.reshape([-1, right]));
  const sums = half
    .sum(-1)
    .transpose(0, 1)
    .reshape([...a.shape.slice(0, -1), outputs]);
  return bias === undefined ? sums : sums.add(bias);
}

/** The norm of the difference: how far two tensors are apart. */
export function dist<D extends FloatDType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  p?: number,
): AnyTensor<D>;
export function dist(a: Floats, b: Floats, p = 2): Floats {
  return norm(a.sub(b), undefined, { p });
}
