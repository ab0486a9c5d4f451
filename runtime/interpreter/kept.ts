/**
 * The heap between calls. A program that keeps nothing on it starts each call with an empty heap. Otherwise
 * the first call makes what is kept; later ones give back what the call before has left behind, and what
 * calls lose by failing or in circles is found by counting all references anew.
 */

import { allocRaw, heapInit, usedBytes } from "../heap/allocate";
import { heapForget, heapSweep } from "../heap/collect";
import { countOf, headerBytes, setCount } from "../heap/header";
import { listKeep, listLength, slotAddress } from "../heap/lists";
import { mapKeep, mapKeyAt, mapNext } from "../heap/maps";
import * as op from "../ops/program-format";
import { forgetFrames } from "./frames";
import {
  boxedType,
  elementBytes,
  forgetObjects,
  heapType,
  keyType,
  leafCount,
  leafType,
} from "./objects";
import { staticEnd } from "./program";
import { detailOf, isCounted, kindOf } from "./registers";
import { forgetScratch } from "./scratch";
import { cellAt, cellCount, cellType } from "./state";
import { storageOf } from "./tensors";
import { setWord, word } from "./words";

/** Whether what is kept has been made. */
export let isStarted: bool = false;
/** Set while a call may have left more behind than its results. */
let isBroken: bool = false;
/** From so many bytes in use on, references are counted anew. */
let limit: i32 = 0;

/** Counting anew is not worth less than this. */
const leastBytes: i32 = 1 << 20;
const mostLimit: i32 = i32.MAX_VALUE;

export function forgetKept(): void {
  isStarted = false;
}

/** Makes the heap ready for a call, of which nothing lies there yet. */
export function beginHeap(): void {
  forgetFrames();
  if (!isStarted) emptyHeap();
  else if (isBroken || usedBytes() > limit) collect();
  isBroken = true;
}

function emptyHeap(): void {
  heapInit(staticEnd);
  forgetObjects();
  forgetScratch();
}

/** What is kept has been made. */
export function noteStarted(): void {
  isStarted = true;
  setLimit();
}

/** The call has left nothing behind but what the next one gives back. */
export function noteEnd(): void {
  isBroken = false;
}

function setLimit(): void {
  const used = usedBytes();
  limit = used > (mostLimit - leastBytes) >> 1 ? mostLimit : 2 * used + leastBytes;
}

// What was met and not gone through yet: pairs of an object and the number of its type.
let stack: usize = 0;
let top: usize = 0;
let end: usize = 0;
const firstBytes: usize = 4096;
const pairBytes: usize = 8;

/** Counts every reference that leads from what is kept, and gives back all else. */
function collect(): void {
  forgetObjects();
  forgetScratch();
  heapForget();
  growStack(firstBytes);
  for (let cell = 0; cell < cellCount(); cell++) {
    const type = cellType(cell);
    if (kindOf(type) === op.kindRef) mark(type, <usize>load<u32>(cellAt(cell)));
  }
  while (top > stack + headerBytes) {
    top -= pairBytes;
    markParts(heapType(word(top, 1)), <usize>word(top, 0));
  }
  setCount(stack, 0);
  heapSweep();
  setLimit();
}

function growStack(bytes: usize): void {
  const old = stack;
  const used: usize = bytes === firstBytes ? 0 : top - old - headerBytes;
  stack = allocRaw(bytes);
  if (used > 0) {
    memory.copy(stack + headerBytes, old + headerBytes, used);
    setCount(old, 0);
  }
  top = stack + headerBytes + used;
  end = stack + headerBytes + bytes;
}

/** Counts a reference; the first one to an object leads on to what is in it. */
function mark(type: i32, p: usize): void {
  if (p === 0) return;
  const count = countOf(p);
  if (count < 0) return;
  setCount(p, count + 1);
  if (count > 0) return;
  const kind = kindOf(type);
  if (kind === op.kindTensor) markStorage(p);
  if (kind !== op.kindRef) return;
  if (top === end) growStack((end - stack - headerBytes) << 1);
  setWord(top, 0, <i32>p);
  setWord(top, 1, detailOf(type));
  top += pairBytes;
}

/** Views share their elements. */
function markStorage(view: usize): void {
  const storage = storageOf(view);
  if (storage !== 0) setCount(storage, countOf(storage) + 1);
}

function markParts(type: usize, p: usize): void {
  const kind = word(type, 0);
  if (kind === op.objectRecord) markLeaves(type, p + headerBytes);
  else if (kind === op.objectList) {
    listKeep(p);
    const stride = elementBytes(type);
    for (let i = 0; i < listLength(p); i++) markLeaves(type, slotAddress(p, i, stride));
  } else if (kind === op.objectMap) {
    mapKeep(p);
    const key = keyType(type);
    for (let i = mapNext(p, 0); i >= 0; i = mapNext(p, i + 1)) {
      const entry = mapKeyAt(p, i);
      if (isCounted(key)) mark(key, <usize>load<u32>(entry));
      markLeaves(type, entry + 8);
    }
  } else mark(boxedType(type), <usize>load<u32>(p, headerBytes));
}

function markLeaves(type: usize, base: usize): void {
  for (let i = 0; i < leafCount(type); i++) {
    const leaf = leafType(type, i);
    if (isCounted(leaf)) mark(leaf, <usize>load<u32>(base + ((<usize>i) << 3)));
  }
}
