/** Windows as columns, and back, as modules. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import type { Pair } from "../functional/spatial.ts";
import { fold, type UnfoldOptions, unfold } from "../functional/windows.ts";
import { Module } from "./module.ts";

/** The windows of `[batch, channels, height, width]` as columns. */
export class Unfold extends Module {
  readonly kernel: Pair;
  readonly options: UnfoldOptions;

  constructor(kernel: Pair, options: UnfoldOptions = {}) {
    super();
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return unfold(x, this.kernel, this.options);
  }
}

/** The sum of windows, put where `Unfold` found them in images of `size`. */
export class Fold extends Module {
  readonly size: Pair;
  readonly kernel: Pair;
  readonly options: UnfoldOptions;

  constructor(size: Pair, kernel: Pair, options: UnfoldOptions = {}) {
    super();
    this.size = size;
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return fold(x, this.size, this.kernel, this.options);
  }
}
