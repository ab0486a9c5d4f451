/** What f64 tensors have instead of kernels, one element after another: positions, scans, orders, contractions. */

import { isNan } from "../heap/number-arguments";
import { wayMax, waySum } from "../ops/program-format";
import { callKernel } from "./kernel-imports";
import { cellsAt, stepSlotsAt } from "./kernel-table";
import { kernelCombine, kernelIdentity, kernelNumber, kernelOperands, kernelType } from "./kernels";
import { spend } from "./limits";
import { denseOf, lagOf, slabsOf } from "./operate-rows";
import {
  extentsAt,
  firstBy,
  firstGuards,
  guardBytes,
  guardSize,
  guardStart,
  orderAt,
  secondBy,
  secondGuards,
  thirdBy,
  weightsAt,
} from "./places";
import { reasonUnlawful, stopFor } from "./stop";
import { bytesOf, dimOf, dtypeF64, freeView, pointerOf, rankOf } from "./tensors";
import { setWord, word } from "./words";

/** Whether x takes the place of the greatest so far; the first NaN is greatest. */
function beats(x: f64, best: f64): bool {
  return x > best || (isNan(x) && !isNan(best));
}

/** Positions along the only axis of the mask; 0 where there is none. */
export function reducePositionsWide(kernel: usize, x: usize, out: usize, mask: i32): void {
  const own = mask & ((1 << rankOf(x)) - 1);
  if (own === 0) memory.fill(pointerOf(out), 0, bytesOf(out));
  else if (popcnt(own) !== 1) stopFor(reasonUnlawful);
  else {
    const dense = denseOf(x);
    positionsWide(dense, out, ctz(own), kernelNumber(kernel) !== 0, false);
    if (dense !== x) freeView(dense);
  }
}

/** Positions of the greatest or least: of each axis alone, or of every beginning of it. */
function positionsWide(x: usize, out: usize, axis: i32, isLeast: bool, ofEvery: bool): void {
  const length = dimOf(x, axis);
  const lag = lagOf(x, axis);
  let to = pointerOf(out);
  for (let slab = 0; slab < slabsOf(x, axis); slab++) {
    for (let column = 0; column < lag; column++) {
      let best: f64 = 0;
      let where = 0;
      for (let i = 0; i < length; i++) {
        const at = (slab * length + i) * lag + column;
        let value = load<f64>(pointerOf(x) + ((<usize>at) << 3));
        if (isLeast) value = -value;
        if (i === 0 || beats(value, best)) {
          best = value;
          where = i;
        }
        if (ofEvery) setWord(to, at, where);
      }
      if (!ofEvery) {
        store<i32>(to, where);
        to += 4;
      }
    }
  }
}

/** Two operands of a kernel: addresses, and how many bytes four elements are on. */
function combine(kernel: i32, to: usize, count: i32, a: usize, step: i32, b: usize): void {
  setWord(stepSlotsAt, 0, <i32>a);
  setWord(stepSlotsAt, 1, step);
  setWord(stepSlotsAt, 2, <i32>b);
  setWord(stepSlotsAt, 3, 32);
  callKernel(kernel, <i32>to, count, <i32>stepSlotsAt, kernel);
}

/** Each row of neighbours is combined with the results before it. */
export function scanWide(kernel: usize, x: usize, factor: usize, out: usize, axis: i32): void {
  if (kernelType(kernel, 1) !== dtypeF64) {
    positionsWide(x, out, axis, kernelNumber(kernel) !== 0, true);
    return;
  }
  const lag = lagOf(x, axis);
  const rowBytes = (<usize>lag) << 3;
  store<f64>(cellsAt, <f64>reinterpret<f32>(kernelIdentity(kernel)));
  let at: usize = 0;
  for (let slab = slabsOf(x, axis); slab > 0; slab--) {
    for (let i = 0; i < dimOf(x, axis); i++) {
      const to = pointerOf(out) + at;
      let before = i === 0 ? cellsAt : to - rowBytes;
      let step = i === 0 ? 0 : 32;
      if (kernelOperands(kernel) === 2) {
        combine(kernelNumber(kernel), to, lag, before, step, pointerOf(factor) + at);
        before = to;
        step = 32;
      }
      combine(kernelCombine(kernel), to, lag, before, step, pointerOf(x) + at);
      at += rowBytes;
    }
  }
}

