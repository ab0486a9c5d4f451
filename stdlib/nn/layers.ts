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

/** Leaves out a share `p` of the values in training. Outside training it passes everything on. */
export class Dropout extends Module {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    this.p = p;
  }

  forward(x: Tensor): Tensor {
    return x;
  }
}

/** `Dropout` of whole channels of `[batch, channels, length]`. */
export class Dropout1d extends Dropout {}
/** `Dropout` of whole channels of `[batch, channels, height, width]`. */
export class Dropout2d extends Dropout {}
/** `Dropout` of whole channels of `[batch, channels, depth, height, width]`. */
export class Dropout3d extends Dropout {}
/** `Dropout` that keeps mean and variance, for `SELU`. */
export class AlphaDropout extends Dropout {}
