/** How blocks begin, and how the heap fails: a number in `heapFailure`, then a trap. */

/** Bytes before a block's payload: +0 the reference count, +4 the bytes of the whole block. */
export const headerBytes: usize = 8;
const blockBytesAt: usize = 4;

/** Why the heap trapped last; 0 while it has not. The numbers are part of its interface. */
export let heapFailure: i32 = 0;

export const outOfMemory: i32 = 1;
export const textTooLong: i32 = 2;
export const unmappedLetter: i32 = 3;
export const invalidCount: i32 = 4;
export const listTooLong: i32 = 5;
export const invalidDigits: i32 = 6;
export const invalidCodePoint: i32 = 7;

export function fail(reason: i32): void {
  heapFailure = reason;
  unreachable();
}

/** Below 0 for what is never freed nor changed. */
export function countOf(block: usize): i32 {
  return load<i32>(block);
}

export function setCount(block: usize, count: i32): void {
  store<i32>(block, count);
}

export function blockBytes(block: usize): usize {
  return load<u32>(block, blockBytesAt);
}

export function setBlockBytes(block: usize, bytes: usize): void {
  store<u32>(block, <u32>bytes, blockBytesAt);
}

/** No earlier failure counts. */
export function forgetFailure(): void {
  heapFailure = 0;
}
