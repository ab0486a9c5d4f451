/** Folds constants with eager mode: the very kernels that would compute them at run time. */

import type { TensorData } from "../../compiler/graph/ir.ts";
import { evaluateDim } from "../../compiler/ops/dim.ts";
import type { Evaluator } from "../../compiler/passes/graph/pass.ts";
import { allocate, writeElements } from "../../runtime/eager/allocate.ts";
import { applyOp } from "../../runtime/eager/apply-op.ts";
import { GlimError } from "../../runtime/eager/glim-error.ts";
import type { EagerTensor } from "../../runtime/eager/tensor.ts";

export const eagerEvaluator: Evaluator = {
  evaluate(op, operands, attrs, result) {
    const tensors = operands.map(({ type, data }) => tensorOf(type, data));
    try {
      return applyOp(op, tensors, attrs, result).toTypedArray();
    } catch (error) {
      // The program refuses these values when it runs, as the source would.
      if (error instanceof GlimError) return undefined;
      throw error;
    }
  },
};

type Operand = Parameters<Evaluator["evaluate"]>[1][number];

function tensorOf(type: Operand["type"], data: TensorData): EagerTensor {
  const shape = type.shape.map((d) => evaluateDim(d, new Map()));
  return writeElements(allocate(type.dtype, shape), data);
}
