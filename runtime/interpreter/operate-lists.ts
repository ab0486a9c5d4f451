/** Operations on lists. */

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
import { unitCount } from "../heap/strings";
import { strJoin } from "../heap/text-lists";
import { kindBool } from "../ops/program-format";
import { changeLeaf, putLeaf, takeLeaf, typeIn, whole } from "./leaves";
import { spendOn } from "./limits";
import { elementBytes, leafCount, leafType, releaseElements } from "./objects";
import { copyDense } from "./operate-move";
import {
  detailOf,
  give,
  isCounted,
  kindOf,
  numberIn,
  objectIn,
  pointerIn,
  retainIt,
  setNumber,
  typeOf,
} from "./registers";
import { reasonUnlawful, stop, stopFor } from "./stop";
import {
  bytesOf,
  dimOf,
  dtypeBool,
  dtypeOf,
  elementAt,
  freeView,
  isDense,
  isInteger,
  newTensor,
  pointerOf,
  setElement,
  shiftOf,
} from "./tensors";
import { next, operationWords } from "./words";

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
    const x = elementAt(dtype, pointerOf(v) + ((<usize>i) << shiftOf(dtype)));
    if (dtype === dtypeBool) store<i32>(to, <i32>x);
    else store<f64>(to, x);
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
  setElement(dtype, to, x);
  if (isInteger(dtype) && elementAt(dtype, to) !== x) stop(site);
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
