/** Operations on what lies on the heap: boxes, records, lists and maps. */

import { alloc } from "../heap/allocate";
import { headerBytes } from "../heap/header";
import {
  listCopy,
  listInsert,
  listLength,
  listNew,
  listPush,
  listRemove,
  listResize,
  listReverse,
  listSlot,
  slotAddress,
} from "../heap/lists";
import {
  mapAdded,
  mapClear,
  mapDropNum,
  mapDropRef,
  mapDropStr,
  mapFindNum,
  mapFindRef,
  mapFindStr,
  mapKeyAt,
  mapLock,
  mapNew,
  mapNext,
  mapPutNum,
  mapPutRef,
  mapPutStr,
  mapSize,
  mapUnlock,
  mapUsed,
  mapValueAt,
} from "../heap/maps";
import { unitCount } from "../heap/strings";
import { strJoin } from "../heap/text-lists";
import { kindBool, kindNumber, kindText, objectList, objectRecord } from "../ops/program-format";
import { spendOn } from "./limits";
import {
  elementBytes,
  heapType,
  leafCount,
  leafType,
  releaseElements,
  releaseEntry,
} from "./objects";
import { copyDense } from "./operate-move";
import {
  boolIn,
  copyValue,
  detailOf,
  give,
  isCounted,
  kindOf,
  numberIn,
  objectIn,
  pointerIn,
  reg,
  replaceValue,
  retainIt,
  setBool,
  setNumber,
  typeOf,
} from "./registers";
import { reasonUnlawful, stop, stopFor } from "./stop";
import {
  bytesOf,
  dimOf,
  dtypeBool,
  dtypeF32,
  dtypeOf,
  freeView,
  isDense,
  newTensor,
  pointerOf,
  shiftOf,
} from "./tensors";
import { next, operationWords, word } from "./words";

/** The type of the object in a register. */
function typeIn(r: i32): usize {
  return heapType(detailOf(typeOf(r)));
}

export function runSame(): void {
  const d = next();
  const a = pointerIn(next());
  setBool(d, a === pointerIn(next()) ? 1 : 0);
}

/** A box refers to a tensor, whose elements nothing changes; of nothing, as long as nothing reads it. */
export function runBox(): void {
  const d = next();
  const v = pointerIn(next());
  const box = alloc(8);
  store<u32>(box, <u32>v, headerBytes);
  retainIt(v);
  give(d, box);
}

export function runUnbox(): void {
  const d = next();
  const box = pointerIn(next());
  const v: usize = box === 0 ? 0 : <usize>load<u32>(box, headerBytes);
  retainIt(v);
  give(d, v);
}

/** d, leaves, count. The count comes last, so `words` says how many there are. */
export function runNew(): void {
  const words = operationWords;
  const d = next();
  const count = words - 3;
  const type = typeIn(d);
  const kind = word(type, 0);
  let p: usize = 0;
  if (kind === objectRecord) {
    p = alloc((<usize>count) << 3);
    for (let i = 0; i < count; i++) putLeaf(type, p + headerBytes, i, next());
  } else if (kind === objectList) {
    const leaves = leafCount(type);
    const elements = leaves === 0 ? 0 : count / leaves;
    p = listNew(elements, elementBytes(type));
    for (let i = 0; i < elements; i++) {
      const slot = listPush(p, elementBytes(type));
      for (let leaf = 0; leaf < leaves; leaf++) putLeaf(type, slot, leaf, next());
    }
  } else p = mapNew(leafCount(type));
  next();
  give(d, p);
}

/** Into a place that holds nothing. */
function putLeaf(type: usize, base: usize, leaf: i32, from: i32): void {
  copyValue(leafType(type, leaf), base + ((<usize>leaf) << 3), reg(from));
}

/** From a leaf, or zero where there is none. */
function takeLeaf(d: i32, base: usize, leaf: i32): void {
  const type = typeOf(d);
  if (base === 0) {
    if (isCounted(type)) give(d, 0);
    else store<u64>(reg(d), 0);
    return;
  }
  replaceValue(type, reg(d), base + ((<usize>leaf) << 3));
}

function changeLeaf(base: usize, leaf: i32, from: i32): void {
  replaceValue(typeOf(from), base + ((<usize>leaf) << 3), reg(from));
}

export function runFieldGet(): void {
  const d = next();
  const record = objectIn(next());
  takeLeaf(d, record + headerBytes, next());
}

export function runFieldSet(): void {
  const record = objectIn(next());
  const from = next();
  changeLeaf(record + headerBytes, next(), from);
}

export function runListLength(): void {
  const d = next();
  setNumber(d, <f64>listLength(objectIn(next())));
}

export function runListGet(): void {
  const d = next();
  const list = next();
  const slot = listSlot(objectIn(list), numberIn(next()), elementBytes(typeIn(list)));
  takeLeaf(d, slot, next());
}

