/** Contractions: which axes are rows, columns, batch or reduced, and where zeros are around an operand. */

import { wayHoles } from "../ops/program-format";
import {
  contract,
  usesGuards,
  usesHoles,
  usesOtherTypes,
  usesParts,
  usesStayingRows,
} from "./kernel-imports";
import { spend } from "./limits";
import { mustHaveAxes } from "./operate-move";
import { contractWide } from "./operate-wide";
import { findPacked, noteFilled } from "./packed";
import {
  addGuard,
  clearList,
  extentsAt,
  firstBy,
  firstGuards,
  flag,
  guardBytes,
  guardSize,
  guardStart,
  isEmpty,
  mostAxes,
  mustBeInside,
  orderAt,
  readExtents,
  readInside,
  readPlace,
  secondBy,
  secondGuards,
  sumsAt,
  thirdBy,
  weightsAt,
} from "./places";
import * as plan from "./plan-words";
import { addAxis, groupAxes, groupCount, setPlan, setSum, startAxes, startGroup } from "./plans";
import { detailOf, give, objectIn, typeOf } from "./registers";
import { nextExtent, nextSize } from "./sizes";
import { reasonUnlawful, stopFor } from "./stop";
import {
  dimOf,
  dtypeF32,
  dtypeF64,
  dtypeOf,
  lengthOf,
  newTensor,
  pointerOf,
  rankOf,
  storageOf,
  strideOf,
} from "./tensors";
import { at, goTo, next, setWord, word } from "./words";

/** Fewer columns than this leave most of a tile unused, so that rows should take their place. */
const fewestColumns: i32 = 5;

/** Panels have four rows: with fewer, more would be kept than is read. */
const fewestRows: i32 = 4;

/** Of each operand: where it starts, in elements, and how many guards it has. */
let firstStart: i32 = 0;
let secondStart: i32 = 0;
let firstGuardCount: i32 = 0;
let secondGuardCount: i32 = 0;

/** d, into, a, b, shape, outputs, reduced, extents, holes, first, weights, places in a, b, the result. */
export function runContract(): void {
  const d = next();
  let into = next();
  if (!usesParts()) into = 0;
  const a = objectIn(next());
  const b = objectIn(next());
  const out = into !== 0 ? existing(d) : newTensor(detailOf(typeOf(d)));
  const outputs = next();
  const reduced = next();
  const axes = outputs + reduced;
  if (axes > mostAxes) stopFor(reasonUnlawful);
  readExtents(0, outputs);
  // Without reduced positions there are results all the same: zeros.
  const nothing = isEmpty;
  for (let i = outputs; i < axes; i++) setWord(extentsAt, i, nextExtent());
  const way = next();
  let position = 0;
  if (usesHoles()) {
    setPlan(plan.contractHasHoles, way & wayHoles);
    position = nextSize();
    setPlan(plan.contractFirstPosition, position);
    for (let i = outputs; i < axes; i++) setWord(weightsAt, i, nextSize());
  } else goTo(at + ((<usize>(1 + reduced)) << 2));
  readOperand(a, axes, firstBy, firstGuards);
  firstStart = operandStart;
  firstGuardCount = operandGuards;
  readOperand(b, axes, secondBy, secondGuards);
  secondStart = operandStart;
  secondGuardCount = operandGuards;
  clearList(thirdBy);
  let start = 0;
  for (let i = 0; i < rankOf(out); i++) {
    start += readInside(outputs, strideOf(out, i), thirdBy, dimOf(out, i));
  }
  if (!nothing && lengthOf(out) > 0) {
    if (dtypeOf(out) !== dtypeF64) runPart(a, b, out, start, outputs, axes);
    else {
      contractWide(
        way,
        pointerOf(a) + (firstStart << 3),
        pointerOf(b) + (secondStart << 3),
        pointerOf(out) + (start << 3),
        outputs,
        axes,
        position,
        firstGuardCount,
        secondGuardCount,
      );
    }
  }
  if (into === 0) give(d, out);
}