/** Orders of the elements along an axis, by merging; equal ones keep theirs. Two lists of positions fit into `lists`. */
export function sortWide(x: usize, out: usize, axis: i32, isDescending: bool, lists: usize): void {
  const length = dimOf(x, axis);
  const lag = lagOf(x, axis);
  for (let slab = 0; slab < slabsOf(x, axis); slab++) {
    for (let column = 0; column < lag; column++) {
      const first = slab * length * lag + column;
      const values = pointerOf(x) + ((<usize>first) << 3);
      let from = lists;
      let to = lists + ((<usize>length) << 2);
      for (let i = 0; i < length; i++) setWord(from, i, i);
      for (let width = 1; width < length; width <<= 1) {
        for (let start = 0; start < length; start += width << 1) {
          let left = start;
          const middle = min(start + width, length);
          let right = middle;
          const end = min(middle + width, length);
          for (let place = start; place < end; place++) {
            let isRight = left === middle;
            if (!isRight && right < end) {
              const a = load<f64>(values + ((<usize>(word(from, left) * lag)) << 3));
              const b = load<f64>(values + ((<usize>(word(from, right) * lag)) << 3));
              isRight = isDescending ? beats(b, a) : beats(a, b);
            }
            setWord(to, place, word(from, isRight ? right++ : left++));
          }
        }
        const other = from;
        from = to;
        to = other;
      }
      for (let i = 0; i < length; i++) setWord(pointerOf(out), first + i * lag, word(from, i));
    }
  }
}

const isWindow: i32 = waySum | wayMax;

let way: i32 = 0;
let outputs: i32 = 0;
let axes: i32 = 0;
let firstPosition: i32 = 0;
let firstGuardCount: i32 = 0;
let secondGuardCount: i32 = 0;

/** What each result costs. */
let work: i32 = 0;
let isInside: bool = false;
/** The sum, and that of the present block of 512 positions. */
let total: f64 = 0;
let sum: f64 = 0;
let block: i32 = 0;

/** With the lists that were read: extents, what steps add, where operands have nothing. */
export function contractWide(
  ways: i32,
  a: usize,
  b: usize,
  out: usize,
  outputAxes: i32,
  allAxes: i32,
  position: i32,
  guardsOfFirst: i32,
  guardsOfSecond: i32,
): void {
  way = ways;
  outputs = outputAxes;
  axes = allAxes;
  firstPosition = position;
  firstGuardCount = guardsOfFirst;
  secondGuardCount = guardsOfSecond;
  isInside = false;
  // A reduced axis adds to the position as an output adds to the place of the result.
  let count: i64 = 1;
  for (let axis = outputs; axis < axes; axis++) {
    setWord(thirdBy, axis, word(weightsAt, axis));
    count = min(count * <i64>word(extentsAt, axis), (<i64>1) << 30);
  }
  work = 1 + <i32>(count >> 3);
  along(0, a, b, out);
}

/** All positions along an axis and those inside of it; `c` is where the result goes, then the position in the reduced index. */
function along(axis: i32, a: usize, b: usize, c: usize): void {
  if (axis === outputs && !isInside) {
    isInside = true;
    spend(work);
    total = 0;
    sum = way & wayMax ? -Infinity : 0;
    block = firstPosition >> 9;
    along(axis, a, b, <usize>firstPosition);
    store<f64>(c, way & wayMax ? sum : total + sum);
    isInside = false;
    return;
  }
  if (axis === axes) {
    addElement(a, b, <i32>c >> 9);
    return;
  }
  for (let i = 0; i < word(extentsAt, axis); i++) {
    setWord(orderAt, axis, i);
    along(axis + 1, a, b, c);
    a += (<usize>word(firstBy, axis)) << 3;
    b += (<usize>word(secondBy, axis)) << 3;
    c += (<usize>word(thirdBy, axis)) << (isInside ? 0 : 3);
  }
}

function addElement(a: usize, b: usize, blockOf: i32): void {
  if (blockOf !== block) {
    total += sum;
    sum = 0;
    block = blockOf;
  }
  const isThere = isAmong(firstGuards, firstGuardCount);
  const x = isThere ? load<f64>(a) : 0;
  if (way & isWindow) {
    if (!isThere) return;
    if (!(way & wayMax)) sum += x;
    else if (beats(x, sum)) sum = x;
  } else sum += x * (isAmong(secondGuards, secondGuardCount) ? load<f64>(b) : 0);
}

/** Whether the present positions lie inside of what is guarded. */
function isAmong(guards: usize, count: i32): bool {
  for (let g = 0; g < count; g++, guards += guardBytes) {
    let at = word(guards, guardStart);
    for (let axis = 0; axis < axes; axis++) at += word(guards, axis) * word(orderAt, axis);
    if (<u32>at >= <u32>word(guards, guardSize)) return false;
  }
  return true;
}
