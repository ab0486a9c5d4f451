/** Distances and angles as modules. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import {
  cosineSimilarity,
  type PairwiseOptions,
  pairwiseDistance,
} from "../functional/distance.ts";
import { Module } from "./module.ts";

/** The cosine of the angle between two tensors along an axis. */
export class CosineSimilarity extends Module {
  readonly dim: number;
  readonly eps: number;

  constructor(dim = 1, { eps = 1e-8 }: { readonly eps?: number } = {}) {
    super();
    this.dim = dim;
    this.eps = eps;
  }

  forward(a: Tensor, b: Tensor): Tensor {
    return cosineSimilarity(a, b, this.dim, { eps: this.eps });
  }
}

/** The distance of two tensors along the last axis. */
export class PairwiseDistance extends Module {
  readonly options: PairwiseOptions;

  constructor(options: PairwiseOptions = {}) {
    super();
    this.options = options;
  }

  forward(a: Tensor, b: Tensor): Tensor {
    return pairwiseDistance(a, b, this.options);
  }
}
