/**
 * Strings: +8 the length in UTF-16 units, +12 the hash (0 while unknown), +16 the units. Making and
 * taking them, their units, their order and their hash.
 */

import { alloc, allocRaw, free, retain } from "./allocate";
import { blockBytes, countOf, fail, invalidCodePoint, setCount, textTooLong } from "./header";
import { position, toUint32 } from "./number-arguments";

const lengthAt: usize = 8;
const hashAt: usize = 12;
const fieldBytes: usize = 8;
const unitsAt: usize = 16;

export const mostUnits: i32 = 1 << 29;

/** "Infinity", the first letter lowest. */
export const infinityLetters: u64 = (0x7974696e << 32) | 0x69666e49;

export function unitCount(s: usize): i32 {
  return load<i32>(s, lengthAt);
}

/** The address of unit `i`. */
export function unitAddress(s: usize, i: i32): usize {
  return s + unitsAt + ((<usize>i) << 1);
}

export function unitOf(s: usize, i: i32): i32 {
  return load<u16>(unitAddress(s, i));
}

/** A string of `length` zeros, for the host to fill. */
export function strNew(length: i32): usize {
  if (<u32>length > <u32>mostUnits) fail(textTooLong);
  const s = alloc(fieldBytes + ((<usize>length) << 1));
  store<i32>(s, length, lengthAt);
  return s;
}

/** As `strNew`, with anything for its units. */
export function newText(length: i32): usize {
  if (<u32>length > <u32>mostUnits) fail(textTooLong);
  const s = allocRaw(fieldBytes + ((<usize>length) << 1));
  store<i32>(s, length, lengthAt);
  store<i32>(s, 0, hashAt);
  return s;
}

/** A string of the `length` units at `from`. */
export function textFrom(from: usize, length: i32): usize {
  const s = newText(length);
  copyUnits(unitAddress(s, 0), from, length);
  return s;
}

/** Engines leave the module for `memory.copy`, which costs more than a short text. */
const shortUnits: i32 = 32;

/** To where nothing of `from` lies. */
export function copyUnits(to: usize, from: usize, length: i32): void {
  const bytes = (<usize>length) << 1;
  if (length > shortUnits) {
    memory.copy(to, from, bytes);
    return;
  }
  const end = from + bytes;
  for (; from + 8 <= end; from += 8, to += 8) store<u64>(to, load<u64>(from));
  for (; from < end; from += 2, to += 2) store<u16>(to, load<u16>(from));
}

export function oneUnit(unit: i32): usize {
  const s = newText(1);
  store<u16>(unitAddress(s, 0), <u16>unit);
  return s;
}

/** The units from `from` up to `to`; the string itself where that is all of it. */
export function part(s: usize, from: i32, to: i32): usize {
  if (from === 0 && to === unitCount(s)) {
    retain(s);
    return s;
  }
  return textFrom(unitAddress(s, from), to - from);
}

export function strLength(s: usize): f64 {
  return <f64>unitCount(s);
}

export function strConcat(a: usize, b: usize): usize {
  const first = unitCount(a);
  const second = unitCount(b);
  if (second === 0) return part(a, 0, first);
  if (first === 0) return part(b, 0, second);
  const s = newText(first + second);
  copyUnits(unitAddress(s, 0), unitAddress(a, 0), first);
  copyUnits(unitAddress(s, first), unitAddress(b, 0), second);
  return s;
}

/**
 * `a + b`, which takes over the reference to `a`. Where that is the only one, `a` itself becomes longer: in its block
 * as long as there is room, which grows by half, so that a text put together from many pieces costs little.
 */
export function strAppend(a: usize, b: usize): usize {
  const first = unitCount(a);
  const more = unitCount(b);
  if (countOf(a) !== 1 && (first === 0 || more === 0)) {
    const s = strConcat(a, b);
    release(a);
    return s;
  }
  const s = lengthened(a, first + more);
  if (more === 1) store<u16>(unitAddress(s, first), load<u16>(unitAddress(b, 0)));
  else copyUnits(unitAddress(s, first), unitAddress(b, 0), more);
  return s;
}

