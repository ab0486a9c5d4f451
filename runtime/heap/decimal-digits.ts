/**
 * The decimal digits of a number: the fewest that no other number shares, as JavaScript prints them, or
 * as many as are asked for, rounded. The algorithm is Steele and White's with exact arithmetic (Burger
 * and Dybvig, "Printing Floating-Point Numbers Quickly and Accurately", 1996): it needs no tables.
 */

import { allocRaw, free } from "./allocate";
import {
  bigAdd,
  bigBits,
  bigBytes,
  bigCompare,
  bigCopy,
  bigMultiply,
  bigQuotient,
  bigSet,
  bigShift,
  bigSubtract,
  bigTimes5,
} from "./big-numbers";
import { headerBytes } from "./header";

/** No result has more: `toFixed` of just below 10^21 with 100 decimals. */
const mostDigits: usize = 128;

/** The number is 0.d₁d₂d₃… × 10^point. */
export let point: i32 = 0;
export let digitCount: i32 = 0;

/** The block of what follows. */
let scratch: usize = 0;
/** One byte for each digit. */
let digits: usize = 0;
/** The number that is still to be printed is r/s; half of the gap to its lower neighbour is m/s. */
let r: usize = 0;
let s: usize = 0;
let m: usize = 0;
/** For sums that are only compared. */
let sum: usize = 0;

/** Whether the gap above the number is twice the gap below. */
let hasWideGap: bool = false;
/** Whether numbers in the middle of a gap are rounded to this one. */
let hasMiddles: bool = false;

export function openDigits(): void {
  scratch = allocRaw(4 * bigBytes + mostDigits);
  r = scratch + headerBytes;
  s = r + bigBytes;
  m = s + bigBytes;
  sum = m + bigBytes;
  digits = sum + bigBytes;
  digitCount = 0;
  point = 0;
}

export function closeDigits(): void {
  free(scratch);
}

/** Digit `i` as a character; after the last come zeros. */
export function digitAt(i: i32): i32 {
  return 0x30 + (i < digitCount ? <i32>load<u8>(digits + <usize>i) : 0);
}

function addDigit(digit: i32): void {
  store<u8>(digits + <usize>digitCount, <u8>digit);
  digitCount++;
}

/** The fewest digits that give `x`, finite and above 0, when they are read; of these the nearest. */
export function shortestDigits(x: f64): void {
  if (fewDigits(x)) return;
  setUp(x);
  if (reachesAbove()) {
    point++;
  } else {
    bigMultiply(r, 10, 0);
    bigMultiply(m, 10, 0);
  }
  while (true) {
    const digit = takeDigit();
    const below = bigCompare(r, m);
    const isLow = below < 0 || (below === 0 && hasMiddles);
    const isHigh = reachesAbove();
    if (!isLow && !isHigh) {
      addDigit(digit);
      bigMultiply(r, 10, 0);
      bigMultiply(m, 10, 0);
    } else {
      addDigit(isHigh && (!isLow || isNextNearer(digit)) ? digit + 1 : digit);
      return;
    }
  }
}

/**
 * Most numbers of programs have at most 15 digits. `n ÷ 10^k` with `n` < 10^15 and `k` ≤ 22 is rounded
 * once, and at most one `n` gives `x`: the smallest `k` that does has the fewest digits.
 */
function fewDigits(x: f64): bool {
  if (x >= 1e15) return false;
  let power: f64 = 1;
  for (let k = 0; k <= 22; k++, power *= 10) {
    const n = nearest(x * power);
    if (n >= 1e15) return false;
    if (n / power !== x) continue;
    addInteger(<u64>n, -k);
    return true;
  }
  return false;
}

/** The digits of `n × 10^exponent` without zeros at the end; `n` is not 0. */
function addInteger(n: u64, exponent: i32): void {
  for (; n % 10 === 0; n /= 10) exponent++;
  for (let rest = n; rest > 0; rest /= 10) digitCount++;
  for (let at = digitCount - 1; at >= 0; at--, n /= 10) store<u8>(digits + <usize>at, <u8>(n % 10));
  point = digitCount + exponent;
}

