/** What a graph pass is. */

import type { Module, TensorData } from "../../graph/ir.ts";
import type { Attrs, Op } from "../../ops/op.ts";
import type { TensorType } from "../../ops/types.ts";
import type { KeptTensors } from "./kept-tensors.ts";

/** Runs an operator on known operands with the very kernels that eager mode runs. */
export interface Evaluator {
  /** The row-major result; undefined where the operator refuses these values. */
  evaluate(
    op: Op,
    operands: readonly { readonly type: TensorType; readonly data: TensorData }[],
    attrs: Attrs,
    result: TensorType,
  ): TensorData | undefined;
}

export interface PassContext {
  /** Absent when kernels themselves are built: nothing is folded then. */
  readonly evaluator: Evaluator | undefined;
  /** What earlier compilations of the program have left. */
  readonly kept?: KeptTensors | undefined;
}

export interface GraphPass {
  /** Verb first, as the file is called. */
  readonly name: string;
  readonly doc: string;
  run(m: Module, context: PassContext): Module;
}
