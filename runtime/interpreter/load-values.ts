/** Makes what a package holds: texts, views of its tensors, and memory for its state. */

import * as op from "../ops/program-format";
import { mustBeDType } from "./load-types";
import * as program from "./program";
import { mustHold, read, readBelow, readCount, readSection } from "./reader";
import { kindOf } from "./registers";
import { bytesOf, dimsOf, makeDense, setHead, setPointer, shiftOf, viewBytes } from "./tensors";
import { at, goTo, setWord, word } from "./words";

const tensorWords: i32 = 12;
const immortal: i32 = -1;

/** Texts in the form that the heap has, never counted nor changed. */
export function makeTexts(): usize {
  readSection(op.sectionTexts);
  const count = readCount();
  const units = program.section(op.sectionTexts) + ((<usize>(1 + 2 * count)) << 2);
  const end = program.section(op.sectionTexts) + program.sectionBytes(op.sectionTexts);
  const addresses = program.takeStatic((<usize>count) << 2);
  for (let i = 0; i < count; i++) makeText(addresses + ((<usize>i) << 2), units, end);
  return addresses;
}

/** The next text, whose address comes to `to`. */
function makeText(to: usize, units: usize, end: usize): void {
  const first = read();
  const length = read();
  const from = units + ((<usize>first) << 1);
  mustHold(<u32>first <= 1 << 28 && <u32>length <= 1 << 28);
  mustHold(from + ((<usize>length) << 1) <= end);
  const s = program.takeStatic(16 + ((<usize>length) << 1));
  setWord(s, 0, immortal);
  setWord(s, 2, length);
  memory.copy(s + 16, from, (<usize>length) << 1);
  setWord(s, 3, textHash(from, length));
  store<u32>(to, <u32>s);
}

/** As the heap computes it for texts that it may change: static ones must have it from the start. */
function textHash(units: usize, length: i32): i32 {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) {
    hash = (hash ^ <i32>load<u16>(units + ((<usize>i) << 1))) * 0x01000193;
  }
  return hash === 0 ? 1 : hash;
}

/** A view of each constant where it lies in the package. */
export function makeViews(): usize {
  readSection(op.sectionTensors);
  const count = readCount();
  const addresses = program.takeStatic((<usize>count) << 2);
  for (let i = 0; i < count; i++) {
    const place = <usize>read();
    const bytes = <usize>read();
    const dtype = read();
    mustBeDType(dtype);
    const rank = readBelow(9);
    const dims = at;
    for (let axis = 0; axis < 8; axis++) mustHold(read() >= 0);
    mustHold(place <= program.dataBytes && bytes <= program.dataBytes - place);
    mustHold((place & ((1 << shiftOf(dtype)) - 1)) === 0);
    const v = immortalView(dtype, rank, dims);
    mustHold(bytesOf(v) === bytes);
    setPointer(v, program.program + place);
    setWord(addresses, i, <i32>v);
  }
  return addresses;
}

function immortalView(dtype: i32, rank: i32, dims: usize): usize {
  const v = program.takeStatic(viewBytes + 8);
  setWord(v, 0, immortal);
  setHead(v, dtype, rank);
  memory.copy(dimsOf(v), dims, (<usize>rank) << 2);
  let length: f64 = 1;
  for (let axis = 0; axis < rank; axis++) {
    const dim = word(dims, axis);
    if (dim > 0) length *= <f64>dim;
  }
  mustHold(length <= <f64>i32.MAX_VALUE);
  makeDense(v);
  return v;
}

/** Memory of its own for each cell, with what it holds at first. */
export function makeState(): usize {
  readSection(op.sectionState);
  const numbers = <usize>read();
  const count = readCount();
  const addresses = program.takeStatic((<usize>count) << 2);
  for (let i = 0; i < count; i++) makeCell(addresses + ((<usize>i) << 2), numbers);
  return addresses;
}

/** The next cell, whose address comes to `to`. */
function makeCell(to: usize, numbers: usize): void {
  const type = readBelow(word(program.section(op.sectionTypes), 0));
  const kind = kindOf(type);
  const back = at;
  let cell: usize = 0;
  if (kind === op.kindTensor) cell = stateTensor(type);
  else if (kind === op.kindRef) {
    readBelow(word(program.section(op.sectionFunctions), 0));
    cell = program.takeStatic(8);
  } else {
    mustHold(kind === op.kindNumber || kind === op.kindBool);
    const place = numbers + ((<usize>readBelow(1 << 24)) << 3);
    mustHold(place <= program.dataBytes && program.dataBytes - place >= 8);
    cell = program.takeStatic(8);
    const x = load<f64>(program.program + place);
    if (kind === op.kindNumber) store<f64>(cell, x);
    else store<i32>(cell, x !== 0 ? 1 : 0);
  }
  goTo(back + 4);
  store<u32>(to, <u32>cell);
}

function stateTensor(type: i32): usize {
  const tensors = program.section(op.sectionTensors);
  const record = tensors + 4 + <usize>(readBelow(word(tensors, 0)) * tensorWords * 4);
  mustHold(word(record, 2) === word(program.section(op.sectionTypes), 2 + 2 * type));
  const cell = immortalView(word(record, 2), word(record, 3), record + 16);
  const bytes = bytesOf(cell);
  const storage = program.takeStatic(bytes + 64);
  memory.copy(storage, program.program + <usize>word(record, 0), bytes);
  setPointer(cell, storage);
  return cell;
}
