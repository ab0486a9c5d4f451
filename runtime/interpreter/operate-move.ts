/** Movement: other views of the same elements, or copies, as runs of the `move` kernel. */

import { fillNothing, fillSize } from "../ops/program-format";
import { move } from "./kernel-imports";
import { cellsAt } from "./kernel-table";
import { spendOn } from "./limits";
import {
  clearList,
  elementsOf,
  extentsAt,
  firstBy,
  greatest,
  isEmpty,
  least,
  readInside,
  readPlace,
  secondBy,
  takeExtents,
} from "./places";
import {
  moveAxes,
  moveAxisCount,
  moveCount,
  moveFrom,
  moveRun,
  moveRunStep,
  moveShift,
  moveTo,
} from "./plan-words";
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
import { nextExtent, sizeAt } from "./sizes";
import { reasonUnlawful, stopFor } from "./stop";
import {
  dimOf,
  dimsOf,
  dtypeOf,
  isDense,
  lengthOf,
  newTensor,
  newTensorLike,
  newView,
  pointerOf,
  rankOf,
  setDense,
  setElement,
  setPointer,
  setStride,
  shiftOf,
  strideOf,
} from "./tensors";
import { at, goTo, next, setWord, word } from "./words";

/**
 * Copies elements of `1 << shift` bytes over `rank` axes with the extents that are set; steps in elements
 * are in firstBy (of the source) and secondBy (of the target).
 */
export function copyAxes(shift: i32, from: usize, to: usize, rank: i32): void {
  startAxes(moveAxes);
  spendOn(elementsOf(rank));
  for (let axis = 0; axis < rank; axis++) {
    const extent = word(extentsAt, axis);
    if (extent === 0) return;
    setSum(0, word(firstBy, axis) << shift);
    setSum(1, word(secondBy, axis) << shift);
    addAxis(extent);
  }
  let run = 1;
  let step = 0;
  if (groupAxes() > 0 && lastSum(1) === 1 << shift) {
    run = lastExtent();
    step = lastSum(0);
    dropLast();
  }
  setPlan(moveFrom, <i32>from);
  setPlan(moveTo, <i32>to);
  setPlan(moveCount, groupCount());
  setPlan(moveRun, run);
  setPlan(moveRunStep, step);
  setPlan(moveShift, shift);
  setPlan(moveAxisCount, groupAxes());
  move();
}

/** The elements of `x` in row-major order, in a tensor of its own. */
export function copyDense(x: usize): usize {
  const out = newTensorLike(x, dtypeOf(x));
  copyInto(x, out);
  return out;
}

/** Writes the elements of `x` to `out`, which is dense and has as many. */
export function copyInto(x: usize, out: usize): void {
  const rank = rankOf(x);
  takeExtents(dimsOf(x), rank);
  let step = 1;
  for (let axis = rank - 1; axis >= 0; axis--) {
    setWord(firstBy, axis, strideOf(x, axis));
    setWord(secondBy, axis, step);
    step *= dimOf(x, axis);
  }
  copyAxes(shiftOf(dtypeOf(x)), pointerOf(x), pointerOf(out), rank);
}

/** d, a, shape. */
export function runReshape(): void {
  const d = next();
  const x = objectIn(next());
  let v: usize = 0;
  if (isDense(x)) {
    v = newView(x);
    if (lengthOf(v) !== lengthOf(x)) stopFor(reasonUnlawful);
  } else {
    v = newTensor(dtypeOf(x));
    if (lengthOf(v) !== lengthOf(x)) stopFor(reasonUnlawful);
    copyInto(x, v);
  }
  give(d, v);
}

/** d, a, shape, dimensions of a, a place for each. */
export function runView(): void {
  const d = next();
  const x = objectIn(next());
  const v = newView(x);
  const rank = rankOf(v);
  takeExtents(dimsOf(v), rank);
  clearList(firstBy);
  mustHaveAxes(next(), rankOf(x));
  let start = 0;
  for (let i = 0; i < rankOf(x); i++)
    start += readInside(rank, strideOf(x, i), firstBy, dimOf(x, i));
  // Where nothing is read, the place is of no matter, but it must be one.
  if (isEmpty) start = 0;
  setPointer(v, pointerOf(x) + ((<usize>start) << shiftOf(dtypeOf(x))));
  let dense = true;
  let step = 1;
  for (let axis = rank - 1; axis >= 0; axis--) {
    const stride = word(firstBy, axis);
    if (stride !== step && dimOf(v, axis) !== 1) dense = false;
    setStride(v, axis, stride);
    step *= dimOf(v, axis);
  }
  setDense(v, dense);
  give(d, v);
}

export function mustHaveAxes(found: i32, due: i32): void {
  if (found !== due) stopFor(reasonUnlawful);
}

/** d, fill, shape, pieces. */
export function runPieces(): void {
  const d = next();
  const filling = next();
  const low = <u32>next();
  const high = <u32>next();
  const out = newTensor(detailOf(typeOf(d)));
  const dtype = dtypeOf(out);
  if (filling !== fillNothing) {
    const x =
      filling === fillSize
        ? <f64>sizeAt(<i32>low)
        : reinterpret<f64>(((<u64>high) << 32) | <u64>low);
    fill(out, x);
  } else memory.fill(pointerOf(out), 0, (<usize>lengthOf(out)) << shiftOf(dtype));
  for (let pieces = next(); pieces > 0; pieces--) copyPiece(out);
  give(d, out);
}

export function fill(out: usize, x: f64): void {
  const dtype = dtypeOf(out);
  setElement(dtype, cellsAt, x);
  setWord(extentsAt, 0, lengthOf(out));
  setWord(firstBy, 0, 0);
  setWord(secondBy, 0, 1);
  copyAxes(shiftOf(dtype), cellsAt, pointerOf(out), 1);
}

/** a, from, to, dimensions of a, a place for each: the rectangle `from ≤ position < to` of the result. */
function copyPiece(out: usize): void {
  const x = objectIn(next());
  const rank = rankOf(out);
  const corners = at;
  goTo(corners + ((<usize>rank) << 2));
  let toStart = 0;
  let nothing = false;
  for (let axis = 0; axis < rank; axis++) {
    const first = sizeAt(word(corners, axis));
    const end = nextExtent();
    if (first < 0 || end > dimOf(out, axis)) stopFor(reasonUnlawful);
    setWord(extentsAt, axis, max(0, end - first));
    if (end <= first) nothing = true;
    setWord(secondBy, axis, strideOf(out, axis));
    toStart += first * strideOf(out, axis);
  }
  clearList(firstBy);
  mustHaveAxes(next(), rankOf(x));
  let start = 0;
  for (let i = 0; i < rankOf(x); i++)
    start += readCorner(corners, rank, strideOf(x, i), dimOf(x, i), nothing);
  if (nothing) return;
  const shift = shiftOf(dtypeOf(out));
  const from = pointerOf(x) + ((<usize>start) << shift);
  copyAxes(shift, from, pointerOf(out) + ((<usize>toStart) << shift), rank);
}

/** A place over the result's axes, as seen from the rectangle's corner. */
function readCorner(corners: usize, rank: i32, stride: i32, size: i32, nothing: bool): i32 {
  const place = at;
  const start = readPlace(rank, stride, firstBy);
  let shift: i64 = 0;
  for (let axis = 0; axis < rank; axis++) {
    shift += <i64>sizeAt(word(place, 2 + axis)) * <i64>sizeAt(word(corners, axis));
  }
  if (nothing) return 0;
  if (least + shift < 0 || greatest + shift >= <i64>size) stopFor(reasonUnlawful);
  return start + <i32>shift * stride;
}
