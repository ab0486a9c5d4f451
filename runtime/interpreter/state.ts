/** State cells: memory of their own, which outlives calls. */

import { kindBool, kindNumber, kindRef, kindTensor, sectionState } from "../ops/program-format";
import { usesState } from "./kernel-imports";
import { copyDense, copyInto } from "./operate-move";
import { mustBeAlike } from "./operate-rows";
import { section, stateAddresses } from "./program";
import {
  boolIn,
  give,
  kindOf,
  numberIn,
  objectIn,
  retainIt,
  setBool,
  setNumber,
  typeOf,
} from "./registers";
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
  else if (kind === kindRef) {
    const p = <usize>load<u32>(cellAt(number));
    retainIt(p);
    give(d, p);
  } else setBool(d, load<i32>(cellAt(number)));
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

/** Where a host reads and writes the cell; 0 for one that it cannot. */
export function cellBytes(number: i32): usize {
  if (<u32>number >= <u32>cellCount()) return 0;
  const kind = kindOf(cellType(number));
  if (kind === kindRef) return 0;
  return kind === kindTensor ? pointerOf(cellAt(number)) : cellAt(number);
}

export function cellCount(): i32 {
  if (!usesState()) return 0;
  return word(section(sectionState), 1);
}

export function cellType(number: i32): i32 {
  return word(section(sectionState), 2 + 2 * number);
}

/** The function that makes what a cell of the heap holds at first. */
export function makerOf(number: i32): i32 {
  return word(section(sectionState), 3 + 2 * number);
}
