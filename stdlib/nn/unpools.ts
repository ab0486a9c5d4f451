/** The inverse of max pooling, and power means, as modules. */

import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";
import {
  type MaxUnpool1dOptions,
  type MaxUnpool2dOptions,
  type MaxUnpool3dOptions,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
} from "../functional/pool-indices.ts";
import {
  type LpPool1dOptions,
  type LpPool2dOptions,
  lpPool1d,
  lpPool2d,
} from "../functional/power-pooling.ts";
import type { Pair, Single, Triple } from "../functional/spatial.ts";
import { Module } from "./module.ts";

/** Zeros, with the values at the positions that `maxPool1dWithIndices` gave. */
export class MaxUnpool1d extends Module {
  readonly kernel: Single;
  readonly options: MaxUnpool1dOptions;

  constructor(kernel: Single, options: MaxUnpool1dOptions = {}) {
    super();
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor, indices: AnyTensor<"i32">): Tensor {
    return maxUnpool1d(x, indices, this.kernel, this.options);
  }
}

/** Zeros, with the values at the positions that `maxPool2dWithIndices` gave. */
export class MaxUnpool2d extends Module {
  readonly kernel: Pair;
  readonly options: MaxUnpool2dOptions;

  constructor(kernel: Pair, options: MaxUnpool2dOptions = {}) {
    super();
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor, indices: AnyTensor<"i32">): Tensor {
    return maxUnpool2d(x, indices, this.kernel, this.options);
  }
}

/** Zeros, with the values at the positions that `maxPool3dWithIndices` gave. */
export class MaxUnpool3d extends Module {
  readonly kernel: Triple;
  readonly options: MaxUnpool3dOptions;

  constructor(kernel: Triple, options: MaxUnpool3dOptions = {}) {
    super();
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor, indices: AnyTensor<"i32">): Tensor {
    return maxUnpool3d(x, indices, this.kernel, this.options);
  }
}

/** `(Σ xᵖ)^(1/p)` over each window of the last axis. */
export class LPPool1d extends Module {
  readonly p: number;
  readonly kernel: Single;
  readonly options: LpPool1dOptions;

  constructor(p: number, kernel: Single, options: LpPool1dOptions = {}) {
    super();
    this.p = p;
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return lpPool1d(x, this.p, this.kernel, this.options);
  }
}

/** `(Σ xᵖ)^(1/p)` over each window of an image. */
export class LPPool2d extends Module {
  readonly p: number;
  readonly kernel: Pair;
  readonly options: LpPool2dOptions;

  constructor(p: number, kernel: Pair, options: LpPool2dOptions = {}) {
    super();
    this.p = p;
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return lpPool2d(x, this.p, this.kernel, this.options);
  }
}
