/** Operations on maps. */

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
  mapNext,
  mapPutNum,
  mapPutRef,
  mapPutStr,
  mapSize,
  mapUnlock,
  mapUsed,
  mapValueAt,
} from "../heap/maps";
import { kindBool, kindNumber, kindText } from "../ops/program-format";
import { changeLeaf, takeLeaf, typeIn, whole } from "./leaves";
import { spendOn } from "./limits";
import { releaseEntry } from "./objects";
import {
  boolIn,
  kindOf,
  numberIn,
  objectIn,
  pointerIn,
  retainIt,
  setBool,
  setNumber,
  typeOf,
} from "./registers";
import { reasonUnlawful, stopFor } from "./stop";
import { next, operationWords } from "./words";

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
