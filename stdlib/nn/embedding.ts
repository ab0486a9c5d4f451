/** Rows of a table, chosen by number. */

import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";
import { embedding } from "../functional/embedding.ts";
import { defaultRng } from "../random/default-rng.ts";
import { Parameter } from "./cells.ts";
import { Module } from "./module.ts";

/** `weight[ids]`: a row of `width` numbers for each id. Rows start with numbers of variance 1. */
export class Embedding extends Module {
  /** `[rows, width]` */
  readonly weight: Parameter;

  constructor(rows: number, width: number) {
    super();
    const bound = Math.sqrt(3);
    this.weight = new Parameter(defaultRng().uniform([rows, width], -bound, bound));
  }

  forward(ids: AnyTensor<"i32">): Tensor {
    return embedding(ids, this.weight);
  }
}
