/** Positions over axes, as programs state them: read, and checked to lie inside of what they are for. */

import { scratchAt } from "./kernel-table";
import { nextExtent, nextSize } from "./sizes";
import { reasonUnlawful, stopFor } from "./stop";
import { next, setWord, word } from "./words";

/** The most axes of a plan. */
export const mostAxes: i32 = 24;
const listBytes: usize = 128;

/** Extents of the axes that positions go over. */
export const extentsAt: usize = scratchAt;
/** Lists of what one step along each axis adds. */
export const firstBy: usize = scratchAt + listBytes;
export const secondBy: usize = scratchAt + 2 * listBytes;
export const thirdBy: usize = scratchAt + 3 * listBytes;
/** Three lists each: what steps add to padded positions, then, at `guardStart` and `guardSize`, two words. */
export const firstGuards: usize = scratchAt + 4 * listBytes;
export const secondGuards: usize = scratchAt + 7 * listBytes;
export const weightsAt: usize = scratchAt + 10 * listBytes;
export const orderAt: usize = scratchAt + 11 * listBytes;
export const sumsAt: usize = scratchAt + 12 * listBytes;
export const guardBytes: usize = listBytes;
export const guardStart: i32 = 24;
export const guardSize: i32 = 25;
const mostGuards: i32 = 3;

/** Of the position read last: its flag, and the least and greatest it can be. */
export let flag: i32 = 0;
export let least: i64 = 0;
export let greatest: i64 = 0;

/** Whether some axis has no positions, so that nothing is read or written. */
export let isEmpty: bool = false;

export function clearList(list: usize): void {
  memory.fill(list, 0, listBytes);
}

/** Reads so many extents. */
export function readExtents(from: i32, count: i32): void {
  if (from === 0) isEmpty = false;
  for (let i = from; i < from + count; i++) {
    const extent = nextExtent();
    if (extent === 0) isEmpty = true;
    setWord(extentsAt, i, extent);
  }
}

/** Takes the sizes of a tensor as extents. */
export function takeExtents(dims: usize, rank: i32): void {
  isEmpty = false;
  for (let i = 0; i < rank; i++) {
    const extent = word(dims, i);
    if (extent === 0) isEmpty = true;
    setWord(extentsAt, i, extent);
  }
}

/** How many positions the axes that were set have; stops where that is more than a tensor has. */
export function elementsOf(axes: i32): i64 {
  let count: i64 = 1;
  for (let axis = 0; axis < axes; axis++) {
    count *= <i64>word(extentsAt, axis);
    if (count > <i64>i32.MAX_VALUE) stopFor(reasonUnlawful);
  }
  return count;
}

/** Reads a position over `count` axes; adds `stride` times what steps add to `by`. Gives `stride` times its start. */
export function readPlace(count: i32, stride: i32, by: usize): i32 {
  flag = next();
  const offset = nextSize();
  least = offset;
  greatest = offset;
  for (let axis = 0; axis < count; axis++) {
    const step = nextSize();
    if (step === 0) continue;
    setWord(by, axis, word(by, axis) + step * stride);
    const way = <i64>step * <i64>max(0, word(extentsAt, axis) - 1);
    if (way < 0) least += way;
    else greatest += way;
  }
  return offset * stride;
}

/** Stops unless all positions read last are among `size`. */
export function mustBeInside(size: i32): void {
  if (isEmpty) return;
  if (least < 0 || greatest >= <i64>size) stopFor(reasonUnlawful);
}

export function readInside(count: i32, stride: i32, by: usize, size: i32): i32 {
  const start = readPlace(count, stride, by);
  mustBeInside(size);
  return start;
}

/** Adds a guard where positions read last may lie outside. Its steps are those of `by`, a list of its own. */
export function addGuard(guards: usize, used: i32, by: usize, size: i32, start: i32): i32 {
  if (isEmpty || (least >= 0 && greatest < <i64>size)) return used;
  const far: i64 = 1 << 30;
  if (used === mostGuards || least < -far || greatest > far) stopFor(reasonUnlawful);
  const guard = guards + <usize>used * guardBytes;
  memory.copy(guard, by, 96);
  setWord(guard, guardStart, start);
  setWord(guard, guardSize, size);
  return used + 1;
}
