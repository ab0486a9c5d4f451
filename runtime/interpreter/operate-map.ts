/** Element-wise operators and reductions: descriptors for the kernels' own drivers. */

import { mapStrided, reduce } from "./kernel-imports";
import { cellsAt, constantCode, descriptorsAt, indexCode } from "./kernel-table";
import { kernels } from "./program";
import { detailOf, give, objectIn, typeOf } from "./registers";
import { reasonUnlawful, stopFor } from "./stop";
import {
  descriptorBytes,
  descriptorOf,
  dimOf,
  dtypeBool,
  dtypeF32,
  dtypeI32,
  dtypeOf,
  lengthOf,
  newTensor,
  pointerOf,
  rankOf,
  strideOf,
} from "./tensors";
import { at, goTo, next, setWord, word } from "./words";

const cellBytes: usize = 64;

// Words of a record in the interpreter's table of kernels.
export const kernelLow: i32 = 0;
export const kernelHigh: i32 = 1;
export const kernelKind: i32 = 2;
export const kernelNumber: i32 = 3;
/** Of maps: slots, then two bits for the type of each, the result's first. Of reductions: see below. */
export const kernelSlots: i32 = 4;
export const kernelTypes: i32 = 5;
export const kernelWords: i32 = 8;
// Of reductions.
export const reduceCombine: i32 = 4;
export const reduceIdentity: i32 = 5;
export const reduceLanes: i32 = 6;
export const reduceDType: i32 = 7;

export function kernelAt(number: i32): usize {
  return <usize>word(kernels, number);
}

function slotAt(slot: i32): usize {
  return descriptorsAt + <usize>slot * descriptorBytes;
}

function writeSlot(slot: i32, v: usize): void {
  memory.copy(slotAt(slot), descriptorOf(v), descriptorBytes);
}

/** A descriptor that says only what kind of slot it is. */
function writeSpecial(slot: i32, code: i32, pointer: i32): void {
  setWord(slotAt(slot), 0, pointer);
  setWord(slotAt(slot), 1, code);
}

/** Reads a constant: its type and two words, repeated for a whole round of a kernel. */
function readConstant(slot: i32): void {
  const type = next();
  const low = <u32>next();
  const high = <u32>next();
  const bits = ((<u64>high) << 32) | <u64>low;
  const x = reinterpret<f64>(bits);
  const cell = cellsAt + <usize>(slot & 3) * cellBytes;
  for (let i: usize = 0; i < cellBytes; i += 8) {
    if (type === dtypeF32) {
      store<f32>(cell + i, <f32>x);
      store<f32>(cell + i + 4, <f32>x);
    } else if (type === dtypeI32) {
      store<i32>(cell + i, <i32>x);
      store<i32>(cell + i + 4, <i32>x);
    } else if (type === dtypeBool) {
      store<u32>(cell + i, x !== 0 ? 0x01010101 : 0);
      store<u32>(cell + i + 4, x !== 0 ? 0x01010101 : 0);
    } else store<u64>(cell + i, bits);
  }
  writeSpecial(slot, constantCode, <i32>cell);
}

/** d, kernel, operands, constants, axes, shape. */
export function runMap(): void {
  const d = next();
  const kernel = kernelAt(next());
  const args = at;
  goTo(args + ((<usize>(1 + next())) << 2));
  const constants = at;
  goTo(constants + <usize>(4 + 12 * next()));
  const axes = at;
  goTo(axes + ((<usize>(1 + next())) << 2));
  const out = newTensor(detailOf(typeOf(d)));
  const end = at;
  goTo(args);
  let slot = 0;
  for (let n = next(); slot < n; slot++) {
    const x = objectIn(next());
    mustBroadcast(x, out);
    writeSlot(slot, x);
  }
  goTo(constants);
  for (let n = next(); n > 0; n--) readConstant(slot++);
  goTo(axes);
  for (let n = next(); n > 0; n--) {
    const axis = next();
    if (axis >= rankOf(out)) stopFor(reasonUnlawful);
    writeSpecial(slot++, indexCode, axis);
  }
  writeSlot(slot, out);
  if (lengthOf(out) > 0) mapStrided(word(kernel, kernelNumber), slot);
  goTo(end);
  give(d, out);
}

function mustBroadcast(x: usize, out: usize): void {
  const missing = rankOf(out) - rankOf(x);
  if (missing < 0) stopFor(reasonUnlawful);
  for (let axis = 0; axis < rankOf(x); axis++) {
    const dim = dimOf(x, axis);
    if (dim !== 1 && dim !== dimOf(out, missing + axis)) stopFor(reasonUnlawful);
  }
}

/** Applies the kernel number `finishing − 1` to all of `out` in place; `reads` has bit 0 for out, 1 for the count. */
export function finish(out: usize, finishing: i32, reads: i32, count: i32): void {
  if (finishing === 0 || lengthOf(out) === 0) return;
  let slot = 0;
  if ((reads & 1) !== 0) writeSlot(slot++, out);
  if ((reads & 2) !== 0) {
    if (dtypeOf(out) === dtypeF32) store<f32>(cellsAt, <f32>count);
    else store<i32>(cellsAt, count);
    setWord(slotAt(slot), 0, <i32>cellsAt);
    setWord(slotAt(slot), 1, dtypeOf(out));
    setWord(slotAt(slot), 2, 0);
    setWord(slotAt(slot), 3, 1);
    slot++;
  }
  writeSlot(slot, out);
  mapStrided(word(kernelAt(finishing - 1), kernelNumber), slot);
}

/** d, a, kernel, finish, reads, mask of axes, shape. */
export function runReduce(): void {
  const d = next();
  const x = objectIn(next());
  const kernel = kernelAt(next());
  const finishing = next();
  const reads = next();
  const mask = next();
  const out = newTensor(detailOf(typeOf(d)));
  const kept = writeAxes(0, x, ~mask);
  const count = writeAxes(1, x, mask);
  if (kept !== lengthOf(out)) stopFor(reasonUnlawful);
  if (kept > 0) {
    reduce(
      word(kernel, kernelNumber),
      word(kernel, reduceCombine),
      word(kernel, reduceLanes),
      word(kernel, reduceIdentity),
      pointerOf(out),
    );
    finish(out, finishing, reads, count);
  }
  give(d, out);
}

/** A descriptor of the axes of `x` that `mask` has; gives how many elements they make. */
function writeAxes(slot: i32, x: usize, mask: i32): i32 {
  const to = slotAt(slot);
  let rank = 0;
  let length: i64 = 1;
  for (let axis = 0; axis < rankOf(x); axis++) {
    if (((mask >> axis) & 1) === 0) continue;
    setWord(to, 4 + rank, dimOf(x, axis));
    setWord(to, 12 + rank, strideOf(x, axis));
    length *= <i64>dimOf(x, axis);
    if (length > <i64>i32.MAX_VALUE) stopFor(reasonUnlawful);
    rank++;
  }
  setWord(to, 0, <i32>pointerOf(x));
  setWord(to, 1, dtypeOf(x));
  setWord(to, 2, rank);
  setWord(to, 3, <i32>length);
  return <i32>length;
}
