/** Values of the heap as bytes, which hosts write for parameters and read from results (docs/artefact.md). */

import { alloc, allocRaw, free } from "../heap/allocate";
import { blockBytes, headerBytes } from "../heap/header";
import { listLength, listNew, listResize, slotAddress } from "../heap/lists";
import {
  mapAdded,
  mapKeyAt,
  mapNew,
  mapNext,
  mapPutNum,
  mapPutRef,
  mapPutStr,
  mapSize,
  mapValueAt,
} from "../heap/maps";
import { strNew, unitAddress, unitCount } from "../heap/strings";
import {
  hiddenField,
  kindBool,
  kindNumber,
  kindRef,
  kindText,
  objectList,
  objectMap,
  objectRecord,
  openSize,
} from "../ops/program-format";
import { spend } from "./limits";
import { elementBytes, heapType, keyType, leafCount } from "./objects";
import { copyDense } from "./operate-move";
import { detailOf, kindOf, release } from "./registers";
import { sizeAt } from "./sizes";
import {
  reasonArgumentDepth,
  reasonBoxSizes,
  reasonBytes,
  reasonNothing,
  reasonResultDepth,
  stopFor,
} from "./stop";
import { bytesOf, dimOf, freeView, isDense, newTensorOf, pointerOf, rankOf } from "./tensors";
import { word } from "./words";

const deepest: i32 = 10000;
const mostLength: f64 = 536870912;

let from: usize = 0;
let end: usize = 0;
let depth: i32 = 0;
let isReading: bool = false;

/** How deep in objects the border is, so that an engine's own limit, which may come before ours, is known. */
export function borderReason(): i32 {
  if (depth === 0) return -1;
  return isReading ? reasonArgumentDepth : reasonResultDepth;
}

/** Calls begin outside of all objects. */
export function forgetBorder(): void {
  depth = 0;
}

/** Reads what a host wrote into a room; the room is given back. */
export function readArgument(type: i32, room: usize, to: usize): void {
  const block = room - headerBytes;
  from = room;
  end = block + blockBytes(block);
  depth = 0;
  isReading = true;
  readValue(type, to);
  free(block);
}

function take(bytes: usize): usize {
  const start = from;
  if (bytes > end - from) stopFor(reasonBytes);
  from += bytes;
  return start;
}

function readNumber(): f64 {
  return load<f64>(take(8));
}

function readCount(): i32 {
  const x = readNumber();
  if (!(x >= 0 && x <= mostLength)) stopFor(reasonBytes);
  return <i32>x;
}

function padded(bytes: usize): usize {
  return (bytes + 7) & ~7;
}

function readValue(type: i32, to: usize): void {
  const kind = kindOf(type);
  if (kind === kindNumber) store<f64>(to, readNumber());
  else if (kind === kindBool) store<i32>(to, readNumber() !== 0 ? 1 : 0);
  else store<u32>(to, <u32>(kind === kindText ? readText() : readObject(heapType(detailOf(type)))));
}

function readText(): usize {
  const length = readCount();
  const bytes = (<usize>length) << 1;
  const units = take(padded(bytes));
  const s = strNew(length);
  memory.copy(unitAddress(s, 0), units, bytes);
  return s;
}

function readObject(type: usize): usize {
  spend(1);
  if (depth++ > deepest) stopFor(reasonArgumentDepth);
  const kind = word(type, 0);
  let p: usize = 0;
  if (kind === objectRecord) p = readRecord(type);
  else if (kind === objectList) p = readList(type);
  else if (kind === objectMap) p = readMap(type);
  else p = readBox(type);
  depth--;
  return p;
}

/** Where the words of a type go on after its leaves. */
function details(type: usize): usize {
  return type + ((<usize>(2 + leafCount(type))) << 2);
}

function readRecord(type: usize): usize {
  const p = alloc((<usize>leafCount(type)) << 3);
  let cell = details(type) + 4;
  let base = p + headerBytes;
  for (let fields = word(details(type), 0); fields > 0; fields--) {
    if (!isHidden(cell)) readCell(cell, base);
    base += cellBytes(cell);
    cell = afterCell(cell);
  }
  return p;
}

