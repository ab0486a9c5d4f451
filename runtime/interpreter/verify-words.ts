/** What the words of an operation must be: registers of a type, sizes, places, kernels. */

import * as op from "../ops/program-format";
import { knownOperationsAt } from "./kernel-table";
import { kernelAt, kernelKind } from "./kernels";
import { heapType, leafCount, leafType } from "./objects";
import { section, sizeCount } from "./program";
import { read, readBelow } from "./reader";
import { detailOf, kindOf } from "./registers";
import { badCode, missingOperation, refuse } from "./stop";
import { word } from "./words";

/** What a call for any dtype asks for. */
export const anyDType: i32 = -1;
export const f32: i32 = 0;
export const i32Type: i32 = 1;
export const mostRank: i32 = 8;
export const mostAxes: i32 = 24;

let registerCount: i32 = 0;
let types: usize = 0;

/** From here on registers are those of this function. */
export function enterFunction(count: i32, at: usize): void {
  registerCount = count;
  types = at;
}

export function must(holds: bool): void {
  if (!holds) refuse(badCode);
}

/** Interpreters that were made for some packages have only their operations. */
export function mustBeKnown(code: i32): void {
  const bits = <i32>load<u8>(knownOperationsAt + <usize>(code >> 3));
  if (((bits >> (code & 7)) & 1) === 0) refuse(missingOperation);
}

/** A register; gives its type. */
export function any(): i32 {
  return word(types, readBelow(registerCount));
}

export function ofKind(kind: i32): void {
  must(kindOf(any()) === kind);
}

export function numeric(): void {
  ofKind(op.kindNumber);
}

export function flag(): void {
  ofKind(op.kindBool);
}

export function textual(): void {
  ofKind(op.kindText);
}

/** A tensor's register; gives its dtype. */
export function tensor(due: i32): i32 {
  const type = any();
  must(kindOf(type) === op.kindTensor);
  const dtype = detailOf(type);
  must(due === anyDType || dtype === due);
  return dtype;
}

/** A register of an object of this kind; gives its heap type. */
export function object(kind: i32): usize {
  const type = any();
  must(kindOf(type) === op.kindRef);
  const found = heapType(detailOf(type));
  must(kind === 0 || word(found, 0) === kind);
  return found;
}

export function size(): void {
  readBelow(sizeCount);
}

export function sizes(count: i32): void {
  for (let i = 0; i < count; i++) size();
}

export function site(): void {
  const found = read();
  must(found > 0 && found <= word(section(op.sectionSites), 0));
}

export function shape(): i32 {
  const rank = read();
  must(<u32>rank <= <u32>mostRank);
  sizes(rank);
  return rank;
}

/** Flags that places had since they were forgotten. */
export let flags: i32 = 0;
export function forgetFlags(): void {
  flags = 0;
}

export function placesFor(count: i32, axes: i32): void {
  for (let i = 0; i < count; i++) {
    const flag = read();
    must(<u32>flag <= 1);
    flags |= flag;
    size();
    sizes(axes);
  }
}

export function places(axes: i32): void {
  const count = read();
  must(<u32>count <= <u32>mostRank);
  placesFor(count, axes);
}

export function kernel(kind: i32): usize {
  const found = kernelAt(readBelow(word(section(op.sectionKernels), 0)));
  must(kernelKind(found) === kind);
  return found;
}

export function same(a: i32, b: i32): void {
  must(a === b);
}

/** A type that refers to heap objects of the same type, or the same type. */
export function leaf(type: usize, at: i32, found: i32): void {
  must(<u32>at < <u32>leafCount(type));
  same(leafType(type, at), found);
}