/** What another part of the same contraction made. */
function existing(d: i32): usize {
  const out = objectIn(d);
  if (storageOf(out) === 0) stopFor(reasonUnlawful);
  const rank = next();
  mustHaveAxes(rank, rankOf(out));
  for (let i = 0; i < rank; i++) mustHaveAxes(nextExtent(), dimOf(out, i));
  return out;
}

let operandStart: i32 = 0;
let operandGuards: i32 = 0;

/** Places that may lie outside are guarded, with steps of their own. */
function readOperand(x: usize, axes: i32, by: usize, guards: usize): void {
  mustHaveAxes(next(), rankOf(x));
  clearList(by);
  operandStart = 0;
  operandGuards = 0;
  const anything = hasAxes(axes);
  for (let i = 0; i < rankOf(x); i++) {
    clearList(orderAt);
    const place = readPlace(axes, 1, orderAt);
    const stride = strideOf(x, i);
    for (let axis = 0; axis < axes; axis++) {
      setWord(by, axis, word(by, axis) + word(orderAt, axis) * stride);
    }
    operandStart += place * stride;
    if (!anything) continue;
    if (!usesGuards() || flag === 0) mustBeInside(dimOf(x, i));
    else operandGuards = addGuard(guards, operandGuards, orderAt, dimOf(x, i), place);
  }
}

/** Whether every axis has positions. */
function hasAxes(axes: i32): bool {
  for (let i = 0; i < axes; i++) if (word(extentsAt, i) === 0) return false;
  return true;
}

function dependsOn(by: usize, guards: usize, count: i32, axis: i32): bool {
  if (word(by, axis) !== 0) return true;
  for (let g = 0; g < count; g++) {
    if (word(guards + <usize>g * guardBytes, axis) !== 0) return true;
  }
  return false;
}

const ofBoth: i32 = 0;
const ofFirst: i32 = 1;
const ofSecond: i32 = 2;

/** What an output axis is of: one operand alone, or both. An axis of neither is the first's. */
function ownerOf(axis: i32): i32 {
  const isOfSecond = dependsOn(secondBy, secondGuards, secondGuardCount, axis);
  if (dependsOn(firstBy, firstGuards, firstGuardCount, axis)) return isOfSecond ? ofBoth : ofFirst;
  return isOfSecond ? ofSecond : ofFirst;
}

/** Columns belong to the operand along whose axis the result's neighbours lie, unless there are very few. */
function columnsAreOfFirst(outputs: i32): bool {
  let first = 1;
  let second = 1;
  let neighbours = ofBoth;
  for (let axis = 0; axis < outputs; axis++) {
    const extent = word(extentsAt, axis);
    const owner = ownerOf(axis);
    if (owner === ofFirst) first *= extent;
    if (owner === ofSecond) second *= extent;
    if (word(thirdBy, axis) === 1 && extent > 1) neighbours = owner;
  }
  if (neighbours === ofFirst) return first >= fewestColumns || first >= second;
  if (neighbours === ofSecond) return second < fewestColumns && first > second;
  return first >= second;
}

let rowBy: usize = 0;
let columnBy: usize = 0;
let rowGuards: usize = 0;
let columnGuards: usize = 0;
let rowGuardCount: i32 = 0;
let columnGuardCount: i32 = 0;

