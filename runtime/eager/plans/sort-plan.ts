/** Plans of `sort`: slabs of a dense operand, and scratch memory for one row. */

import { sortPlan } from "../../../compiler/ops/kernel-abi.ts";
import type { SortLowering } from "../../../compiler/ops/lowering.ts";
import type { Kernels } from "../kernels.ts";
import { lengthOf, type Strided } from "../strided.ts";
import { denseOperands } from "./dense-operands.ts";
import { type PlannedCalls, resultTarget, scratchTarget } from "./shaped-plan.ts";

export function planSort(
  { axis, descending }: SortLowering,
  operands: readonly Strided[],
  out: Strided,
): PlannedCalls {
  if (lengthOf(out.shape) === 0) return { calls: [], scratchBytes: 0 };
  const length = out.shape[axis]!;
  const words = new Int32Array(sortPlan.words);
  words[sortPlan.slabs] = lengthOf(out.shape.slice(0, axis));
  words[sortPlan.length] = length;
  words[sortPlan.lag] = lengthOf(out.shape.slice(axis + 1));
  words[sortPlan.isFloat] = operands[0]!.dtype === "f32" ? 1 : 0;
  words[sortPlan.descending] = descending ? 1 : 0;
  const { calls, sources, scratchBytes } = denseOperands(operands);
  const pointers = [
    { word: sortPlan.out, target: resultTarget, bytes: 0 },
    { word: sortPlan.x, ...sources[0]! },
    { word: sortPlan.scratch, target: scratchTarget, bytes: scratchBytes },
  ];
  const run = (k: Kernels): void => void k.sort();
  return {
    calls: [...calls, { words, pointers, run }],
    scratchBytes: scratchBytes + (length + 1) * sortPlan.scratchBytes,
  };
}
