/** Numbers in other bases than ten. */

import { allocRaw, free } from "./allocate";
import { fail, headerBytes, invalidDigits } from "./header";
import { notFinite, numToStr } from "./numbers-to-text";
import { textFrom } from "./strings";

/** In base two: 1,024 digits before the point, 1,074 after it. */
const unitsBefore: usize = 1100;
const unitsAfter: usize = 1100;

function digitUnit(digit: i32): i32 {
  return digit < 10 ? 0x30 + digit : 0x57 + digit;
}

function digitOf(unit: i32): i32 {
  return unit > 0x39 ? unit - 0x57 : unit - 0x30;
}

/**
 * `x.toString(radix)`. Integers below 2^53 are exact; of others JavaScript leaves the digits to the
 * engine, and these are V8's: fractions stop where they tell `x` from its neighbours, and digits before
 * the point beyond 53 bits are zeros.
 */
export function numToRadix(x: f64, radix: f64): usize {
  const base = <i32>radix;
  if (!(radix >= 2 && radix < 37)) fail(invalidDigits);
  if (base === 10) return numToStr(x);
  if (!(abs(x) < Infinity)) return notFinite(x);
  const block = allocRaw((unitsBefore + unitsAfter) << 1);
  const middle = block + headerBytes + (unitsBefore << 1);
  let whole = floor(abs(x));
  const end = putFraction(abs(x), base, middle);
  // Without digits left of it, a fraction was rounded up to 1.
  if (end < middle) whole += 1;
  const start = putWhole(whole, base, middle);
  if (x < 0) store<u16>(start - 2, 0x2d);
  const from = x < 0 ? start - 2 : start;
  const text = textFrom(from, <i32>((max(end, middle) - from) >> 1));
  free(block);
  return text;
}

/** Writes the digits of an integer before `end`. Returns where they begin. */
function putWhole(whole: f64, base: i32, end: usize): usize {
  let at = end;
  for (; whole / <f64>base >= 9007199254740992; whole /= <f64>base) {
    at -= 2;
    store<u16>(at, 0x30);
  }
  // Divided in floating point as V8 does, so that what was rounded above reads alike.
  do {
    const rest = <u64>whole;
    const digit = rest % <u64>base;
    at -= 2;
    store<u16>(at, <u16>digitUnit(<i32>digit));
    whole = (<f64>rest - <f64>digit) / <f64>base;
  } while (whole > 0);
  return at;
}

/**
 * Writes a point and the digits of `x` after it from `start` on. Returns where they end: `start` where
 * there are none, before it where rounding carries into the whole part.
 */
function putFraction(x: f64, base: i32, start: usize): usize {
  let fraction = x - floor(x);
  // Half of the gap to the next number.
  let gap = max(0.5 * (reinterpret<f64>(reinterpret<u64>(x) + 1) - x), reinterpret<f64>(1));
  if (fraction < gap) return start;
  store<u16>(start, 0x2e);
  let at = start + 2;
  do {
    fraction *= <f64>base;
    gap *= <f64>base;
    const digit = <i32>fraction;
    store<u16>(at, <u16>digitUnit(digit));
    at += 2;
    fraction -= <f64>digit;
    const isUp = fraction > 0.5 || (fraction === 0.5 && (digit & 1) === 1);
    if (isUp && fraction + gap > 1) return roundedUp(base, start, at);
  } while (fraction >= gap);
  return at;
}

/** Adds one to the last of the digits between the point at `start` and `end`, dropping what overflows. */
function roundedUp(base: i32, start: usize, end: usize): usize {
  for (let at = end - 2; at > start; at -= 2) {
    const digit = digitOf(load<u16>(at)) + 1;
    if (digit === base) continue;
    store<u16>(at, <u16>digitUnit(digit));
    return at + 2;
  }
  return start - 2;
}
