/** Attention. */

import { arange, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";

export interface AttentionOptions {
  /** True where a query may look at a key (bool), or what is added to its score (f32). */
  readonly mask?: Tensor | AnyTensor<"bool"> | undefined;
  /** Whether query i looks only at keys 0 … i. */
  readonly isCausal?: boolean;
  /** What the weights of the values go through: a `nn.Dropout`. */
  readonly dropout?: { forward(weights: Tensor): Tensor } | undefined;
  /** The factor of the scores; `1 / √width` by default. */
  readonly scale?: number | undefined;
}

/**
 * `softmax(q · kᵀ · scale + mask) · v` for `q: […, L, width]`, `k: […, S, width]`, `v: […, S, out]`. A query
 * that may look at no key gives NaN.
 */
export function scaledDotProductAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { mask, isCausal = false, scale, dropout }: AttentionOptions = {},
): Tensor {
  const factor = scale ?? 1 / Math.sqrt(q.shape[q.rank - 1]!);
  const scores = q.mul(factor).matmul(k.transpose(-2, -1));
  const causal = isCausal ? where(causalMask(scores), scores, Number.NEGATIVE_INFINITY) : scores;
  const weights = masked(causal, mask).softmax(-1);
  return (dropout === undefined ? weights : dropout.forward(weights)).matmul(v);
}

function masked(scores: Tensor, mask: Tensor | AnyTensor<"bool"> | undefined): Tensor {
  if (mask === undefined) return scores;
  if (mask.dtype === "bool") {
    return where(mask as AnyTensor<"bool">, scores, Number.NEGATIVE_INFINITY);
  }
  return scores.add(mask as Tensor);
}

/** True where the key does not come after the query. */
function causalMask(scores: Tensor): AnyTensor<"bool"> {
  const queries = arange(scores.shape[scores.rank - 2]!).unsqueeze(-1);
  return queries.ge(arange(scores.shape[scores.rank - 1]!));
}
