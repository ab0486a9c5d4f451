/** Carries out operators in eager mode: the executor that compiled code must agree with. */

import { allocate, writeElements } from "#glim/runtime/eager/allocate.js";
import { applyOp } from "#glim/runtime/eager/apply-op.js";
import { GlimError } from "#glim/runtime/eager/glim-error.js";
import { lengthOf, newData } from "../ops/reference-elements.ts";
import { type Apply, Stopped } from "./interpret-graph.ts";

export const eagerApply: Apply = (op, operands, attrs, result) => {
  try {
    const tensors = operands.map(({ type, data }) =>
      writeElements(allocate(type.dtype, type.shape as readonly number[]), data),
    );
    const out = applyOp(op, tensors, attrs, result);
    const data = newData(result.dtype, lengthOf(result.shape));
    data.set(out.toTypedArray());
    return data;
  } catch (error) {
    if (error instanceof GlimError) throw new Stopped(error.message);
    throw error;
  }
};