function readList(type: usize): usize {
  const length = readCount();
  const stride = elementBytes(type);
  // Each element has taken bytes, or is nothing and takes none.
  const least: usize = leafCount(type) === 0 ? 0 : 8;
  if (<usize>length * least > end - from) stopFor(reasonBytes);
  const list = listNew(length, stride);
  listResize(list, length, stride);
  for (let i = 0; i < length; i++) readCell(details(type), slotAddress(list, i, stride));
  return list;
}

function readMap(type: usize): usize {
  const count = readCount();
  const map = mapNew(leafCount(type));
  const key = keyType(type);
  const kind = kindOf(key);
  for (let i = 0; i < count; i++) {
    let value: usize = 0;
    if (kind === kindNumber || kind === kindBool) value = mapPutNum(map, readNumber());
    else {
      const p = kind === kindText ? readText() : readObject(heapType(detailOf(key)));
      value = kind === kindText ? mapPutStr(map, p) : mapPutRef(map, p);
      if (mapAdded === 0) {
        release(key, p);
        stopFor(reasonBytes);
      }
    }
    readCell(details(type) + 4, value);
  }
  return map;
}

// A cell: how many options, then for each its code and 1 + its type, or 0.

function optionCount(cell: usize): i32 {
  return word(cell, 0) & (hiddenField - 1);
}

/** Private fields, which hosts do not see. */
function isHidden(cell: usize): bool {
  return (word(cell, 0) & hiddenField) !== 0;
}

function optionCode(cell: usize, i: i32): i32 {
  return word(cell, 1 + 2 * i);
}

function optionType(cell: usize, i: i32): i32 {
  return word(cell, 2 + 2 * i) - 1;
}

function afterCell(cell: usize): usize {
  return cell + ((<usize>(1 + 2 * optionCount(cell))) << 2);
}

/** Bytes of a cell's leaves. */
function cellBytes(cell: usize): usize {
  let leaves = optionCount(cell) > 1 ? 1 : 0;
  for (let i = 0; i < optionCount(cell); i++) if (optionType(cell, i) >= 0) leaves++;
  return (<usize>leaves) << 3;
}

/** The place of the option with this code among the cell's leaves, −1 for none; its type in `chosen`. */
let chosen: i32 = -1;

function choose(cell: usize, code: f64): i32 {
  let leaf = 1;
  for (let i = 0; i < optionCount(cell); i++) {
    chosen = optionType(cell, i);
    if (<f64>optionCode(cell, i) === code) return leaf;
    if (chosen >= 0) leaf++;
  }
  return -1;
}

function readCell(cell: usize, base: usize): void {
  const options = optionCount(cell);
  if (options === 0) return;
  if (options === 1) {
    if (optionType(cell, 0) >= 0) readValue(optionType(cell, 0), base);
    return;
  }
  const tag = readNumber();
  const leaf = choose(cell, tag);
  if (leaf < 0) stopFor(reasonBytes);
  store<f64>(base, tag);
  if (chosen >= 0) readValue(chosen, base + ((<usize>leaf) << 3));
}

/** A box's type, rank and sizes follow its leaves, of which it has none. */
function readBox(type: usize): usize {
  const shape = details(type);
  const rank = word(shape, 1);
  const sizes = shape + 8;
  const given = from;
  for (let axis = 0; axis < rank; axis++) {
    const size = word(sizes, axis);
    const found = readCount();
    if (size !== openSize && found !== sizeAt(size)) stopFor(reasonBoxSizes);
  }
  const v = newTensorOf(detailOf(word(shape, 0)), rank, sizes, given);
  memory.copy(pointerOf(v), take(padded(bytesOf(v))), bytesOf(v));
  const box = alloc(8);
  store<u32>(box, <u32>v, headerBytes);
  return box;
}