/** The same with a number, in decimal. */
export function strAppendInt(a: usize, n: i32): usize {
  const sign = <i32>(n < 0);
  const size = <u32>(sign ? -n : n);
  const first = unitCount(a);
  const length = first + sign + digitsOf(size);
  const s = lengthened(a, length);
  if (sign) store<u16>(unitAddress(s, first), 0x2d);
  putDigits(unitAddress(s, length), size);
  return s;
}

/** The same with `more` units, which are the caller's to write. */
export function strLonger(a: usize, more: i32): usize {
  const length = unitCount(a) + more;
  if (<u32>length > <u32>mostUnits) fail(textTooLong);
  return lengthened(a, length);
}

/** Writes a text's units at an address; gives the address after them. */
export function strPut(at: usize, s: usize): usize {
  const length = unitCount(s);
  copyUnits(at, unitAddress(s, 0), length);
  return at + ((<usize>length) << 1);
}

/** The same with an integer that takes `units` units. */
export function strPutInt(at: usize, n: i32, units: i32): usize {
  const end = at + ((<usize>units) << 1);
  if (n < 0) store<u16>(at, 0x2d);
  putDigits(end, <u32>(n < 0 ? -n : n));
  return end;
}

/** How many units an integer takes in decimal. */
export function intUnits(n: i32): i32 {
  return n < 0 ? digitsOf(<u32>-n) + 1 : digitsOf(<u32>n);
}

/** A text of `length` that begins as `a` does, whose reference it takes over; the other units are anything. */
function lengthened(a: usize, length: i32): usize {
  const isOwn = countOf(a) === 1;
  let s = a;
  if (!isOwn || <u32>length > roomOf(a)) {
    const first = unitCount(a);
    s = newText(isOwn ? max(length, min(first + (first >> 1), mostUnits)) : length);
    copyUnits(unitAddress(s, 0), unitAddress(a, 0), first);
    if (isOwn) free(a);
    else release(a);
  }
  store<i32>(s, length, lengthAt);
  store<i32>(s, 0, hashAt);
  return s;
}

/** How many units a text's block has room for. */
function roomOf(s: usize): u32 {
  return <u32>(blockBytes(s) - unitsAt) >> 1;
}

/** Takes back one of several references; none is counted of what is never freed. */
function release(s: usize): void {
  const count = countOf(s);
  if (count > 0) setCount(s, count - 1);
}

export function strEqual(a: usize, b: usize): bool {
  if (a === b) return true;
  const length = unitCount(a);
  return length === unitCount(b) && sameUnits(unitAddress(a, 0), unitAddress(b, 0), length);
}

export function sameUnits(a: usize, b: usize, length: i32): bool {
  const end = a + ((<usize>length) << 1);
  for (; a + 8 <= end; a += 8, b += 8) if (load<u64>(a) !== load<u64>(b)) return false;
  for (; a < end; a += 2, b += 2) if (load<u16>(a) !== load<u16>(b)) return false;
  return true;
}

