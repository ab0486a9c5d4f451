/** Rows of a table, chosen by number. */

import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";
import { embedding } from "../functional/embedding.ts";
import { defaultRng } from "../random/default-rng.ts";
import { Parameter } from "./cells.ts";
import { Module } from "./module.ts";

/** `weight[ids]`: a row of `width` numbers for each id. Rows start with normal numbers. */
export class Embedding extends Module {
  /** `[rows, width]` */
  readonly weight: Parameter;

  constructor(rows: number, width: number) {
    super();
    this.weight = new Parameter(defaultRng().normal([rows, width]));
  }

  forward(ids: AnyTensor<"i32">): Tensor {
    return embedding(ids, this.weight);
  }
}
