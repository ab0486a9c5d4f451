/** Operands for kernels that read them densely: those that lie otherwise are copied to scratch memory. */

import { denseStrides, lengthOf, type Strided } from "../strided.ts";
import { copyCall } from "./copy-call.ts";
import { shiftOf } from "./plan.ts";
import { type PlannedCall, scratchTarget, type Target } from "./shaped-plan.ts";

const align = 64;

export interface DenseOperands {
  readonly calls: readonly PlannedCall[];
  /** Where each operand begins: so many bytes from the start of a target. */
  readonly sources: readonly { readonly target: Target; readonly bytes: number }[];
  /** A multiple of 64: what is free from there on may serve others. */
  readonly scratchBytes: number;
}

export function denseOperands(operands: readonly Strided[]): DenseOperands {
  const calls: PlannedCall[] = [];
  let scratchBytes = 0;
  const sources = operands.map((x, number) => {
    if (x.dense) return { target: number, bytes: 0 };
    const bytes = scratchBytes;
    const shift = shiftOf(x.dtype);
    scratchBytes += Math.ceil((lengthOf(x.shape) << shift) / align) * align;
    calls.push(...copyToScratch(x, number, bytes >> shift));
    return { target: scratchTarget, bytes };
  });
  return { calls, sources, scratchBytes };
}

function copyToScratch(x: Strided, number: number, toStart: number): PlannedCall[] {
  const target = denseStrides(x.shape);
  const axes = x.shape.map((extent, i) => ({ extent, sums: [x.strides[i]!, target[i]!] }));
  return copyCall({ dtype: x.dtype, from: number, fromStart: 0, to: scratchTarget, toStart, axes });
}
