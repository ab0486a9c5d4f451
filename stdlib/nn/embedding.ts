/** Rows of a table, chosen by number. */

import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";
import { embedding } from "../functional/embedding.ts";
import { embeddingBag } from "../functional/embedding-bag.ts";
import { normalLater } from "../random/drawn-later.ts";
import { Parameter } from "./cells.ts";
import { Module } from "./module.ts";

/** `weight[ids]`: a row of `width` numbers for each id. Rows start with normal numbers. */
export class Embedding extends Module {
  /** `[rows, width]` */
  readonly weight: Parameter;

  constructor(rows: number, width: number) {
    super();
    this.weight = new Parameter(normalLater([rows, width]));
  }

  forward(ids: AnyTensor<"i32">): Tensor {
    return embedding(ids, this.weight);
  }
}

/** The sum, mean or maximum of rows of a table for each bag of ids. */
export class EmbeddingBag extends Module {
  /** `[rows, width]` */
  readonly weight: Parameter;
  readonly mode: "sum" | "mean" | "max";

  constructor(
    rows: number,
    width: number,
    { mode = "mean" }: { readonly mode?: "sum" | "mean" | "max" } = {},
  ) {
    super();
    this.weight = new Parameter(normalLater([rows, width]));
    this.mode = mode;
  }

  /** `ids`: `[bags, size]`, or a list, of which each bag begins at its one of `offsets`. */
  forward(ids: AnyTensor<"i32">, offsets?: AnyTensor<"i32">, perSampleWeights?: Tensor): Tensor {
    return embeddingBag(ids, this.weight, { mode: this.mode, offsets, perSampleWeights });
  }
}
