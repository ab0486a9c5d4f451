/** Plans of `scan`: slabs of dense operands. */

import { scanExport, scanPlan } from "../../../compiler/ops/kernel-abi.ts";
import type { ScanLowering } from "../../../compiler/ops/lowering.ts";
import type { Kernels } from "../kernels.ts";
import { lengthOf, type Strided } from "../strided.ts";
import { denseOperands } from "./dense-operands.ts";
import { type PlannedCalls, resultTarget } from "./shaped-plan.ts";

export function planScan(
  { combine, axis }: ScanLowering,
  operands: readonly Strided[],
  out: Strided,
): PlannedCalls {
  if (lengthOf(out.shape) === 0) return { calls: [], scratchBytes: 0 };
  const words = new Int32Array(scanPlan.words);
  words[scanPlan.slabs] = lengthOf(out.shape.slice(0, axis));
  words[scanPlan.length] = out.shape[axis]!;
  words[scanPlan.lag] = lengthOf(out.shape.slice(axis + 1));
  const { calls, sources, scratchBytes } = denseOperands(operands);
  const pointers = [
    { word: scanPlan.out, target: resultTarget, bytes: 0 },
    { word: scanPlan.x, ...sources.at(-1)! },
    { word: scanPlan.factor, ...sources[0]! },
  ];
  const name = scanExport(combine, operands[0]!.dtype);
  const run = (k: Kernels): void => void k.scan(name)();
  return { calls: [...calls, { words, pointers, run }], scratchBytes };
}