function runPart(a: usize, b: usize, out: usize, start: i32, outputs: i32, axes: i32): void {
  const swapped = columnsAreOfFirst(outputs);
  rowBy = swapped ? secondBy : firstBy;
  columnBy = swapped ? firstBy : secondBy;
  rowGuards = swapped ? secondGuards : firstGuards;
  columnGuards = swapped ? firstGuards : secondGuards;
  rowGuardCount = swapped ? secondGuardCount : firstGuardCount;
  columnGuardCount = swapped ? firstGuardCount : secondGuardCount;
  orderAxes(outputs);
  startAxes(plan.contractAxes);
  const rows = swapped ? ofSecond : ofFirst;
  const columns = swapped ? ofFirst : ofSecond;
  const batches = addOutputs(outputs, ofBoth, plan.contractBatchAxes, plan.contractBatchCount);
  const rowCount = addOutputs(outputs, rows, plan.contractRowAxes, plan.contractRowCount);
  addOutputs(outputs, columns, plan.contractColumnAxes, plan.contractColumnCount);
  startGroup();
  for (let axis = outputs; axis < axes; axis++)
    addContractAxis(axis, usesHoles() ? word(weightsAt, axis) : 0);
  setPlan(plan.contractReducedAxes, groupAxes());
  let count = 1;
  for (let axis = outputs; axis < axes; axis++) count *= word(extentsAt, axis);
  setPlan(plan.contractReducedCount, count);
  const isFloat = dtypeOf(out) === dtypeF32;
  if (usesOtherTypes()) setPlan(plan.contractIsFloat, isFloat ? 1 : 0);
  const rowStart = swapped ? secondStart : firstStart;
  const columnStart = swapped ? firstStart : secondStart;
  setPlan(plan.contractRowPointer, <i32>pointerOf(swapped ? b : a) + (rowStart << 2));
  setPlan(plan.contractColumnPointer, <i32>pointerOf(swapped ? a : b) + (columnStart << 2));
  setPlan(plan.contractOutPointer, <i32>pointerOf(out) + (start << 2));
  if (usesGuards()) {
    writeGuards(plan.contractRowGuards, rowGuards, rowGuardCount);
    writeGuards(plan.contractColumnGuards, columnGuards, columnGuardCount);
  }
  spend(<i32>min((<i64>1) << 30, (<i64>lengthOf(out) * <i64>count) >> 6));
  if (!usesStayingRows()) {
    contract();
    return;
  }
  setPlan(plan.contractPackedRows, 0);
  setPlan(plan.contractIsPacked, 0);
  const row = swapped ? b : a;
  let kept: usize = 0;
  // What has no storage is a constant. Each of its elements stands in one place of the rows, so that they have a bounded size.
  const isWhole = <i64>rowCount * <i64>count === <i64>lengthOf(row);
  if (
    storageOf(row) === 0 &&
    isWhole &&
    rowCount >= fewestRows &&
    batches === 1 &&
    rowGuardCount === 0
  )
    kept = findPacked(at, pointerOf(row) + (rowStart << 2), rowBy, rowCount, count);
  contract();
  noteFilled(kept);
}

/** The result's neighbours come last, so that its elements are stored one after another. */
function orderAxes(outputs: i32): void {
  for (let i = 0; i < outputs; i++) {
    let place = i;
    while (place > 0 && word(thirdBy, word(orderAt, place - 1)) < word(thirdBy, i)) {
      setWord(orderAt, place, word(orderAt, place - 1));
      place--;
    }
    setWord(orderAt, place, i);
  }
}

function addOutputs(outputs: i32, owner: i32, axesWord: i32, countWord: i32): i32 {
  startGroup();
  for (let i = 0; i < outputs; i++) {
    const axis = word(orderAt, i);
    if (ownerOf(axis) === owner) addContractAxis(axis, word(thirdBy, axis) << 2);
  }
  setPlan(axesWord, groupAxes());
  setPlan(countWord, groupCount());
  return groupCount();
}

function addContractAxis(axis: i32, third: i32): void {
  setSum(0, word(rowBy, axis) << 2);
  setSum(1, word(columnBy, axis) << 2);
  setSum(2, third);
  for (let g = 0; usesGuards() && g < 3; g++) {
    const row = g < rowGuardCount ? word(rowGuards + <usize>g * guardBytes, axis) : 0;
    const column = g < columnGuardCount ? word(columnGuards + <usize>g * guardBytes, axis) : 0;
    setWord(sumsAt, 3 + g, row);
    setWord(sumsAt, 6 + g, column);
  }
  addAxis(word(extentsAt, axis));
}

/** Guards that are not used have size 1 and stay at 0. */
function writeGuards(head: i32, guards: usize, count: i32): void {
  setPlan(head, count > 0 ? 1 : 0);
  for (let g = 0; g < 3; g++) {
    const guard = guards + <usize>g * guardBytes;
    setPlan(head + 1 + g, g < count ? word(guard, guardSize) : 1);
    setPlan(head + 4 + g, g < count ? word(guard, guardStart) : 0);
  }
}
