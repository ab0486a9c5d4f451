/**
 * Reads decimal numbers of any length, correctly rounded. Few digits with a small exponent are one
 * rounding of exact numbers (Clinger 1990); the others are divided exactly.
 */

import { allocRaw, free } from "./allocate";
import {
  bigBits,
  bigBytes,
  bigCompare,
  bigMultiply,
  bigSet,
  bigShift,
  bigSubtract,
  bigTimes5,
} from "./big-numbers";
import { headerBytes } from "./header";
import { infinityLetters, unitOf } from "./strings";

const zero: i32 = 0x30;
const dot: i32 = 0x2e;

/** Numbers in the middle between two doubles have at most 768 digits: beyond these any digit decides. */
const mostDigits: i32 = 800;

/** Where the number that was read last ended; where it began if there was none. */
export let endOfDecimal: i32 = 0;

function isDigit(s: usize, at: i32, end: i32): bool {
  return at < end && <u32>(unitOf(s, at) - zero) < 10;
}

/** The unsigned number, or Infinity, that begins at `from` and ends before `end`; NaN without one. */
export function readDecimal(s: usize, from: i32, end: i32): f64 {
  if (isInfinity(s, from, end)) {
    endOfDecimal = from + 8;
    return Infinity;
  }
  let significand: u64 = 0;
  /** Digits from the first that is not 0 on. */
  let count = 0;
  let decimals = 0;
  let at = from;
  let hasPoint = false;
  for (; isDigit(s, at, end) || (!hasPoint && at < end && unitOf(s, at) === dot); at++) {
    const digit = unitOf(s, at) - zero;
    if (digit < 0) {
      hasPoint = true;
      continue;
    }
    if (hasPoint) decimals++;
    if (digit !== 0 || count !== 0) count++;
    if (count <= 19) significand = significand * 10 + digit;
  }
  const last = at;
  if (at - from === (hasPoint ? 1 : 0)) {
    endOfDecimal = from;
    return NaN;
  }
  const exponent = readExponent(s, at, end) - <i64>decimals;
  if (count === 0) return 0;
  // Beyond all numbers, or nearer to 0 than to the smallest.
  if (exponent + <i64>count > 310) return Infinity;
  if (exponent + <i64>count < -326) return 0;
  const places = <i32>exponent;
  if (count <= 19 && significand <= 1 << 53 && abs(places) <= 22) {
    const power = powerOf10(abs(places));
    return places < 0 ? <f64>significand / power : <f64>significand * power;
  }
  return divided(s, from, last, count, places);
}

function isInfinity(s: usize, from: i32, end: i32): bool {
  if (end - from < 8) return false;
  for (let i = 0; i < 8; i++)
    if (unitOf(s, from + i) !== (<i32>(infinityLetters >> (i << 3)) & 0xff)) return false;
  return true;
}

/** The exponent at `at`, 0 where there is none; `endOfDecimal` is after it. */
function readExponent(s: usize, at: i32, end: i32): i64 {
  endOfDecimal = at;
  if (at >= end || (unitOf(s, at) | 0x20) !== 0x65) return 0;
  at++;
  const sign = at < end ? unitOf(s, at) : 0;
  if (sign === 0x2b || sign === 0x2d) at++;
  if (!isDigit(s, at, end)) return 0;
  let exponent: i64 = 0;
  for (; isDigit(s, at, end); at++)
    if (exponent < 1000000000000) exponent = exponent * 10 + <i64>(unitOf(s, at) - zero);
  endOfDecimal = at;
  return sign === 0x2d ? -exponent : exponent;
}

/** Exact up to 10^22. */
function powerOf10(n: i32): f64 {
  let power: f64 = 1;
  for (; n > 0; n--) power *= 10;
  return power;
}

/** The `count` digits between `from` and `end` without leading zeros, times 10^exponent. */
function divided(s: usize, from: i32, end: i32, count: i32, exponent: i32): f64 {
  const scratch = allocRaw(2 * bigBytes);
  const n = scratch + headerBytes;
  const d = n + bigBytes;
  const taken = readDigits(n, s, from, end);
  const places = exponent + count - taken;
  bigSet(d, 1);
  bigTimes5(places < 0 ? d : n, abs(places));
  const result = quotient(n, d, places);
  free(scratch);
  return result;
}

/** Puts the significant digits into `n`, a 1 for all beyond `mostDigits`. Returns how many there are. */
function readDigits(n: usize, s: usize, from: i32, end: i32): i32 {
  bigSet(n, 0);
  let taken = 0;
  let isInexact = false;
  for (let at = from; at < end; at++) {
    const digit = unitOf(s, at) - zero;
    if (digit < 0 || (digit === 0 && taken === 0)) continue;
    if (taken < mostDigits) {
      bigMultiply(n, 10, digit);
      taken++;
    } else if (digit !== 0) {
      isInexact = true;
    }
  }
  if (!isInexact) return taken;
  bigMultiply(n, 10, 1);
  return taken + 1;
}

/** `n ÷ d × 2^exponent`, rounded to nearest even. */
function quotient(n: usize, d: usize, exponent: i32): f64 {
  const gap = bigBits(n) - bigBits(d);
  bigShift(gap > 0 ? d : n, abs(gap));
  let log2 = exponent + gap;
  if (bigCompare(n, d) < 0) {
    bigShift(n, 1);
    log2--;
  }
  // Now 1 ≤ n ÷ d < 2. Numbers below 2^−1022 have fewer bits.
  const kept = min(53, log2 + 1075);
  if (log2 > 1023) return Infinity;
  if (kept < 0) return 0;
  let significand: u64 = 0;
  for (let i = 0; i < kept; i++) {
    significand <<= 1;
    if (bigCompare(n, d) >= 0) {
      bigSubtract(n, d, 1);
      significand |= 1;
    }
    bigShift(n, 1);
  }
  const rest = bigCompare(n, d);
  if (rest > 0 || (rest === 0 && (significand & 1) === 1)) significand++;
  // The leading bit, and a carry out of the significand, add to the exponent.
  return reinterpret<f64>(((<u64>max(log2 + 1022, 0)) << 52) + significand);
}
