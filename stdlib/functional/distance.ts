/** Distances and angles of vectors. */

import { cat } from "../../runtime/eager/primitives.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { clamp } from "./clamp.ts";
import { matmul } from "./matmul.ts";
import { norm } from "./statistics.ts";

export interface CosineOptions {
  /** The least length that is divided by. */
  readonly eps?: number;
}

/** The cosine of the angle between `a` and `b` along the axis `dim`. */
export function cosineSimilarity(
  a: Tensor,
  b: Tensor,
  dim = 1,
  { eps = 1e-8 }: CosineOptions = {},
): Tensor {
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
export function pairwiseDistance(
  a: Tensor,
  b: Tensor,
  { p = 2, eps = 1e-6, keepDim = false }: PairwiseOptions = {},
): Tensor {
  return norm(a.sub(b).add(eps), -1, { p, keepDim });
}

/** The distance of each row of `a: […, P, M]` from each row of `b: […, R, M]`: `[…, P, R]`. */
export function cdist(a: Tensor, b: Tensor, p = 2): Tensor {
  return norm(a.unsqueeze(-2).sub(b.unsqueeze(-3)), -1, { p });
}

/** The distances of each pair of rows of `x: [N, M]`, in the order (0, 1), (0, 2), …: N(N − 1) / 2. */
export function pdist(x: Tensor, p = 2): Tensor {
  const rows = x.shape[0];
  const distances: Tensor[] = [];
  for (let i = 0; i + 1 < rows; i++) {
    const others = x.narrow(0, i + 1, rows - i - 1);
    distances.push(norm(others.sub(x.narrow(0, i, 1)), -1, { p }));
  }
  return distances.length === 0 ? x.reshape([-1]).narrow(0, 0, 0) : cat(distances, 0);
}

/** `Σⱼₖ aⱼ · weightᵢⱼₖ · bₖ + biasᵢ` over the last axes of `a` and `b`. */
export function bilinear(a: Tensor, b: Tensor, weight: Tensor, bias?: Tensor): Tensor {
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
export function dist(a: Tensor, b: Tensor, p = 2): Tensor {
  return norm(a.sub(b), undefined, { p });
}
