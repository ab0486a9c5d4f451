/**
 * Dense copies of transposed operands. Kernels read an operand along its last axes; where neighbours
 * in memory lie along another, each element costs a cache line, and copying in strips first is faster.
 */

import type { Kernels } from "../kernels.ts";
import { denseStrides, lengthOf, type Strided } from "../strided.ts";
import { copyCall } from "./copy-call.ts";
import { runCalls } from "./shaped-plan.ts";

/** Fewer elements stay in the first-level cache however they are read. */
const fewestElements = 4096;
/** Along the last axis, neighbours further apart than this (in elements) share no cache line. */
const lineElements = 16;
/** Scratch memory that the copies of one call may take. */
const mostBytes = 16 * 2 ** 20;

export function isTransposed({ shape, strides, dtype }: Strided): boolean {
  if (dtype === "bool" || lengthOf(shape) < fewestElements) return false;
  let last = shape.length - 1;
  while (last >= 0 && shape[last] === 1) last--;
  const step = Math.abs(strides[last] ?? 0);
  return step >= lineElements && strides.some((s, i) => s === 1 && shape[i]! >= lineElements);
}

/** The operands, transposed ones replaced by copies that last until scratch memory is used again. */
export function untranspose(k: Kernels, operands: readonly Strided[]): readonly Strided[] {
  const copied = operands.filter(isTransposed);
  const bytes = copied.reduce((sum, x) => sum + lengthOf(x.shape) * 4, 0);
  if (copied.length === 0 || bytes > mostBytes) return operands;
  let address = k.scratch(bytes);
  return operands.map((x) => {
    if (!copied.includes(x)) return x;
    const strides = denseStrides(x.shape);
    const copy: Strided = { ...x, address, strides, dense: true };
    const axes = x.shape.map((extent, i) => ({ extent, sums: [x.strides[i]!, strides[i]!] }));
    const calls = copyCall({ dtype: x.dtype, from: 0, fromStart: 0, to: 1, toStart: 0, axes });
    runCalls(k, calls, [x, copy], copy, address);
    address += lengthOf(x.shape) * 4;
    return copy;
  });
}
