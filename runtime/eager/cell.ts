/** A tensor whose value can be replaced: what parameters and buffers are. */

import { type DType, printTensorType } from "../../compiler/ops/types.ts";
import { recordAssignment } from "./cell-contents.ts";
import { ExampleTensor, refuseExamples } from "./examples.ts";
import { codes, GlimError } from "./glim-error.ts";
import { cellMark } from "./marks.ts";
import { EagerTensor, isTensor } from "./tensor.ts";

export abstract class Cell<D extends DType = DType> extends EagerTensor<D> {
  abstract get [cellMark](): "parameter" | "buffer";

  constructor(initial: EagerTensor<D>) {
    if (!isTensor(initial)) {
      throw new GlimError(codes.argument, "a parameter or buffer is made of a tensor");
    }
    if (initial instanceof ExampleTensor) {
      refuseExamples("each would have a parameter or buffer of its own");
    }
    const { storage, dtype, shape, strides, offset, lease } = initial;
    super(storage, dtype, shape, strides, offset, lease);
  }

  /** Replaces the value. Tensors that were computed from the former one keep it. */
  assign(value: unknown): void {
    if (!isTensor(value)) {
      throw new GlimError(codes.argument, `assign: expected a tensor, found ${typeof value}`);
    }
    if (value instanceof ExampleTensor) {
      refuseExamples("each would write a parameter or buffer of its own");
    }
    const isSame = value.rank === this.rank && value.shape.every((n, i) => n === this.shape[i]);
    if (!isSame || value.dtype !== this.dtype) {
      const what = `assign: ${printTensorType(value)} does not fit ${printTensorType(this)}`;
      throw new GlimError(isSame ? codes.dtype : codes.shape, what);
    }
    recordAssignment(this, value);
    this.storage = value.storage;
    this.strides = value.strides;
    this.dense = value.dense;
    this.offset = value.offset;
    this.lease = value.lease;
  }
}

export class ParameterCell<D extends DType = DType> extends Cell<D> {
  /** Whether optimisers may change it. */
  trainable = true;

  override get [cellMark](): "parameter" {
    return "parameter";
  }
}

export class BufferCell<D extends DType = DType> extends Cell<D> {
  readonly trainable = false;

  override get [cellMark](): "buffer" {
    return "buffer";
  }
}
