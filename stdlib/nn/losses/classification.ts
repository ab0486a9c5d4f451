/** Losses of predicted classes, as modules. Factors are buffers, with PyTorch's names. */

import type { AnyTensor, Tensor } from "../../../runtime/eager/tensor-types.ts";
import {
  type BceOptions,
  type BceWithLogitsOptions,
  bce,
  bceWithLogits,
  type CrossEntropyOptions,
  crossEntropy,
  type KlDivOptions,
  klDiv,
  type NllOptions,
  nll,
} from "../../functional/losses/classification.ts";
import { type CtcOptions, ctc } from "../../functional/losses/ctc.ts";
import { Buffer } from "../cells.ts";
import { Module } from "../module.ts";

/** A factor that is saved with the model. */
export const factor = (given: Tensor | undefined): Buffer | undefined =>
  given === undefined ? undefined : new Buffer(given);

/** The cross entropy of scores and classes, or probabilities. */
export class CrossEntropyLoss extends Module {
  /** `[classes]` */
  readonly weight: Buffer | undefined;
  readonly options: CrossEntropyOptions;

  constructor({ weight, ...options }: CrossEntropyOptions = {}) {
    super();
    this.weight = factor(weight);
    this.options = options;
  }

  forward(x: Tensor, target: Tensor | AnyTensor<"i32">): Tensor {
    return crossEntropy(x, target, { ...this.options, weight: this.weight });
  }
}

/** The negative log likelihood of classes under logarithms of probabilities. */
export class NLLLoss extends Module {
  /** `[classes]` */
  readonly weight: Buffer | undefined;
  readonly options: NllOptions;

  constructor({ weight, ...options }: NllOptions = {}) {
    super();
    this.weight = factor(weight);
    this.options = options;
  }

  forward(x: Tensor, target: AnyTensor<"i32">): Tensor {
    return nll(x, target, { ...this.options, weight: this.weight });
  }
}

/** The binary cross entropy of probabilities. */
export class BCELoss extends Module {
  readonly weight: Buffer | undefined;
  readonly options: BceOptions;

  constructor({ weight, ...options }: BceOptions = {}) {
    super();
    this.weight = factor(weight);
    this.options = options;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return bce(x, target, { ...this.options, weight: this.weight });
  }
}

/** The binary cross entropy of `sigmoid(x)`, without overflow. */
export class BCEWithLogitsLoss extends Module {
  readonly weight: Buffer | undefined;
  /** `[classes]` */
  readonly posWeight: Buffer | undefined;
  readonly options: BceWithLogitsOptions;

  constructor({ weight, posWeight, ...options }: BceWithLogitsOptions = {}) {
    super();
    this.weight = factor(weight);
    this.posWeight = factor(posWeight);
    this.options = options;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { weight, posWeight } = this;
    return bceWithLogits(x, target, { ...this.options, weight, posWeight });
  }
}

/** The divergence of a distribution from x, logarithms of another. */
export class KLDivLoss extends Module {
  readonly options: KlDivOptions;

  constructor(options: KlDivOptions = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return klDiv(x, target, this.options);
  }
}

export type CtcLengths = Pick<CtcOptions, "inputLengths" | "targetLengths">;

/** The loss of connectionist temporal classification. */
export class CTCLoss extends Module {
  readonly options: Omit<CtcOptions, keyof CtcLengths>;

  constructor(options: Omit<CtcOptions, keyof CtcLengths> = {}) {
    super();
    this.options = options;
  }

  forward(x: Tensor, target: AnyTensor<"i32">, lengths: CtcLengths): Tensor {
    const { inputLengths, targetLengths } = lengths;
    return ctc(x, target, { ...this.options, inputLengths, targetLengths });
  }
}
