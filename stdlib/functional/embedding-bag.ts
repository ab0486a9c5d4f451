/** Sums, means and maxima of rows of a table. */

import { arange, full, where } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";

export interface EmbeddingBagOptions {
  /** `mean` by default. */
  readonly mode?: "sum" | "mean" | "max";
  /** Where each bag begins in a list of positions. */
  readonly offsets?: AnyTensor<"i32"> | undefined;
  /** A factor for each row; only with `sum`. */
  readonly perSampleWeights?: Tensor | undefined;
}

/**
 * One row for each bag of `positions: [bags, size]`: the sum, mean or maximum of the rows of `weight: [rows,
 * width]` there. Bags of different sizes follow each other in a list, where `offsets` says where each
 * begins; an empty bag gives zeros.
 */
export function embeddingBag(
  positions: AnyTensor<"i32">,
  weight: Tensor,
  { mode = "mean", offsets, perSampleWeights }: EmbeddingBagOptions = {},
): Tensor {
  if (perSampleWeights !== undefined && mode !== "sum") {
    return refuse("argument", `embeddingBag: perSampleWeights needs mode sum, not ${mode}`);
  }
  const taken = weight.take(positions);
  const rows = perSampleWeights === undefined ? taken : taken.mul(perSampleWeights.unsqueeze(-1));
  if (offsets === undefined) {
    if (positions.rank !== 2) {
      return refuse("shape", `embeddingBag: positions of rank ${positions.rank} need offsets`);
    }
    if (mode === "max") return rows.max(1);
    return mode === "sum" ? rows.sum(1) : rows.mean(1);
  }
  const bags = offsets.shape[0];
  // A position belongs to the last bag that begins at it or before.
  const begun = offsets.le(arange(positions.shape[0]).unsqueeze(-1));
  const bag = begun.sum(1).sub(1);
  if (mode === "max") return greatest(rows, bag, bags);
  const sums = full([bags, weight.shape[1]], 0).indexAdd(0, bag, rows);
  if (mode === "sum") return sums;
  const counts = full([bags], 0).indexAdd(0, bag, full([positions.shape[0]], 1));
  return sums.div(counts.maximum(1).unsqueeze(-1));
}

/** The greatest rows of each bag, 0 for empty ones. */
function greatest(rows: Tensor, bag: AnyTensor<"i32">, bags: number): Tensor {
  const isOwn = arange(bags).unsqueeze(-1).eq(bag).unsqueeze(-1);
  const least = where(isOwn, rows, Number.NEGATIVE_INFINITY).max(1);
  return where(isOwn.to("f32").sum(1).eq(0), 0, least);
}
