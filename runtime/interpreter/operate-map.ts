/** Element-wise operators and reductions: descriptors for the kernels' own drivers. */

import { mapStrided, reduce, usesConstants, usesFinishes, usesPositions } from "./kernel-imports";
import {
  cellsAt,
  constantCode,
  descriptorsAt,
  indexCode,
  stepInputsAt,
  stepSlotsAt,
  stepsKernel,
} from "./kernel-table";
import { kernelAt, kernelCombine, kernelIdentity, kernelNumber, kernelOperands } from "./kernels";
import { spend, spendOn } from "./limits";
import { reducePositionsWide } from "./operate-wide";
import { detailOf, give, numberIn, objectIn, setNumber, typeOf } from "./registers";
import {
  constantBytes,
  constantCell,
  onlyKernel,
  readConstants,
  readsAt,
  skipSteps,
  stepCount,
  table_runSteps,
  typeF64,
} from "./steps";
import { reasonUnlawful, stopFor } from "./stop";
import {
  descriptorBytes,
  descriptorOf,
  dimOf,
  dtypeF64,
  dtypeOf,
  lengthOf,
  newTensor,
  pointerOf,
  rankOf,
  setElement,
  strideOf,
} from "./tensors";
import { at, goTo, next, setWord, word } from "./words";

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

/** d, operands, axes, constants, shape, steps. */
export function runMap(): void {
  const d = next();
  const operands = at;
  const operandCount = next();
  goTo(operands + ((<usize>(1 + operandCount)) << 2));
  const axes = at;
  let axisCount = next();
  if (!usesPositions()) axisCount = 0;
  goTo(axes + ((<usize>(1 + axisCount)) << 2));
  readConstants(operandCount + axisCount);
  const type = detailOf(typeOf(d));
  const out = newTensor(type);
  const end = skipSteps(type);
  spendOn((<i64>stepCount() * <i64>lengthOf(out)) >> 3);
  for (let i = 0; i < operandCount; i++) mustBroadcast(objectIn(word(operands, 1 + i)), out);
  for (let i = 0; i < axisCount; i++) if (word(axes, 1 + i) >= rankOf(out)) stopFor(reasonUnlawful);
  if (lengthOf(out) > 0) runInto(out, operands, operandCount, axes, axisCount);
  goTo(end);
  give(d, out);
}

/** A single step is a kernel that reads everything itself. */
function runInto(
  out: usize,
  operands: usize,
  operandCount: i32,
  axes: usize,
  axisCount: i32,
): void {
  const isOne = stepCount() === 1;
  const slots = isOne ? kernelOperands(onlyKernel()) : operandCount + axisCount;
  for (let slot = 0; slot < slots; slot++) {
    const number = isOne ? readsAt(slot) : slot;
    const axis = number - operandCount;
    if (axis < 0) writeSlot(slot, objectIn(word(operands, 1 + number)));
    else if (axis < axisCount) writeSpecial(slot, indexCode, word(axes, 1 + axis));
    else if (usesConstants()) writeSpecial(slot, constantCode, <i32>constantCell(number));
  }
  writeSlot(slots, out);
  mapStrided(isOne ? kernelNumber(onlyKernel()) : stepsKernel, slots);
}

/** d, operands, constants, steps: a function of numbers. */
export function runFormula(): void {
  const d = next();
  const count = next();
  for (let i = 0; i < count; i++) {
    const cell = stepInputsAt + <usize>(i + 1) * constantBytes;
    store<f64>(cell, numberIn(next()));
    setWord(stepSlotsAt, 2 * i, <i32>cell);
    setWord(stepSlotsAt, 2 * i + 1, 0);
  }
  readConstants(count);
  const end = skipSteps(typeF64);
  spend(stepCount());
  table_runSteps(<i32>stepInputsAt, 1, <i32>stepSlotsAt, stepsKernel);
  setNumber(d, load<f64>(stepInputsAt));
  goTo(end);
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
  if (!usesFinishes() || finishing === 0 || lengthOf(out) === 0) return;
  let slot = 0;
  if ((reads & 1) !== 0) writeSlot(slot++, out);
  if ((reads & 2) !== 0) {
    setElement(dtypeOf(out), cellsAt, <f64>count);
    setWord(slotAt(slot), 0, <i32>cellsAt);
    setWord(slotAt(slot), 1, dtypeOf(out));
    setWord(slotAt(slot), 2, 0);
    setWord(slotAt(slot), 3, 1);
    slot++;
  }
  writeSlot(slot, out);
  mapStrided(kernelNumber(kernelAt(finishing - 1)), slot);
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
  spendOn(<i64>kept * <i64>count);
  if (kept > 0) {
    if (dtypeOf(x) === dtypeF64 && kernelCombine(kernel) < 0) {
      reducePositionsWide(kernel, x, out, mask);
    } else {
      reduce(
        kernelNumber(kernel),
        kernelCombine(kernel),
        kernelOperands(kernel),
        kernelIdentity(kernel),
        pointerOf(out),
      );
    }
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
