/** Plans of `scan`: slabs of dense operands. */

import { scanExport, scanPlan } from "../../../compiler/ops/kernel-abi.ts";
import type { ScanLowering } from "../../../compiler/ops/lowering.ts";
import type { Kernels } from "../kernels.ts";
import { denseStrides, lengthOf, type Strided } from "../strided.ts";
import { copyCall } from "./copy-call.ts";
import { type PlannedCall, type PlannedCalls, resultTarget, scratchTarget } from "./shaped-plan.ts";

const align = 64;

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
  const copies: PlannedCall[] = [];
  let scratchBytes = 0;
  const sources = operands.map((x, number) => {
    if (x.dense) return { target: number, bytes: 0 };
    const bytes = scratchBytes;
    scratchBytes += Math.ceil((lengthOf(x.shape) * 4) / align) * align;
    copies.push(...copyToScratch(x, number, bytes));
    return { target: scratchTarget, bytes };
  });
  const pointers = [
    { word: scanPlan.out, target: resultTarget, bytes: 0 },
    { word: scanPlan.x, ...sources.at(-1)! },
    { word: scanPlan.factor, ...sources[0]! },
  ];
  const name = scanExport(combine, operands[0]!.dtype);
  const run = (k: Kernels): void => void k.scan(name)();
  return { calls: [...copies, { words, pointers, run }], scratchBytes };
}

function copyToScratch(x: Strided, number: number, bytes: number): PlannedCall[] {
  const target = denseStrides(x.shape);
  return copyCall({
    dtype: x.dtype,
    from: number,
    fromStart: 0,
    to: scratchTarget,
    toStart: bytes / 4,
    axes: x.shape.map((extent, i) => ({ extent, sums: [x.strides[i]!, target[i]!] })),
  });
}