export function runListSet(): void {
  const list = next();
  const slot = listSlot(objectIn(list), numberIn(next()), elementBytes(typeIn(list)));
  const from = next();
  const leaf = next();
  if (slot !== 0) changeLeaf(slot, leaf, from);
}

/** list, leaves, count */
export function runListPush(): void {
  const words = operationWords;
  const list = next();
  const type = typeIn(list);
  const slot = listPush(objectIn(list), elementBytes(type));
  for (let leaf = 0; leaf < words - 3; leaf++) putLeaf(type, slot, leaf, next());
  next();
}

/** For work on so many elements of a list of this type. */
function charge(type: usize, elements: i32): void {
  spendOn(<i64>elements * <i64>elementBytes(type));
}

function whole(r: i32): i32 {
  return <i32>numberIn(r);
}

export function runListResize(): void {
  const list = next();
  const p = objectIn(list);
  const type = typeIn(list);
  const length = max(0, whole(next()));
  charge(type, max(length, listLength(p)));
  releaseElements(type, p, length, listLength(p));
  listResize(p, length, elementBytes(type));
}

export function runListInsert(): void {
  const list = next();
  const place = whole(next());
  const count = whole(next());
  charge(typeIn(list), listLength(objectIn(list)));
  charge(typeIn(list), max(0, count));
  listInsert(objectIn(list), place, count, elementBytes(typeIn(list)));
}

export function runListRemove(): void {
  const list = next();
  const p = objectIn(list);
  const type = typeIn(list);
  charge(type, listLength(p));
  const from = min(max(0, whole(next())), listLength(p));
  const count = min(max(0, whole(next())), listLength(p) - from);
  releaseElements(type, p, from, from + count);
  listRemove(p, from, count, elementBytes(type));
}

export function runListSlice(): void {
  const d = next();
  const list = next();
  const type = typeIn(list);
  const from = whole(next());
  const stride = elementBytes(type);
  charge(type, listLength(objectIn(list)));
  const copy = listCopy(objectIn(list), from, whole(next()), stride);
  for (let i = 0; i < listLength(copy); i++) {
    const slot = slotAddress(copy, i, stride);
    for (let leaf = 0; leaf < leafCount(type); leaf++) {
      if (isCounted(leafType(type, leaf))) retainIt(load<u32>(slot + ((<usize>leaf) << 3)));
    }
  }
  give(d, copy);
}

export function runListReverse(): void {
  const list = next();
  charge(typeIn(list), listLength(objectIn(list)));
  listReverse(objectIn(list), elementBytes(typeIn(list)));
}

export function runListJoin(): void {
  const d = next();
  const list = objectIn(next());
  spendOn(<i64>listLength(list));
  const made = strJoin(list, pointerIn(next()));
  spendOn(<i64>unitCount(made));
  give(d, made);
}

/** A list of the elements of a tensor of one axis. */
export function runListOfTensor(): void {
  const d = next();
  const x = objectIn(next());
  const v = isDense(x) ? x : copyDense(x);
  const dtype = dtypeOf(v);
  const count = dimOf(v, 0);
  spendOn(<i64>count);
  const list = listNew(count, 8);
  listResize(list, count, 8);
  for (let i = 0; i < count; i++) {
    const to = slotAddress(list, i, 8);
    const from = pointerOf(v) + ((<usize>i) << 2);
    if (dtype === dtypeBool) store<i32>(to, load<u8>(pointerOf(v) + <usize>i));
    else store<f64>(to, dtype === dtypeF32 ? <f64>load<f32>(from) : <f64>load<i32>(from));
  }
  if (v !== x) freeView(v);
  give(d, list);
}

/** d, list, site, shape: a tensor of the numbers or booleans of a list. */
export function runListToTensor(): void {
  const d = next();
  const r = next();
  const list = objectIn(r);
  const site = next();
  const v = newTensor(detailOf(typeOf(d)));
  const count = listLength(list);
  if (dimOf(v, 0) !== count) stopFor(reasonUnlawful);
  const type = typeIn(r);
  // Nothing was ever put into the list.
  if (leafCount(type) === 0) memory.fill(pointerOf(v), 0, bytesOf(v));
  else {
    const isBool = kindOf(leafType(type, 0)) === kindBool;
    for (let i = 0; i < count; i++) putElement(v, i, slotAddress(list, i, 8), isBool, site);
  }
  give(d, v);
}

function putElement(v: usize, i: i32, from: usize, isBool: bool, site: i32): void {
  const dtype = dtypeOf(v);
  const to = pointerOf(v) + ((<usize>i) << shiftOf(dtype));
  const x = isBool ? <f64>load<i32>(from) : load<f64>(from);
  if (dtype === dtypeF32) store<f32>(to, <f32>x);
  else if (dtype === dtypeBool) store<u8>(to, x !== 0 ? 1 : 0);
  else {
    if (<f64>(<i32>x) !== x) stop(site);
    store<i32>(to, <i32>x);
  }
}

