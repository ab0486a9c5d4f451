/** Attention. */

import { arange, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";

type Floats = AnyTensor<FloatDType>;

export interface AttentionOptions<D extends FloatDType = "f32"> {
  /** True where a query may look at a key (bool), or what is added to its score (f32). */
  readonly mask?: AnyTensor<NoInfer<D>> | AnyTensor<"bool"> | undefined;
  /** Whether query i looks only at keys 0 … i. */
  readonly isCausal?: boolean;
  /** What the weights of the values go through: a `nn.Dropout`. */
  readonly dropout?: { forward(weights: AnyTensor<D>): AnyTensor<D> } | undefined;
  /** The factor of the scores; `1 / √width` by default. */
  readonly scale?: number | undefined;
}

/**
 * `softmax(q · kᵀ · scale + mask) · v` for `q: […, L, width]`, `k: […, S, width]`, `v: […, S, out]`. A query
 * that may look at no key gives NaN.
 */
export function scaledDotProductAttention<D extends FloatDType = "f32">(
  q: AnyTensor<D>,
  k: AnyTensor<D>,
  v: AnyTensor<D>,
  options?: AttentionOptions<D>,
): AnyTensor<D>;
export function scaledDotProductAttention(
  q: Floats,
  k: Floats,
  v: Floats,
  { mask, isCausal = false, scale, dropout }: AttentionOptions<FloatDType> = {},
): Floats {
  const factor = scale ?? 1 / Math.sqrt(q.shape[q.rank - 1]!);
  const scores = q.mul(factor).matmul(k.transpose(-2, -1));
  const causal = isCausal ? where(causalMask(scores), scores, Number.NEGATIVE_INFINITY) : scores;
  const weights = masked(causal, mask).softmax(-1);
  return (dropout === undefined ? weights : dropout.forward(weights)).matmul(v);
}

function masked(scores: Floats, mask: Floats | AnyTensor<"bool"> | undefined): Floats {
  if (mask === undefined) return scores;
  if (mask.dtype === "bool") {
    return where(mask as AnyTensor<"bool">, scores, Number.NEGATIVE_INFINITY);
  }
  return scores.add(mask as Floats);
}

/** True where the key does not come after the query. */
function causalMask(scores: Floats): AnyTensor<"bool"> {
  const queries = arange(scores.shape[scores.rank - 2]!).unsqueeze(-1);
  return queries.ge(arange(scores.shape[scores.rank - 1]!));
}
