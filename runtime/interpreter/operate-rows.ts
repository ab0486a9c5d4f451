/** Operators that read rows at positions, scan, sort or pool: one plan each. */

import { indexRows, move, scan, scatterRows, sortRows, window } from "./kernel-imports";
import { kernelAt, kernelIdentity, kernelNumber } from "./kernels";
import { spendOn, stopForMemory } from "./limits";
import { finish } from "./operate-map";
import { copyDense, copyInto, mustHaveAxes } from "./operate-move";
import { scanWide, sortWide } from "./operate-wide";
import {
  clearList,
  elementsOf,
  extentsAt,
  firstBy,
  flag,
  isEmpty,
  mustBeInside,
  readExtents,
  readInside,
  readPlace,
  secondBy,
  takeExtents,
  thirdBy,
} from "./places";
import * as plan from "./plan-words";
import {
  addAxis,
  dropLast,
  groupAxes,
  groupCount,
  lastExtent,
  lastSum,
  setPlan,
  setSum,
  startAxes,
} from "./plans";
import { detailOf, give, objectIn, typeOf } from "./registers";
import { scratchBlock } from "./scratch";
import { reasonUnlawful, stop, stopFor } from "./stop";
import {
  dimOf,
  dimsOf,
  dtypeF32,
  dtypeF64,
  dtypeI32,
  dtypeOf,
  freeView,
  isDense,
  lengthOf,
  newTensor,
  newTensorLike,
  pointerOf,
  rankOf,
  shiftOf,
  strideOf,
} from "./tensors";
import { next, word } from "./words";

/** Which dimension the places read last index, and the start of the others. */
let indexed: i32 = 0;

/** Reads a place for each dimension of `x`, of which one is indexed; their steps are added to `by`. */
function readIndexed(x: usize, axes: i32, by: usize): i32 {
  mustHaveAxes(next(), rankOf(x));
  clearList(by);
  indexed = -1;
  let start = 0;
  for (let i = 0; i < rankOf(x); i++) {
    const place = readPlace(axes, strideOf(x, i), by);
    if (flag === 0) {
      mustBeInside(dimOf(x, i));
      start += place;
    } else if (indexed < 0 && place === 0) indexed = i;
    else stopFor(reasonUnlawful);
  }
  if (indexed < 0) stopFor(reasonUnlawful);
  return start;
}

function readPlaces(x: usize, axes: i32, by: usize): i32 {
  mustHaveAxes(next(), rankOf(x));
  clearList(by);
  let start = 0;
  for (let i = 0; i < rankOf(x); i++) start += readInside(axes, strideOf(x, i), by, dimOf(x, i));
  return start;
}

/** d, data, index, site, shape, places in data, places in the index. */
export function runIndex(): void {
  const d = next();
  const data = objectIn(next());
  const index = objectIn(next());
  const site = next();
  const out = newTensor(detailOf(typeOf(d)));
  const rank = rankOf(out);
  takeExtents(dimsOf(out), rank);
  const dataStart = readIndexed(data, rank, firstBy);
  const dimension = indexed;
  const indexStart = readPlaces(index, rank, secondBy);
  const shift = shiftOf(dtypeOf(data));
  if (!isEmpty) {
    const run = addRows(plan.indexAxes, rank, shift);
    setPlan(plan.indexData, <i32>pointerOf(data) + (dataStart << shift));
    setPlan(plan.indexIndex, <i32>pointerOf(index) + (indexStart << 2));
    setPlan(plan.indexOut, <i32>pointerOf(out));
    setPlan(plan.indexCount, groupCount());
    setPlan(plan.indexRun, run);
    setPlan(plan.indexRunStep, runStep);
    setPlan(plan.indexShift, shift);
    setPlan(plan.indexSize, dimOf(data, dimension));
    setPlan(plan.indexSizeStep, strideOf(data, dimension) << shift);
    setPlan(plan.indexAxisCount, groupAxes());
    if (indexRows() !== 0) stop(site);
  }
  give(d, out);
}

let runStep: i32 = 0;

/** Adds the axes of rows, first the data's steps, then the index's; what one index serves is the run. */
function addRows(head: i32, rank: i32, shift: i32): i32 {
  startAxes(head);
  for (let axis = 0; axis < rank; axis++) {
    setSum(0, word(firstBy, axis) << shift);
    setSum(1, word(secondBy, axis) << 2);
    addAxis(word(extentsAt, axis));
  }
  runStep = 0;
  if (groupAxes() === 0 || lastSum(1) !== 0) return 1;
  const run = lastExtent();
  runStep = lastSum(0);
  dropLast();
  return run;
}