/** −1, 0 or 1, by UTF-16 units as JavaScript compares. */
export function strCompare(a: usize, b: usize): i32 {
  const first = unitCount(a);
  const second = unitCount(b);
  const both = min(first, second);
  for (let i = 0; i < both; i++) {
    const difference = unitOf(a, i) - unitOf(b, i);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return first < second ? -1 : first > second ? 1 : 0;
}

/** FNV-1a over the units, 1 where that gives 0; kept, but in strings that are never changed. */
export function strHash(s: usize): i32 {
  const known = load<i32>(s, hashAt);
  if (known !== 0) return known;
  let hash: i32 = 0x811c9dc5;
  const end = unitAddress(s, unitCount(s));
  for (let at = unitAddress(s, 0); at < end; at += 2) hash = (hash ^ load<u16>(at)) * 0x01000193;
  if (hash === 0) hash = 1;
  if (countOf(s) >= 0) store<i32>(s, hash, hashAt);
  return hash;
}

/** `s[i]`: 0 where `i` is not the number of a unit. */
export function strAt(s: usize, i: f64): usize {
  const at = <i32>i;
  return <f64>at === i && <u32>at < <u32>unitCount(s) ? oneUnit(unitOf(s, at)) : 0;
}

/** The unit at `trunc(i)`, −1 where there is none. */
function unitNear(s: usize, i: f64): i32 {
  const length = unitCount(s);
  const at = position(i, -1, length);
  return <u32>at < <u32>length ? unitOf(s, at) : -1;
}

export function strCharAt(s: usize, i: f64): usize {
  const unit = unitNear(s, i);
  return unit < 0 ? newText(0) : oneUnit(unit);
}

export function strCodeAt(s: usize, i: f64): f64 {
  const unit = unitNear(s, i);
  return unit < 0 ? NaN : <f64>unit;
}

/** −1 where JavaScript gives undefined. */
export function strCodePointAt(s: usize, i: f64): f64 {
  const unit = unitNear(s, i);
  const at = <i32>i;
  if (unit < 0 || pointUnits(s, at) === 1) return <f64>unit;
  return <f64>(((unit & 0x3ff) << 10) + (unitOf(s, at + 1) & 0x3ff) + 0x10000);
}

/** How many units the code point at unit `i` takes. */
export function pointUnits(s: usize, i: i32): i32 {
  if ((unitOf(s, i) & 0xfc00) !== 0xd800 || i + 1 >= unitCount(s)) return 1;
  return (unitOf(s, i + 1) & 0xfc00) === 0xdc00 ? 2 : 1;
}

/** The code point that begins at unit `i`, as a string. */
export function strNextPoint(s: usize, i: i32): usize {
  return part(s, i, i + pointUnits(s, i));
}

export function strFromCode(code: f64): usize {
  return oneUnit(<i32>(toUint32(code) & 0xffff));
}

export function strFromCodePoint(point: f64): usize {
  const value = <i32>point;
  if (<f64>value !== point || <u32>value > 0x10ffff) fail(invalidCodePoint);
  if (value < 0x10000) return oneUnit(value);
  const s = newText(2);
  store<u16>(unitAddress(s, 0), <u16>(0xd800 + ((value - 0x10000) >> 10)));
  store<u16>(unitAddress(s, 1), <u16>(0xdc00 + (value & 0x3ff)));
  return s;
}

export function boolToStr(b: i32): usize {
  return b ? asciiText(0x65757274, 0, 4) : asciiText(0x736c6166, 0x65, 5);
}

/** A string of the first `length` of eight ASCII characters, the lowest byte first. */
export function asciiText(first: i32, second: i32, length: i32): usize {
  const s = newText(length);
  let bytes = ((<u64>second) << 32) | <u64>(<u32>first);
  for (let i = 0; i < length; i++, bytes >>= 8) store<u16>(unitAddress(s, i), <u16>(bytes & 0xff));
  return s;
}

/** An integer in decimal. */
export function intToStr(n: i32): usize {
  const sign = <i32>(n < 0);
  const size = <u32>(sign ? -n : n);
  const length = sign + digitsOf(size);
  const text = newText(length);
  if (sign) store<u16>(unitAddress(text, 0), 0x2d);
  putDigits(unitAddress(text, length), size);
  return text;
}

/** Writes the digits of a number so that they end at an address. */
function putDigits(end: usize, n: u32): void {
  for (; n >= 10; n /= 10) {
    end -= 2;
    store<u16>(end, <u16>(0x30 + (n % 10)));
  }
  store<u16>(end - 2, <u16>(0x30 + n));
}

function digitsOf(n: u32): i32 {
  if (n < 10000) return n < 100 ? (n < 10 ? 1 : 2) : n < 1000 ? 3 : 4;
  let digits = 5;
  for (n /= 100000; n !== 0; n /= 10) digits++;
  return digits;
}
