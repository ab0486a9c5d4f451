/**
 * Lists: +8 the length, +12 the capacity, +16 the address of the elements' block (0 while there is
 * none), whose elements begin after its header. `stride` is the bytes of an element. References in
 * elements are the caller's to count.
 */

import { alloc, allocRaw, free } from "./allocate";
import { blockBytes, fail, headerBytes, listTooLong, setCount } from "./header";

const lengthAt: usize = 8;
const capacityAt: usize = 12;
const dataAt: usize = 16;
const fieldBytes: usize = 12;

const mostBytes: i64 = 1 << 30;

export function listLength(list: usize): i32 {
  return load<i32>(list, lengthAt);
}

/** The address of element `i`. */
export function slotAddress(list: usize, i: i32, stride: i32): usize {
  return <usize>load<u32>(list, dataAt) + headerBytes + <usize>i * <usize>stride;
}

/** An empty list with room for `capacity` elements. */
export function listNew(capacity: i32, stride: i32): usize {
  const list = alloc(fieldBytes);
  if (capacity > 0) reserve(list, capacity, stride);
  return list;
}

/** Gives back a list and its elements' block. */
export function listFree(list: usize): void {
  free(load<u32>(list, dataAt));
  free(list);
}

/** Counts the reference to the elements' block. */
export function listKeep(list: usize): void {
  const data = <usize>load<u32>(list, dataAt);
  if (data !== 0) setCount(data, 1);
}

/** Makes room for `capacity` elements in all; what the block has beyond them is room, too. */
function reserve(list: usize, capacity: i32, stride: i32): void {
  const bytes = <i64>capacity * <i64>stride;
  if (capacity < 0 || bytes > mostBytes) fail(listTooLong);
  const old = <usize>load<u32>(list, dataAt);
  const data = allocRaw(<usize>bytes);
  if (old !== 0) {
    memory.copy(data + headerBytes, old + headerBytes, <usize>listLength(list) * <usize>stride);
    free(old);
  }
  const room = <i32>((blockBytes(data) - headerBytes) / <usize>stride);
  store<u32>(list, <u32>data, dataAt);
  store<i32>(list, room, capacityAt);
}

/** Makes room for `length` elements, growing by half so that pushes cost little. */
function ensure(list: usize, length: i32, stride: i32): void {
  const capacity = load<i32>(list, capacityAt);
  if (length < 0) fail(listTooLong);
  if (length > capacity) reserve(list, max(length, capacity + (capacity >> 1)), stride);
}

function clear(list: usize, from: i32, count: i32, stride: i32): void {
  if (count > 0) memory.fill(slotAddress(list, from, stride), 0, <usize>count * <usize>stride);
}

/** The address of a new last element of zeros. */
export function listPush(list: usize, stride: i32): usize {
  const length = listLength(list);
  if (length === load<i32>(list, capacityAt)) ensure(list, length + 1, stride);
  store<i32>(list, length + 1, lengthAt);
  const slot = slotAddress(list, length, stride);
  for (let at = slot; at < slot + <usize>stride; at += 8) store<u64>(at, 0);
  return slot;
}

/** The address of element `i`; 0 where there is none. */
export function listSlot(list: usize, i: f64, stride: i32): usize {
  const at = <i32>i;
  if (<f64>at !== i || <u32>at >= <u32>listLength(list)) return 0;
  return slotAddress(list, at, stride);
}

/** Cuts, or adds elements of zeros. */
export function listResize(list: usize, length: i32, stride: i32): void {
  const old = listLength(list);
  ensure(list, length, stride);
  clear(list, old, length - old, stride);
  store<i32>(list, length, lengthAt);
}

/** Takes out `count` elements from `at` on, as far as there are so many. */
export function listRemove(list: usize, at: i32, count: i32, stride: i32): void {
  const length = listLength(list);
  const from = max(0, min(at, length));
  const gone = max(0, min(count, length - from));
  if (gone === 0) return;
  memory.copy(
    slotAddress(list, from, stride),
    slotAddress(list, from + gone, stride),
    <usize>(length - from - gone) * <usize>stride,
  );
  store<i32>(list, length - gone, lengthAt);
}

/** The address of the first of `count` new elements of zeros before element `at`. */
export function listInsert(list: usize, at: i32, count: i32, stride: i32): usize {
  const length = listLength(list);
  const from = max(0, min(at, length));
  const added = max(0, count);
  if (added > i32.MAX_VALUE - length) fail(listTooLong);
  ensure(list, length + added, stride);
  if (from < length)
    memory.copy(
      slotAddress(list, from + added, stride),
      slotAddress(list, from, stride),
      <usize>(length - from) * <usize>stride,
    );
  clear(list, from, added, stride);
  store<i32>(list, length + added, lengthAt);
  return slotAddress(list, from, stride);
}

export function listReverse(list: usize, stride: i32): void {
  const length = listLength(list);
  if (length < 2) return;
  let low = slotAddress(list, 0, stride);
  let high = slotAddress(list, length - 1, stride);
  while (low < high) {
    for (let leaf: usize = 0; leaf < <usize>stride; leaf += 8) {
      const value = load<u64>(low + leaf);
      store<u64>(low + leaf, load<u64>(high + leaf));
      store<u64>(high + leaf, value);
    }
    low += <usize>stride;
    high -= <usize>stride;
  }
}

/** A list of the elements from `from` up to `to`, byte for byte. */
export function listCopy(list: usize, from: i32, to: i32, stride: i32): usize {
  const start = max(0, min(from, listLength(list)));
  const count = max(0, min(to, listLength(list)) - start);
  const copy = listNew(count, stride);
  if (count === 0) return copy;
  memory.copy(
    slotAddress(copy, 0, stride),
    slotAddress(list, start, stride),
    <usize>count * <usize>stride,
  );
  store<i32>(copy, count, lengthAt);
  return copy;
}
