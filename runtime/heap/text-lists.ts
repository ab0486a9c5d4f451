/** Strings to lists of strings and back. A slot of such a list is 8 bytes, the address first. */

import { fail, textTooLong } from "./header";
import { listLength, listNew, listPush, slotAddress } from "./lists";
import { toUint32 } from "./number-arguments";
import {
  copyUnits,
  mostUnits,
  newText,
  oneUnit,
  part,
  pointUnits,
  strNextPoint,
  textFrom,
  unitAddress,
  unitCount,
  unitOf,
} from "./strings";
import { findFrom } from "./text-search";

const stride: i32 = 8;

function add(list: usize, s: usize): void {
  store<u32>(listPush(list, stride), <u32>s);
}

/** At most `limit` (modulo 2^32) parts; 2^32 − 1 for all. */
export function strSplit(s: usize, separator: usize, limit: f64): usize {
  const list = listNew(0, stride);
  const most = toUint32(limit);
  const length = unitCount(s);
  const skipped = unitCount(separator);
  if (most === 0) return list;
  if (skipped === 0) {
    for (let i = 0; i < length && <u32>i < most; i++) add(list, oneUnit(unitOf(s, i)));
    return list;
  }
  let done = 0;
  for (let at = findFrom(s, separator, 0); at >= 0; at = findFrom(s, separator, done)) {
    add(list, textFrom(unitAddress(s, done), at - done));
    if (<u32>listLength(list) >= most) return list;
    done = at + skipped;
  }
  add(list, part(s, done, length));
  return list;
}

/** The code points of `s`, as `for … of` takes them. */
export function strChars(s: usize): usize {
  const length = unitCount(s);
  const list = listNew(length, stride);
  for (let i = 0; i < length; i += pointUnits(s, i)) add(list, strNextPoint(s, i));
  return list;
}

/** A slot of 0 is an empty text. */
export function strJoin(list: usize, separator: usize): usize {
  const count = listLength(list);
  const between = unitCount(separator);
  let total: i64 = count > 0 ? <i64>between * <i64>(count - 1) : 0;
  for (let i = 0; i < count; i++) total += unitsIn(list, i);
  if (total > <i64>mostUnits) fail(textTooLong);
  const s = newText(<i32>total);
  let to = unitAddress(s, 0);
  for (let i = 0; i < count; i++) {
    if (i > 0) {
      copyUnits(to, unitAddress(separator, 0), between);
      to += (<usize>between) << 1;
    }
    const units = unitsIn(list, i);
    if (units > 0) copyUnits(to, unitAddress(elementOf(list, i), 0), units);
    to += (<usize>units) << 1;
  }
  return s;
}

function elementOf(list: usize, i: i32): usize {
  return load<u32>(slotAddress(list, i, stride));
}

function unitsIn(list: usize, i: i32): i32 {
  const element = elementOf(list, i);
  return element === 0 ? 0 : unitCount(element);
}
