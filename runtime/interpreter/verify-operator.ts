/** Verifies the operations that compute tensors. */

import * as op from "../ops/program-format";
import { kernelAt, kernelKind, kernelOperands, kernelType } from "./kernels";
import { section } from "./program";
import { read } from "./reader";
import { dtypeF64 } from "./tensors";
import {
  anyDType,
  f32,
  flags,
  forgetFlags,
  i32Type,
  kernel,
  mostAxes,
  must,
  mustBeKnown,
  places,
  placesFor,
  same,
  shape,
  site,
  size,
  sizes,
  tensor,
} from "./verify-words";
import { word } from "./words";

const mostWays: i32 = op.wayHoles | op.waySum | op.wayMax;

/** What kernels add up: eight bits and bools are converted first. */
function isNumeric(dtype: i32): bool {
  return dtype < 2 || dtype === dtypeF64;
}

export function verifyReshape(): void {
  tensor(tensor(anyDType));
  shape();
}

export function verifyView(): void {
  tensor(tensor(anyDType));
  places(shape());
}

export function verifyReduce(): void {
  const out = tensor(anyDType);
  const dtype = tensor(anyDType);
  const found = kernel(op.kernelReduce);
  same(kernelType(found, 0), dtype);
  same(kernelType(found, 1), out);
  verifyFinish(out);
  read();
  shape();
}

export function verifyWindow(): void {
  tensor(f32);
  tensor(f32);
  // Each has a kernel of its own, which an interpreter for some packages may lack.
  mustBeKnown(read() === 0 ? op.knownWindowSum : op.knownWindowMax);
  verifyFinish(f32);
  windowAxes();
}

export function verifyIndex(): void {
  tensor(tensor(anyDType));
  tensor(i32Type);
  site();
  const rank = shape();
  places(rank);
  places(rank);
}

export function verifyScan(): void {
  const out = tensor(anyDType);
  const found = kernel(op.kernelScan);
  const inside = kernelType(found, 0);
  same(kernelType(found, 1), out);
  read();
  const count = read();
  must(count === kernelOperands(found));
  for (let i = 0; i < count; i++) tensor(inside);
}

export function verifySort(): void {
  tensor(i32Type);
  must(isNumeric(tensor(anyDType)));
  read();
  read();
}

/** A kernel that reads the result, the count or both, and gives what the result is. */
function verifyFinish(dtype: i32): void {
  const finishing = read();
  const reads = read();
  if (finishing === 0) return;
  mustBeKnown(op.knownFinishes);
  must(<u32>(finishing - 1) < <u32>word(section(op.sectionKernels), 0) && <u32>reads <= 3);
  const found = kernelAt(finishing - 1);
  must(kernelKind(found) === op.kernelMap);
  const slots = (reads & 1) + (reads >> 1);
  must(kernelOperands(found) === slots);
  for (let i = 0; i <= slots; i++) same(kernelType(found, i), dtype);
}

export function verifyContract(): void {
  const dtype = tensor(anyDType);
  const into = read();
  must(isNumeric(dtype) && <u32>into <= 1);
  if (into !== 0) mustBeKnown(op.knownParts);
  tensor(dtype);
  tensor(dtype);
  const rank = shape();
  const outputs = read();
  const reduced = read();
  must(<u32>outputs <= <u32>mostAxes && <u32>reduced <= <u32>mostAxes);
  must(outputs + reduced <= mostAxes);
  sizes(outputs + reduced);
  const way = read();
  must(<u32>way <= <u32>(dtype === dtypeF64 ? mostWays : 1));
  if (way !== 0) mustBeKnown(op.knownHoles);
  sizes(1 + reduced);
  forgetFlags();
  places(outputs + reduced);
  places(outputs + reduced);
  if (flags !== 0) mustBeKnown(op.knownGuards);
  placesFor(rank, outputs);
}

function windowAxes(): void {
  const axes = read();
  must(axes >= 1 && axes <= 3);
  const most: i32 = 1 << 20;
  for (let i = 0; i < axes; i++) {
    const kernelSize = read();
    const stride = read();
    const padding = read();
    const dilation = read();
    must(kernelSize > 0 && kernelSize < 1024 && stride > 0 && stride < most);
    must(padding >= 0 && padding < most && dilation > 0 && dilation < most);
  }
  shape();
}

export function verifyPieces(): void {
  const dtype = tensor(anyDType);
  const filling = read();
  must(<u32>filling <= 2);
  if (filling === op.fillSize) size();
  else read();
  read();
  const rank = shape();
  for (let pieces = read(); pieces > 0; pieces--) {
    tensor(dtype);
    sizes(2 * rank);
    places(rank);
  }
}

export function verifyScatter(): void {
  const dtype = tensor(anyDType);
  tensor(dtype);
  tensor(i32Type);
  tensor(dtype);
  const isAdd = read();
  must(isAdd === 0 || (isAdd === 1 && isNumeric(dtype)));
  site();
  const axes = read();
  must(<u32>axes <= <u32>mostAxes);
  sizes(axes);
  places(axes);
  places(axes);
  places(axes);
}