/** Digits up to `decimals` places after the point, rounded to nearest, halves away from zero. */
export function digitsToPlace(x: f64, decimals: i32): void {
  setUp(x);
  aim();
  roundAfter(point + decimals);
}

/** `count` digits, at least 1, rounded to nearest, halves away from zero. */
export function digitsInAll(x: f64, count: i32): void {
  setUp(x);
  aim();
  roundAfter(count);
}

/** Finds `point` and makes r/s the first digit with what follows. */
function aim(): void {
  if (bigCompare(r, s) >= 0) point++;
  else bigMultiply(r, 10, 0);
}

function roundAfter(count: i32): void {
  // Below a twentieth of the last place, or without digits before it.
  if (count < 0) return;
  for (let i = 0; i < count; i++) {
    addDigit(takeDigit());
    bigMultiply(r, 10, 0);
  }
  // The next digit with what follows is r/s.
  bigMultiply(s, 5, 0);
  if (bigCompare(r, s) < 0) return;
  let last = digitCount - 1;
  while (last >= 0 && load<u8>(digits + <usize>last) === 9) last--;
  digitCount = last + 1;
  if (last >= 0) {
    store<u8>(digits + <usize>last, load<u8>(digits + <usize>last) + 1);
  } else {
    addDigit(1);
    point++;
  }
}

/** r, s and m for `x`, scaled by the power of ten that `point` is, at most one too small. */
function setUp(x: f64): void {
  const bits = reinterpret<u64>(x);
  const biased = <i32>(bits >> 52);
  const isNormal = biased !== 0;
  const fraction = bits & 0xfffffffffffff;
  const significand = isNormal ? fraction | (1 << 52) : fraction;
  const exponent = isNormal ? biased - 1075 : -1074;
  hasMiddles = (significand & 1) === 0;
  hasWideGap = fraction === 0 && biased > 1;
  // m is half a gap, so r and s are doubled; and once more where the gap below is the half.
  const doubled = hasWideGap ? 2 : 1;
  bigSet(r, significand);
  bigShift(r, max(exponent, 0) + doubled);
  bigSet(s, 1);
  bigShift(s, max(-exponent, 0) + doubled);
  bigSet(m, 1);
  bigShift(m, max(exponent, 0));
  const log2 = exponent + 63 - <i32>clz<u64>(significand);
  point = <i32>ceil(<f64>log2 * 0.30102999566398114 - 1e-10);
  if (point >= 0) {
    times10(s, point);
  } else {
    times10(r, -point);
    times10(m, -point);
  }
  // For bigQuotient: r stays below 10 s.
  const room = (28 - bigBits(s)) & 31;
  bigShift(r, room);
  bigShift(s, room);
  bigShift(m, room);
}

function times10(p: usize, n: i32): void {
  bigTimes5(p, n);
  bigShift(p, n);
}

/** Whether r/s with half of the gap above is 1 or more (more, where a middle is not rounded to it). */
function reachesAbove(): bool {
  bigCopy(sum, r);
  bigAdd(sum, m);
  if (hasWideGap) bigAdd(sum, m);
  const order = bigCompare(sum, s);
  return order > 0 || (order === 0 && hasMiddles);
}

/** The whole part of r/s, which is taken off r. */
function takeDigit(): i32 {
  const digit = bigQuotient(r, s);
  if (digit !== 0) bigSubtract(r, s, digit);
  if (bigCompare(r, s) < 0) return digit;
  bigSubtract(r, s, 1);
  return digit + 1;
}

/** Whether r/s is above a half; at a half, whether `digit` is odd. */
function isNextNearer(digit: i32): bool {
  bigCopy(sum, r);
  bigAdd(sum, r);
  const order = bigCompare(sum, s);
  return order > 0 || (order === 0 && (digit & 1) === 1);
}
