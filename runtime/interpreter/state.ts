/** State cells: memory of their own, which outlives calls. */

import { kindBool, kindNumber, kindTensor } from "../ops/program-format";
import { copyDense, copyInto } from "./operate-move";
import { mustBeAlike } from "./operate-rows";
import { stateAddresses } from "./program";
import { boolIn, give, kindOf, numberIn, objectIn, setBool, setNumber, typeOf } from "./registers";
import { pointerOf } from "./tensors";
import { word } from "./words";

/** What a cell holds: a view that is never freed, or eight bytes. */
export function cellAt(number: i32): usize {
  return <usize>word(stateAddresses, number);
}

/** A copy, because the cell may be written while it is needed. */
export function readState(d: i32, number: i32): void {
  const kind = kindOf(typeOf(d));
  if (kind === kindTensor) give(d, copyDense(cellAt(number)));
  else if (kind === kindNumber) setNumber(d, load<f64>(cellAt(number)));
  else setBool(d, load<i32>(cellAt(number)));
}

export function writeState(a: i32, number: i32): void {
  const kind = kindOf(typeOf(a));
  const cell = cellAt(number);
  if (kind === kindTensor) {
    const v = objectIn(a);
    mustBeAlike(v, cell);
    copyInto(v, cell);
  } else if (kind === kindBool) store<i32>(cell, boolIn(a));
  else store<f64>(cell, numberIn(a));
}

/** Where a host reads and writes the cell. */
export function cellBytes(number: i32, isTensor: bool): usize {
  return isTensor ? pointerOf(cellAt(number)) : cellAt(number);
}
