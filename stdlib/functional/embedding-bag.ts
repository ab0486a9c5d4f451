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
  /** A row that counts for nothing. */
  readonly paddingIdx?: number | undefined;
}

/**
 * One row for each bag of `positions: [bags, size]`: the sum, mean or maximum of the rows of `weight: [rows,
 * width]` there. Bags of different sizes follow each other in a list, where `offsets` says where each
 * begins; an empty bag gives zeros.
 */
export function embeddingBag(
  positions: AnyTensor<"i32">,
  weight: Tensor,
  { mode = "mean", offsets, perSampleWeights, paddingIdx }: EmbeddingBagOptions = {},
): Tensor {
  if (perSampleWeights !== undefined && mode !== "sum") {
    return refuse("argument", `embeddingBag: perSampleWeights needs mode sum, not ${mode}`);
  }
  const taken = weight.take(positions);
  const rows = perSampleWeights === undefined ? taken : taken.mul(perSampleWeights.unsqueeze(-1));
  const counts = paddingIdx === undefined ? full(positions.shape, true) : positions.ne(paddingIdx);
  if (offsets !== undefined) return ofList({ rows, counts, mode }, offsets);
  if (positions.rank !== 2) {
    return refuse("shape", `embeddingBag: positions of rank ${positions.rank} need offsets`);
  }
  const isCounted = counts.unsqueeze(-1);
  const number = isCounted.to("f32").sum(1);
  if (mode === "max") {
    const greatest = where(isCounted, rows, Number.NEGATIVE_INFINITY).max(1);
    return where(number.eq(0), 0, greatest);
  }
  const sums = where(isCounted, rows, 0).sum(1);
  return mode === "sum" ? sums : sums.div(number.maximum(1));
}

interface Bagged {
  readonly rows: Tensor;
  /** Which rows count. */
  readonly counts: AnyTensor<"bool">;
  readonly mode: "sum" | "mean" | "max";
}

/** Bags that follow each other: a row belongs to the last bag that begins at it or before. */
function ofList({ rows, counts, mode }: Bagged, offsets: AnyTensor<"i32">): Tensor {
  const [length, width] = rows.shape;
  const bags = offsets.shape[0];
  const bag = offsets.le(arange(length).unsqueeze(-1)).sum(1).sub(1);
  const number = full([bags], 0).indexAdd(0, bag, counts.to("f32")).unsqueeze(-1);
  if (mode === "max") {
    const isOwn = arange(bags).unsqueeze(-1).eq(bag).logicalAnd(counts).unsqueeze(-1);
    const greatest = where(isOwn, rows, Number.NEGATIVE_INFINITY).max(1);
    return where(number.eq(0), 0, greatest);
  }
  const counted = where(counts.unsqueeze(-1), rows, 0);
  const sums = full([bags, width], 0).indexAdd(0, bag, counted);
  return mode === "sum" ? sums : sums.div(number.maximum(1));
}