/** d, list, shape: the tensors of a list of boxes, one after the other. */
export function runListStack(): void {
  const d = next();
  const list = objectIn(next());
  const v = newTensor(detailOf(typeOf(d)));
  const count = listLength(list);
  if (dimOf(v, 0) !== count) stopFor(reasonUnlawful);
  const bytes: usize = count === 0 ? 0 : bytesOf(v) / <usize>count;
  for (let i = 0; i < count; i++) {
    const box = <usize>load<u32>(slotAddress(list, i, 8));
    const x: usize = box === 0 ? 0 : <usize>load<u32>(box, headerBytes);
    if (x === 0 || bytesOf(x) !== bytes) stopFor(reasonUnlawful);
    copyElements(x, pointerOf(v) + <usize>i * bytes);
  }
  give(d, v);
}

function copyElements(x: usize, to: usize): void {
  const from = isDense(x) ? x : copyDense(x);
  memory.copy(to, pointerOf(from), bytesOf(from));
  if (from !== x) freeView(from);
}

export function runMapSize(): void {
  const d = next();
  setNumber(d, mapSize(objectIn(next())));
}

function keyNumber(r: i32): f64 {
  return kindOf(typeOf(r)) === kindBool ? <f64>boolIn(r) : numberIn(r);
}

function isNumberKey(kind: i32): bool {
  return kind === kindNumber || kind === kindBool;
}

/** The address of the value of the key in a register; 0 where there is none, as for a reference to nothing. */
function find(map: usize, key: i32): usize {
  const kind = kindOf(typeOf(key));
  if (isNumberKey(kind)) return mapFindNum(map, keyNumber(key));
  return kind === kindText ? mapFindStr(map, objectIn(key)) : mapFindRef(map, pointerIn(key));
}

export function runMapHas(): void {
  const d = next();
  const map = objectIn(next());
  setBool(d, find(map, next()) !== 0 ? 1 : 0);
}

export function runMapGet(): void {
  const d = next();
  const map = objectIn(next());
  const value = find(map, next());
  takeLeaf(d, value, next());
}

/** map, key, leaves, count */
export function runMapPut(): void {
  const words = operationWords;
  const map = objectIn(next());
  const key = next();
  const kind = kindOf(typeOf(key));
  let value: usize = 0;
  if (isNumberKey(kind)) value = mapPutNum(map, keyNumber(key));
  else {
    const p = objectIn(key);
    value = kind === kindText ? mapPutStr(map, p) : mapPutRef(map, p);
    if (mapAdded !== 0) retainIt(p);
  }
  for (let leaf = 0; leaf < words - 4; leaf++) changeLeaf(value, leaf, next());
  next();
}

export function runMapRemove(): void {
  const d = next();
  const map = next();
  const p = objectIn(map);
  const key = next();
  const kind = kindOf(typeOf(key));
  let gone: usize = 0;
  if (isNumberKey(kind)) gone = mapDropNum(p, keyNumber(key));
  else gone = kind === kindText ? mapDropStr(p, objectIn(key)) : mapDropRef(p, objectIn(key));
  if (gone !== 0) releaseEntry(typeIn(map), gone);
  setBool(d, gone !== 0 ? 1 : 0);
}

export function runMapClear(): void {
  const map = next();
  const p = objectIn(map);
  spendOn((<i64>mapUsed(p)) << 3);
  for (let i = mapNext(p, 0); i >= 0; i = mapNext(p, i + 1))
    releaseEntry(typeIn(map), mapKeyAt(p, i));
  mapClear(p);
}

export function runMapNext(): void {
  const d = next();
  const map = objectIn(next());
  const from = max(0, whole(next()));
  const found = mapNext(map, from);
  // Entries that were deleted are passed over.
  spendOn(found < 0 ? <i64>mapUsed(map) - <i64>from : <i64>found - <i64>from);
  setNumber(d, <f64>found);
}

/** A place where there is an entry. */
function place(map: usize, r: i32): i32 {
  const i = whole(r);
  if (i < 0 || mapNext(map, i) !== i) stopFor(reasonUnlawful);
  return i;
}

export function runMapKeyAt(): void {
  const d = next();
  const map = objectIn(next());
  const entry = mapKeyAt(map, place(map, next()));
  if (kindOf(typeOf(d)) === kindBool) setBool(d, load<f64>(entry) !== 0 ? 1 : 0);
  else takeLeaf(d, entry, 0);
}

export function runMapValueAt(): void {
  const d = next();
  const map = objectIn(next());
  const value = mapValueAt(map, place(map, next()));
  takeLeaf(d, value, next());
}

export function runMapHold(): void {
  mapLock(objectIn(next()));
}

export function runMapRelease(): void {
  mapUnlock(objectIn(next()));
}