/** d, x, index, source, isAdd, site, extents, places in x, in the index, in the source. */
export function runScatter(): void {
  const d = next();
  const x = objectIn(next());
  const index = objectIn(next());
  const source = objectIn(next());
  const isAdd = next();
  const site = next();
  const axes = next();
  const out = newTensorLike(x, dtypeOf(x));
  if (lengthOf(out) > 0) copyInto(x, out);
  readExtents(0, axes);
  if (!isEmpty) spendOn(elementsOf(axes));
  const start = readIndexed(out, axes, firstBy);
  const dimension = indexed;
  const indexStart = readPlaces(index, axes, secondBy);
  const sourceStart = readPlaces(source, axes, thirdBy);
  if (!isEmpty) {
    const shift = shiftOf(dtypeOf(out));
    const dense = denseRows(source, axes, sourceStart, shift);
    const run = addRows(plan.scatterAxes, axes, shift);
    setPlan(plan.scatterTarget, <i32>pointerOf(out) + (start << shift));
    setPlan(plan.scatterIndex, <i32>pointerOf(index) + (indexStart << 2));
    setPlan(plan.scatterSource, <i32>dense);
    setPlan(plan.scatterCount, groupCount());
    setPlan(plan.scatterRun, run);
    setPlan(plan.scatterRunStep, runStep);
    setPlan(plan.scatterMode, modeOf(isAdd, dtypeOf(out)));
    setPlan(plan.scatterSize, dimOf(out, dimension));
    setPlan(plan.scatterSizeStep, strideOf(out, dimension) << shift);
    setPlan(plan.scatterAxisCount, groupAxes());
    if (scatterRows() !== 0) stop(site);
  }
  give(d, out);
}

function modeOf(isAdd: i32, dtype: i32): i32 {
  if (dtype === dtypeF64) return 4 + isAdd;
  if (isAdd !== 0) return dtype === dtypeF32 ? 3 : 2;
  return shiftOf(dtype) === 0 ? 0 : 1;
}

/** The source's elements in the order of the rows, where they lie so or in scratch memory. */
function denseRows(source: usize, axes: i32, start: i32, shift: i32): usize {
  let length = 1;
  let dense = true;
  for (let axis = axes - 1; axis >= 0; axis--) {
    const extent = word(extentsAt, axis);
    if (extent !== 1 && word(thirdBy, axis) !== length) dense = false;
    length *= extent;
  }
  const from = pointerOf(source) + ((<usize>start) << shift);
  if (dense) return from;
  const to = scratchBlock(((<usize>length) << shift) + 64);
  copyRows(axes, from, to, shift);
  return to;
}

/** Copies with the steps of thirdBy; firstBy and secondBy stay as they are. */
function copyRows(axes: i32, from: usize, to: usize, shift: i32): void {
  startAxes(plan.moveAxes);
  let step = 1;
  for (let axis = axes - 1; axis >= 0; axis--) step *= word(extentsAt, axis);
  for (let axis = 0; axis < axes; axis++) {
    const extent = word(extentsAt, axis);
    step /= extent;
    setSum(0, word(thirdBy, axis) << shift);
    setSum(1, step << shift);
    addAxis(extent);
  }
  setPlan(plan.moveFrom, <i32>from);
  setPlan(plan.moveTo, <i32>to);
  setPlan(plan.moveCount, groupCount());
  setPlan(plan.moveRun, 1);
  setPlan(plan.moveRunStep, 0);
  setPlan(plan.moveShift, shift);
  setPlan(plan.moveAxisCount, groupAxes());
  move();
}

/** Elements before and after an axis: the slabs and the lag of scans and sorts. */
export function slabsOf(x: usize, axis: i32): i32 {
  let slabs = 1;
  for (let i = 0; i < axis; i++) slabs *= dimOf(x, i);
  return slabs;
}

export function lagOf(x: usize, axis: i32): i32 {
  let lag = 1;
  for (let i = axis + 1; i < rankOf(x); i++) lag *= dimOf(x, i);
  return lag;
}

/** `x` if it is dense, else a copy that the caller frees. */
export function denseOf(x: usize): usize {
  return isDense(x) ? x : copyDense(x);
}

