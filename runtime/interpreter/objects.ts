/**
 * Objects of the heap by their types. What nothing refers to any longer waits in a chain for its type, so
 * that lists of a million links need no stack.
 */

import { free } from "../heap/allocate";
import { headerBytes, setCount } from "../heap/header";
import { listFree, listLength, slotAddress } from "../heap/lists";
import { mapFree, mapKeyAt, mapNext } from "../heap/maps";
import { objectList, objectMap, objectRecord, sectionHeapTypes } from "../ops/program-format";
import { section, waiting } from "./program";
import { isCounted, release } from "./registers";
import { freeView } from "./tensors";
import { setWord, word } from "./words";

let waitingCount: i32 = 0;
let latest: i32 = 0;
let isDraining: bool = false;

export function forgetObjects(): void {
  waitingCount = 0;
  isDraining = false;
  const types = word(section(sectionHeapTypes), 0);
  memory.fill(waiting, 0, (<usize>types) << 2);
}

/** Where the words of a heap type are: its kind, the number of its leaves, their types. */
export function heapType(number: i32): usize {
  const all = section(sectionHeapTypes);
  return all + ((<usize>word(all, 1 + number)) << 2);
}

export function leafCount(type: usize): i32 {
  return word(type, 1);
}

export function leafType(type: usize, leaf: i32): i32 {
  return word(type, 2 + leaf);
}

/** Bytes of a list's element. */
export function elementBytes(type: usize): i32 {
  return max(1, leafCount(type)) << 3;
}

/** The type of a map's keys. */
export function keyType(type: usize): i32 {
  return word(type, 2 + leafCount(type));
}

/** The type of the tensor in a box, which has no leaves. */
export function boxedType(type: usize): i32 {
  return word(type, 2);
}

export function releaseObject(number: i32, p: usize): void {
  setCount(p, word(waiting, number));
  setWord(waiting, number, <i32>p);
  waitingCount++;
  latest = number;
  if (isDraining) return;
  isDraining = true;
  const types = word(section(sectionHeapTypes), 0);
  while (waitingCount > 0) {
    const object = <usize>word(waiting, latest);
    if (object === 0) {
      latest = latest + 1 === types ? 0 : latest + 1;
      continue;
    }
    setWord(waiting, latest, load<i32>(object));
    waitingCount--;
    freeObject(heapType(latest), object);
  }
  isDraining = false;
}

function freeObject(type: usize, p: usize): void {
  const kind = word(type, 0);
  if (kind === objectRecord) {
    releaseLeaves(type, p + headerBytes);
    free(p);
  } else if (kind === objectList) {
    releaseElements(type, p, 0, listLength(p));
    listFree(p);
  } else if (kind === objectMap) {
    for (let i = mapNext(p, 0); i >= 0; i = mapNext(p, i + 1)) releaseEntry(type, mapKeyAt(p, i));
    mapFree(p);
  } else {
    releaseBoxed(load<u32>(p, headerBytes));
    free(p);
  }
}

function releaseBoxed(view: usize): void {
  if (view === 0) return;
  const count = load<i32>(view);
  if (count > 1) setCount(view, count - 1);
  else if (count === 1) freeView(view);
}

/** Releases what leaves that begin at `base` refer to. */
export function releaseLeaves(type: usize, base: usize): void {
  const count = leafCount(type);
  for (let i = 0; i < count; i++) {
    const leaf = leafType(type, i);
    const p = <usize>load<u32>(base + ((<usize>i) << 3));
    if (p !== 0 && isCounted(leaf)) release(leaf, p);
  }
}

export function releaseElements(type: usize, list: usize, from: i32, to: i32): void {
  const stride = elementBytes(type);
  for (let i = from; i < to; i++) releaseLeaves(type, slotAddress(list, i, stride));
}

/** Releases what the entry whose key lies at `entry` refers to. */
export function releaseEntry(type: usize, entry: usize): void {
  const key = keyType(type);
  if (isCounted(key)) {
    const p = <usize>load<u32>(entry);
    if (p !== 0) release(key, p);
  }
  releaseLeaves(type, entry + 8);
}
