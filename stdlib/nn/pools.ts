/** Pooling as modules, for `Sequential`. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
} from "../functional/adaptive-pooling.ts";
import type { AdaptivePair, AdaptiveTriple } from "../functional/adaptive-windows.ts";
import {
  type AvgPool1dOptions,
  type AvgPool2dOptions,
  type AvgPool3dOptions,
  avgPool1d,
  avgPool2d,
  avgPool3d,
} from "../functional/avg-pooling.ts";
import {
  type MaxPool1dOptions,
  type MaxPool2dOptions,
  type MaxPool3dOptions,
  maxPool1d,
  maxPool2d,
  maxPool3d,
} from "../functional/max-pooling.ts";
import type { Pair, Single, Triple } from "../functional/spatial.ts";
import { Module } from "./module.ts";

/** The greatest element of each window of the last axis. */
export class MaxPool1d extends Module {
  readonly kernel: Single;
  readonly options: MaxPool1dOptions;

  constructor(kernel: Single, options: MaxPool1dOptions = {}) {
    super();
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return maxPool1d(x, this.kernel, this.options);
  }
}

/** The greatest element of each window of an image. */
export class MaxPool2d extends Module {
  readonly kernel: Pair;
  readonly options: MaxPool2dOptions;

  constructor(kernel: Pair, options: MaxPool2dOptions = {}) {
    super();
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernel, this.options);
  }
}

/** The greatest element of each window of a volume. */
export class MaxPool3d extends Module {
  readonly kernel: Triple;
  readonly options: MaxPool3dOptions;

  constructor(kernel: Triple, options: MaxPool3dOptions = {}) {
    super();
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return maxPool3d(x, this.kernel, this.options);
  }
}

/** The mean of each window of the last axis. */
export class AvgPool1d extends Module {
  readonly kernel: Single;
  readonly options: AvgPool1dOptions;

  constructor(kernel: Single, options: AvgPool1dOptions = {}) {
    super();
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return avgPool1d(x, this.kernel, this.options);
  }
}

/** The mean of each window of an image. */
export class AvgPool2d extends Module {
  readonly kernel: Pair;
  readonly options: AvgPool2dOptions;

  constructor(kernel: Pair, options: AvgPool2dOptions = {}) {
    super();
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernel, this.options);
  }
}

/** The mean of each window of a volume. */
export class AvgPool3d extends Module {
  readonly kernel: Triple;
  readonly options: AvgPool3dOptions;

  constructor(kernel: Triple, options: AvgPool3dOptions = {}) {
    super();
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return avgPool3d(x, this.kernel, this.options);
  }
}

/** Means of windows that cover the last axis evenly. */
export class AdaptiveAvgPool1d extends Module {
  readonly size: number;

  constructor(size: number) {
    super();
    this.size = size;
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.size);
  }
}

/** Means of windows that cover the last two axes evenly. */
export class AdaptiveAvgPool2d extends Module {
  readonly size: AdaptivePair;

  constructor(size: AdaptivePair) {
    super();
    this.size = size;
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.size);
  }
}

/** Means of windows that cover the last three axes evenly. */
export class AdaptiveAvgPool3d extends Module {
  readonly size: AdaptiveTriple;

  constructor(size: AdaptiveTriple) {
    super();
    this.size = size;
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool3d(x, this.size);
  }
}

/** Greatest elements of windows that cover the last axis evenly. */
export class AdaptiveMaxPool1d extends Module {
  readonly size: number;

  constructor(size: number) {
    super();
    this.size = size;
  }

  forward(x: Tensor): Tensor {
    return adaptiveMaxPool1d(x, this.size);
  }
}

/** Greatest elements of windows that cover the last two axes evenly. */
export class AdaptiveMaxPool2d extends Module {
  readonly size: AdaptivePair;

  constructor(size: AdaptivePair) {
    super();
    this.size = size;
  }

  forward(x: Tensor): Tensor {
    return adaptiveMaxPool2d(x, this.size);
  }
}

/** Greatest elements of windows that cover the last three axes evenly. */
export class AdaptiveMaxPool3d extends Module {
  readonly size: AdaptiveTriple;

  constructor(size: AdaptiveTriple) {
    super();
    this.size = size;
  }

  forward(x: Tensor): Tensor {
    return adaptiveMaxPool3d(x, this.size);
  }
}
