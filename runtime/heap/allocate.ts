/**
 * The allocator: blocks of fixed classes of size, each class with a list of its free blocks. Freed
 * blocks serve their own class only, so memory stays bounded by the sum of the classes' peaks.
 */

import { growMemory } from "./grow-memory";
import {
  blockBytes,
  countOf,
  fail,
  headerBytes,
  outOfMemory,
  setBlockBytes,
  setCount,
} from "./header";

const granule: usize = 16;
const pageShift: usize = 16;

/** Up to here classes are 16 bytes apart; from here on there are four for each power of two. */
const smallBytes: usize = 256;
const smallClasses: usize = 16;
const classCount: usize = smallClasses + 23 * 4;
const mostBytes: usize = 5 << 28;
const mostAddress: usize = 0xffff0000;

/** Where the heads of the free lists lie, one address for each class. */
let heads: usize = 0;
/** All from here on is free. */
let top: usize = 0;
/** The end of what memory has, as far as is known. */
let end: usize = 0;
let used: i32 = 0;

/** Makes all memory from `base` the heap's, and forgets every block. */
export function heapInit(base: usize): void {
  heads = (base + granule - 1) & ~(granule - 1);
  top = heads + classCount * 4;
  end = knownEnd();
  used = 0;
  if (top > end) grow(top);
  memory.fill(heads, 0, classCount * 4);
}

/** Bytes of live blocks, their headers included. */
export function usedBytes(): i32 {
  return used;
}

/** A block of one reference and `bytes` zeros after its header. */
export function alloc(bytes: usize): usize {
  const block = allocRaw(bytes);
  const size = blockBytes(block);
  if (size > smallBytes) {
    memory.fill(block + headerBytes, 0, size - headerBytes);
  } else {
    for (let at = block + headerBytes; at < block + size; at += 8) store<u64>(at, 0);
  }
  return block;
}

/** As `alloc`, with anything in the payload. */
export function allocRaw(bytes: usize): usize {
  if (bytes <= smallBytes - headerBytes) {
    // Most blocks are small, and were given back before.
    const head = heads + (((bytes + headerBytes - 1) >> 4) << 2);
    const block: usize = load<u32>(head);
    if (block !== 0) {
      store<u32>(head, load<u32>(block, headerBytes));
      setCount(block, 1);
      used += <i32>blockBytes(block);
      return block;
    }
  }
  return allocAny(bytes);
}

function allocAny(bytes: usize): usize {
  if (bytes > mostBytes - headerBytes) fail(outOfMemory);
  const whole = bytes + headerBytes;
  const head = heads + classOf(whole) * 4;
  const size = roundedUp(whole);
  let block: usize = load<u32>(head);
  if (block !== 0) {
    store<u32>(head, load<u32>(block, headerBytes));
  } else {
    block = top;
    if (size > end - top) grow(top + size);
    top += size;
    setBlockBytes(block, size);
  }
  setCount(block, 1);
  used += <i32>size;
  return block;
}

/** Gives a block back; what it refers to keeps its count. */
export function free(block: usize): void {
  if (block === 0 || countOf(block) < 0) return;
  const size = blockBytes(block);
  const head = heads + classOf(size) * 4;
  setCount(block, 0);
  store<u32>(block, load<u32>(head), headerBytes);
  store<u32>(head, <u32>block);
  used -= <i32>size;
}

export function retain(block: usize): void {
  if (block === 0) return;
  const count = countOf(block);
  if (count >= 0) setCount(block, count + 1);
}

/** `bytes` is at least 16. */
function classOf(bytes: usize): usize {
  const last = bytes - 1;
  if (bytes <= smallBytes) return last / granule;
  const log: usize = 31 - clz<usize>(last);
  return smallClasses + (log - 8) * 4 + ((last >> (log - 2)) & 3);
}

/** The size of the blocks of the class that `bytes` belongs to. */
function roundedUp(bytes: usize): usize {
  const last = bytes - 1;
  const unit: usize = bytes <= smallBytes ? granule : 1 << (29 - clz<usize>(last));
  return (last & ~(unit - 1)) + unit;
}

/** Ahead of need by an eighth of what there is, so that many small blocks make few calls. */
function grow(until: usize): void {
  end = knownEnd();
  if (until <= end && until >= top) return;
  if (until > mostAddress || until < top) fail(outOfMemory);
  const pages = <i32>((until - end + 0xffff) >> pageShift);
  const ahead = memory.size() >> 3;
  if (ahead <= pages || growMemory(ahead) < 0) {
    if (growMemory(pages) < 0) fail(outOfMemory);
  }
  end = knownEnd();
}

/** Without the last page of 4 GiB, so that it is an address. */
function knownEnd(): usize {
  return (<usize>min(memory.size(), 0xffff)) << pageShift;
}

/** Where blocks begin; each is followed by the next, up to `blocksEnd`. */
export function firstBlock(): usize {
  return heads + classCount * 4;
}

export function blocksEnd(): usize {
  return top;
}

/** No block is free or in use, until `freeAgain` has said which of them are. */
export function forgetFree(): void {
  memory.fill(heads, 0, classCount * 4);
  used = 0;
}

export function freeAgain(block: usize, isFree: bool): void {
  const size = blockBytes(block);
  if (isFree) {
    const head = heads + classOf(size) * 4;
    store<u32>(block, load<u32>(head), headerBytes);
    store<u32>(head, <u32>block);
  } else used += <i32>size;
}
