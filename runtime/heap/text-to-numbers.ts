/** Texts to numbers, as JavaScript's Number, parseFloat and parseInt read them. */

import { toUint32 } from "./number-arguments";
import { endOfDecimal, readDecimal } from "./read-decimal";
import { unitCount, unitOf } from "./strings";
import { skipSpace, spaceStart } from "./text-parts";

const minus: i32 = 0x2d;
const plus: i32 = 0x2b;
const zero: i32 = 0x30;

/** The unit at `i`, −1 at `end` and after. */
function unitBefore(s: usize, i: i32, end: i32): i32 {
  return i < end ? unitOf(s, i) : -1;
}

function isSign(unit: i32): bool {
  return unit === minus || unit === plus;
}

/** The value of a digit or of a letter of either case; 36 for other units. */
function digitValue(unit: i32): i32 {
  if (<u32>(unit - zero) < 10) return unit - zero;
  const letter = (unit | 0x20) - 0x61;
  return <u32>letter < 26 ? letter + 10 : 36;
}

export function strToNum(s: usize): f64 {
  const from = skipSpace(s, 0);
  const end = spaceStart(s, from);
  if (from === end) return 0;
  const first = unitOf(s, from);
  if (first === zero && end - from > 2) {
    const mark = unitOf(s, from + 1) | 0x20;
    const bits = mark === 0x78 ? 4 : mark === 0x6f ? 3 : mark === 0x62 ? 1 : 0;
    if (bits !== 0) {
      const value = readBits(s, from + 2, end, bits);
      return endOfDigits === end ? value : NaN;
    }
  }
  const value = readSigned(s, from, end);
  return endOfDecimal === end ? value : NaN;
}

/** The number that `s` begins with. */
export function strToFloat(s: usize): f64 {
  return readSigned(s, skipSpace(s, 0), unitCount(s));
}

/** A decimal number or Infinity with a sign, up to `endOfDecimal`; NaN where there is none. */
function readSigned(s: usize, from: i32, end: i32): f64 {
  const sign = unitBefore(s, from, end);
  const value = readDecimal(s, isSign(sign) ? from + 1 : from, end);
  return sign === minus ? -value : value;
}

/** Where digits in another base than ten ended. */
let endOfDigits: i32 = 0;

/**
 * The digits from `from` on in the base 2^bits, rounded to nearest even; NaN where there are none. What
 * is beyond 58 bits only counts as there or not there, far below the last bit of the result.
 */
function readBits(s: usize, from: i32, end: i32, bits: i32): f64 {
  let value: u64 = 0;
  let dropped: i64 = 0;
  /** 1 where a dropped digit is not 0. */
  let lost: u64 = 0;
  let at = from;
  for (; at < end; at++) {
    const digit = digitValue(unitOf(s, at));
    if (digit >> bits !== 0) break;
    if (value >> 58 === 0) {
      value = (value << bits) | digit;
    } else {
      dropped += bits;
      if (digit !== 0) lost = 1;
    }
  }
  endOfDigits = at;
  if (at === from) return NaN;
  let result = <f64>(value | lost);
  for (let n = min(dropped, 1024); n > 0; n--) result *= 2;
  return result;
}

export function strToInt(s: usize, radix: f64): f64 {
  const end = unitCount(s);
  let at = skipSpace(s, 0);
  const sign = unitBefore(s, at, end);
  if (isSign(sign)) at++;
  let base = <i32>toUint32(radix);
  if (base !== 0 && (base < 2 || base > 36)) return NaN;
  const isHex = unitBefore(s, at, end) === zero && (unitBefore(s, at + 1, end) | 0x20) === 0x78;
  if (isHex && (base === 0 || base === 16)) {
    at += 2;
    base = 16;
  }
  if (base === 0) base = 10;
  const value = readDigits(s, at, end, base);
  return sign === minus ? -value : value;
}

/** The digits from `at` on in `base`; NaN where there are none. */
function readDigits(s: usize, at: i32, end: i32, base: i32): f64 {
  if ((base & (base - 1)) === 0) return readBits(s, at, end, <i32>ctz<i32>(base));
  let last = at;
  while (last < end && digitValue(unitOf(s, last)) < base) last++;
  if (last === at) return NaN;
  return base === 10 ? readDecimal(s, at, last) : readParts(s, at, last, base);
}

/**
 * JavaScript leaves the rounding of large integers in such bases to the engine; this is V8's: parts that
 * fit 32 bits are added up in floating point.
 */
function readParts(s: usize, from: i32, end: i32, base: i32): f64 {
  const most: u32 = 0xffffffff / 36;
  let value: f64 = 0;
  let at = from;
  while (at < end && unitOf(s, at) === zero) at++;
  while (at < end) {
    let part: u32 = 0;
    let multiplier: u32 = 1;
    for (; at < end && multiplier * <u32>base <= most; at++) {
      part = part * <u32>base + <u32>digitValue(unitOf(s, at));
      multiplier *= <u32>base;
    }
    value = value * <f64>multiplier + <f64>part;
  }
  return value;
}