let block: usize = 0;
let to: usize = 0;

/** The bytes of a value of which `at` holds the reference, not 0, in a block of its own: the address of the first. */
export function writeResult(type: i32, at: usize): usize {
  block = 0;
  to = 0;
  depth = 0;
  isReading = false;
  room(0);
  writeValue(type, at);
  return block + headerBytes;
}

/** Room for `bytes` more: the block grows to twice its size where it is too small. */
function room(bytes: usize): usize {
  if (block === 0 || to + bytes > block + blockBytes(block)) {
    const used: usize = block === 0 ? 0 : to - block - headerBytes;
    const grown = allocRaw(used * 2 + bytes + 56);
    if (block !== 0) {
      memory.copy(grown + headerBytes, block + headerBytes, used);
      free(block);
    }
    block = grown;
    to = grown + headerBytes + used;
  }
  const start = to;
  to += bytes;
  return start;
}

function writeNumber(x: f64): void {
  store<f64>(room(8), x);
}

function writeBytes(at: usize, bytes: usize): void {
  const all = padded(bytes);
  const start = room(all);
  if (all > bytes) store<u64>(start + all - 8, 0);
  memory.copy(start, at, bytes);
}

function writeValue(type: i32, at: usize): void {
  const kind = kindOf(type);
  if (kind === kindNumber) writeNumber(load<f64>(at));
  else if (kind === kindBool) writeNumber(<f64>load<i32>(at));
  else {
    const p = <usize>load<u32>(at);
    if (p === 0) stopFor(reasonNothing);
    if (kind === kindRef) writeObject(heapType(detailOf(type)), p);
    else {
      writeNumber(<f64>unitCount(p));
      writeBytes(unitAddress(p, 0), (<usize>unitCount(p)) << 1);
    }
  }
}

function writeObject(type: usize, p: usize): void {
  // What is referred to twice is written twice.
  spend(1);
  if (depth++ > deepest) stopFor(reasonResultDepth);
  const kind = word(type, 0);
  const rest = details(type);
  if (kind === objectRecord) {
    let cell = rest + 4;
    let base = p + headerBytes;
    for (let fields = word(rest, 0); fields > 0; fields--) {
      if (!isHidden(cell)) writeCell(cell, base);
      base += cellBytes(cell);
      cell = afterCell(cell);
    }
  } else if (kind === objectList) {
    const length = listLength(p);
    writeNumber(<f64>length);
    for (let i = 0; i < length; i++) writeCell(rest, slotAddress(p, i, elementBytes(type)));
  } else if (kind === objectMap) {
    writeNumber(mapSize(p));
    for (let i = mapNext(p, 0); i >= 0; i = mapNext(p, i + 1)) {
      // Keys that are booleans lie in maps as numbers.
      if (kindOf(word(rest, 0)) === kindBool) writeNumber(load<f64>(mapKeyAt(p, i)));
      else writeValue(word(rest, 0), mapKeyAt(p, i));
      writeCell(rest + 4, mapValueAt(p, i));
    }
  } else writeBox(p);
  depth--;
}

function writeBox(p: usize): void {
  const given = <usize>load<u32>(p, headerBytes);
  if (given === 0) stopFor(reasonNothing);
  const v = isDense(given) ? given : copyDense(given);
  for (let axis = 0; axis < rankOf(v); axis++) writeNumber(<f64>dimOf(v, axis));
  writeBytes(pointerOf(v), bytesOf(v));
  if (v !== given) freeView(v);
}

function writeCell(cell: usize, base: usize): void {
  const options = optionCount(cell);
  if (options === 0) return;
  if (options === 1) {
    if (optionType(cell, 0) >= 0) writeValue(optionType(cell, 0), base);
    return;
  }
  const tag = load<f64>(base);
  writeNumber(tag);
  const leaf = choose(cell, tag);
  if (leaf >= 0 && chosen >= 0) writeValue(chosen, base + ((<usize>leaf) << 3));
}