/** d, kernel, axis, operands: x, or the factor and x. */
export function runScan(): void {
  const d = next();
  const kernel = kernelAt(next());
  const axis = next();
  const count = next();
  const first = objectIn(next());
  const last = count === 2 ? objectIn(next()) : first;
  mustHaveAxis(last, axis);
  mustBeAlike(first, last);
  const out = newTensorLike(last, detailOf(typeOf(d)));
  if (lengthOf(out) > 0) {
    const x = denseOf(last);
    const factor = denseOf(first);
    setPlan(plan.scanOut, <i32>pointerOf(out));
    setPlan(plan.scanX, <i32>pointerOf(x));
    setPlan(plan.scanFactor, <i32>pointerOf(factor));
    setPlan(plan.scanSlabs, slabsOf(out, axis));
    setPlan(plan.scanLength, dimOf(out, axis));
    setPlan(plan.scanLag, lagOf(out, axis));
    if (dtypeOf(x) !== dtypeF64) scan(kernelNumber(kernel), kernelIdentity(kernel));
    else scanWide(kernel, x, factor, out, axis);
    if (x !== last) freeView(x);
    if (factor !== first) freeView(factor);
  }
  give(d, out);
}

export function mustBeAlike(a: usize, b: usize): void {
  if (rankOf(a) !== rankOf(b)) stopFor(reasonUnlawful);
  for (let i = 0; i < rankOf(a); i++) if (dimOf(a, i) !== dimOf(b, i)) stopFor(reasonUnlawful);
}

function mustHaveAxis(x: usize, axis: i32): void {
  if (<u32>axis >= <u32>rankOf(x)) stopFor(reasonUnlawful);
}

/** Whose scratch memory has an address. */
const mostSorted: i32 = 1 << 26;

/** d, a, axis, isDescending. */
export function runSort(): void {
  const d = next();
  const given = objectIn(next());
  const axis = next();
  const descending = next();
  mustHaveAxis(given, axis);
  const out = newTensorLike(given, dtypeI32);
  if (lengthOf(out) > 0) {
    const x = denseOf(given);
    const length = dimOf(out, axis);
    if (length > mostSorted) stopForMemory();
    spendOn((<i64>lengthOf(out)) << 3);
    setPlan(plan.sortOut, <i32>pointerOf(out));
    setPlan(plan.sortX, <i32>pointerOf(x));
    setPlan(plan.sortScratch, <i32>scratchBlock(<usize>(length + 1) * 16));
    setPlan(plan.sortSlabs, slabsOf(out, axis));
    setPlan(plan.sortLength, length);
    setPlan(plan.sortLag, lagOf(out, axis));
    setPlan(plan.sortIsFloat, dtypeOf(x) === dtypeF32 ? 1 : 0);
    setPlan(plan.sortDescending, descending);
    if (dtypeOf(x) !== dtypeF64) sortRows();
    else sortWide(x, out, axis, descending !== 0, scratchBlock(<usize>(length + 1) * 16));
    if (x !== given) freeView(x);
  }
  give(d, out);
}

/** d, a, isMax, finish, reads, axes, four words for each, shape. */
export function runWindow(): void {
  const d = next();
  const x = objectIn(next());
  const isMax = next();
  const finishing = next();
  const reads = next();
  const spatial = next();
  const leading = rankOf(x) - spatial;
  if (leading < 0) stopFor(reasonUnlawful);
  let size = 1;
  for (let i = 0; i < 3; i++) {
    const axis = i - 3 + spatial;
    const isOwn = axis >= 0;
    const kernel = isOwn ? next() : 1;
    size *= kernel;
    setPlan(plan.windowKernel + i, kernel);
    setPlan(plan.windowStrides + i, isOwn ? next() : 1);
    setPlan(plan.windowPadding + i, isOwn ? next() : 0);
    setPlan(plan.windowDilation + i, isOwn ? next() : 1);
    setPlan(plan.windowSizes + i, isOwn ? dimOf(x, leading + axis) : 1);
    setPlan(plan.windowSteps + i, isOwn ? strideOf(x, leading + axis) << 2 : 0);
  }
  const out = newTensor(detailOf(typeOf(d)));
  if (rankOf(out) !== rankOf(x)) stopFor(reasonUnlawful);
  startAxes(plan.windowAxes);
  for (let axis = 0; axis < leading; axis++) {
    if (dimOf(x, axis) !== dimOf(out, axis)) stopFor(reasonUnlawful);
    setSum(0, strideOf(x, axis) << 2);
    addAxis(dimOf(x, axis));
  }
  for (let i = 0; i < 3; i++) {
    const axis = i - 3 + spatial;
    setPlan(plan.windowOutSizes + i, axis >= 0 ? dimOf(out, leading + axis) : 1);
  }
  spendOn(<i64>lengthOf(out) * <i64>size);
  if (lengthOf(out) > 0) {
    setPlan(plan.windowFrom, <i32>pointerOf(x));
    setPlan(plan.windowOut, <i32>pointerOf(out));
    setPlan(plan.windowCount, groupCount());
    setPlan(plan.windowAxisCount, groupAxes());
    window(isMax);
    finish(out, finishing, reads, size);
  }
  give(d, out);
}
