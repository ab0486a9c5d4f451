/** The leaves of records, elements and entries: what is copied between them and registers. */

import { heapType, leafType } from "./objects";
import {
  copyValue,
  detailOf,
  give,
  isCounted,
  numberIn,
  reg,
  replaceValue,
  typeOf,
} from "./registers";

/** The type of the object in a register. */
export function typeIn(r: i32): usize {
  return heapType(detailOf(typeOf(r)));
}

/** Into a place that holds nothing. */
export function putLeaf(type: usize, base: usize, leaf: i32, from: i32): void {
  copyValue(leafType(type, leaf), base + ((<usize>leaf) << 3), reg(from));
}

/** From a leaf, or zero where there is none. */
export function takeLeaf(d: i32, base: usize, leaf: i32): void {
  const type = typeOf(d);
  if (base === 0) {
    if (isCounted(type)) give(d, 0);
    else store<u64>(reg(d), 0);
    return;
  }
  replaceValue(type, reg(d), base + ((<usize>leaf) << 3));
}

export function changeLeaf(base: usize, leaf: i32, from: i32): void {
  replaceValue(typeOf(from), base + ((<usize>leaf) << 3), reg(from));
}

export function whole(r: i32): i32 {
  return <i32>numberIn(r);
}
