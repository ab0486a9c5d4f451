/** Numbers as JavaScript prints them in decimal. */

import {
  closeDigits,
  digitAt,
  digitCount,
  digitsInAll,
  digitsToPlace,
  openDigits,
  point,
  shortestDigits,
} from "./decimal-digits";
import { fail, invalidDigits } from "./header";
import { isNan } from "./number-arguments";
import { asciiText, infinityLetters, intToStr } from "./strings";
import { closeText, openText, put, putInteger } from "./text-writer";

/** No text of a number is longer: a sign, 21 digits, a point, 100 digits. */
const mostUnits: i32 = 128;

const minus: i32 = 0x2d;
const plus: i32 = 0x2b;
const dot: i32 = 0x2e;
const zero: i32 = 0x30;
const exponentMark: i32 = 0x65;

/** "NaN", "Infinity" or "-Infinity". */
export function notFinite(x: f64): usize {
  if (isNan(x)) return asciiText(0x004e614e, 0, 3);
  open(x);
  for (let i = 0; i < 64; i += 8) put(<i32>(infinityLetters >> i) & 0xff);
  return closeText();
}

/** Begins the text of `x` with its sign. */
function open(x: f64): void {
  openText(mostUnits);
  if (x < 0) put(minus);
}

function close(): usize {
  closeDigits();
  return closeText();
}

export function numToStr(x: f64): usize {
  if (!(abs(x) < Infinity)) return notFinite(x);
  const whole = <i32>x;
  if (<f64>whole === x) return intToStr(whole);
  open(x);
  openDigits();
  shortestDigits(abs(x));
  if (point > 21 || point <= -6) putExponential(digitCount);
  else putPlain(digitCount - point);
  return close();
}

/** The digits with `decimals` of them after the point. */
function putPlain(decimals: i32): void {
  if (point <= 0) put(zero);
  for (let i = 0; i < point; i++) put(digitAt(i));
  if (decimals <= 0) return;
  put(dot);
  for (let i = point; i < point + decimals; i++) put(i < 0 ? zero : digitAt(i));
}

/** `count` digits, one of them before the point, and the exponent. */
function putExponential(count: i32): void {
  put(digitAt(0));
  if (count > 1) put(dot);
  for (let i = 1; i < count; i++) put(digitAt(i));
  const exponent = digitCount === 0 ? 0 : point - 1;
  put(exponentMark);
  put(exponent < 0 ? minus : plus);
  putInteger(abs(exponent));
}

/** The integer that a count of digits is, which must lie between `least` and 100. */
function countFrom(digits: f64, least: i32): i32 {
  const count = isNan(digits) ? 0 : trunc(digits);
  if (count < <f64>least || count > 100) fail(invalidDigits);
  return <i32>count;
}

export function numToFixed(x: f64, digits: f64): usize {
  const count = countFrom(digits, 0);
  if (!(abs(x) < 1e21)) return numToStr(x);
  open(x);
  openDigits();
  if (x !== 0) digitsToPlace(abs(x), count);
  // Without digits the number is rounded to 0.
  if (digitCount === 0) putZero(count);
  else putPlain(count);
  return close();
}

function putZero(decimals: i32): void {
  put(zero);
  if (decimals > 0) put(dot);
  for (let i = 0; i < decimals; i++) put(zero);
}

export function numToPrecision(x: f64, digits: f64): usize {
  if (!(abs(x) < Infinity)) return notFinite(x);
  const count = countFrom(digits, 1);
  open(x);
  openDigits();
  if (x !== 0) digitsInAll(abs(x), count);
  if (digitCount === 0) putZero(count - 1);
  else if (point < -5 || point > count) putExponential(count);
  else putPlain(count - point);
  return close();
}

export function numToExponential(x: f64, digits: f64): usize {
  if (!(abs(x) < Infinity)) return notFinite(x);
  const count = countFrom(digits, 0) + 1;
  open(x);
  openDigits();
  if (x !== 0) digitsInAll(abs(x), count);
  putExponential(count);
  return close();
}

/** `toExponential()`: as many digits as the number needs. */
export function numToExponentialShort(x: f64): usize {
  if (!(abs(x) < Infinity)) return notFinite(x);
  open(x);
  openDigits();
  if (x !== 0) shortestDigits(abs(x));
  putExponential(digitCount);
  return close();
}
