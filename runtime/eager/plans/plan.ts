/** Plans: what to call for an operator, made once and run for every call that fits. */

import type { Dim } from "../../../compiler/ops/dim.ts";
import { descriptor, dtypeCode } from "../../../compiler/ops/kernel-abi.ts";
import { bytesOf, type DType } from "../../../compiler/ops/types.ts";
import type { Kernels } from "../kernels.ts";
import type { Strided } from "../strided.ts";
import { lengthOf } from "../strided.ts";

/** Runs an operator on operands like those that it was made for; writes the dense result `out`. */
export type Plan = (operands: readonly Strided[], out: Strided) => void;

/** log2 of the bytes of an element. */
export const shiftOf = (dtype: DType): number => Math.log2(bytesOf[dtype]);

/** What kernels move at a time: bytes or words of 32 bits. An f64 is two of these, side by side. */
export const movedShiftOf = (dtype: DType): number => Math.min(shiftOf(dtype), 2);

/** A size that is a number, as all are where code runs. */
export function known(d: Dim): number {
  if (typeof d !== "number") throw new Error(`the size ${d} is not known`);
  return d;
}

/** Writes descriptor number `slot`. */
export function writeDescriptor(k: Kernels, slot: number, x: Strided): void {
  const { shape, strides } = x;
  writeAxes(
    k,
    slot,
    x,
    shape.length,
    (i) => shape[i]!,
    (i) => strides[i]!,
  );
  k.i32[descriptorAt(k, slot) + descriptor.length] = lengthOf(shape);
}

/** Writes a descriptor of some axes of `x`. */
export function writeDescriptorOf(
  k: Kernels,
  slot: number,
  x: Strided,
  axes: readonly number[],
): void {
  const [size, stride] = [(i: number) => x.shape[axes[i]!]!, (i: number) => x.strides[axes[i]!]!];
  writeAxes(k, slot, x, axes.length, size, stride);
  let length = 1;
  for (const axis of axes) length *= x.shape[axis]!;
  k.i32[descriptorAt(k, slot) + descriptor.length] = length;
}

function writeAxes(
  k: Kernels,
  slot: number,
  x: Strided,
  rank: number,
  size: (i: number) => number,
  stride: (i: number) => number,
): void {
  const at = descriptorAt(k, slot);
  const words = k.i32;
  words[at + descriptor.pointer] = x.address;
  words[at + descriptor.dtype] = dtypeCode(x.dtype);
  words[at + descriptor.rank] = rank;
  for (let i = 0; i < rank; i++) {
    words[at + descriptor.dims + i] = size(i);
    words[at + descriptor.strides + i] = stride(i);
  }
}

/** Writes a descriptor that says only what kind of slot it is, and its pointer. */
export function writeSpecialSlot(k: Kernels, slot: number, code: number, pointer: number): void {
  const at = descriptorAt(k, slot);
  k.i32[at + descriptor.pointer] = pointer;
  k.i32[at + descriptor.dtype] = code;
}

const descriptorAt = (k: Kernels, slot: number): number =>
  (k.table.regions.descriptors >> 2) + slot * descriptor.words;

/** The index of the plan's first word in `k.i32`. */
export const planAt = (k: Kernels): number => k.table.regions.plan >> 2;
