/** Layers without parameters that change shapes or nothing. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "../functional/axis.ts";
import { Module } from "./module.ts";

/** Makes one axis of those from `start` to `end`; by default of all but the batch. */
export class Flatten extends Module {
  readonly start: number;
  readonly end: number;

  constructor(start = 1, end = -1) {
    super();
    this.start = start;
    this.end = end;
  }

  forward(x: Tensor): Tensor {
    return x.flatten(this.start, this.end);
  }
}

/** Makes axes of the given sizes of the axis `dim`. */
export class Unflatten extends Module {
  readonly dim: number;
  readonly sizes: readonly number[];

  constructor(dim: number, sizes: readonly number[]) {
    super();
    this.dim = dim;
    this.sizes = sizes;
  }

  forward(x: Tensor): Tensor {
    const axis = axisOf("Unflatten", this.dim, x.rank);
    return x.reshape([...x.shape.slice(0, axis), ...this.sizes, ...x.shape.slice(axis + 1)]);
  }
}

/** What it is given. */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}
