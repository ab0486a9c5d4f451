/** Strings made of others: cut, trimmed, padded, repeated, in another case. */

import { retain } from "./allocate";
import { fail, invalidCount, textTooLong, unmappedLetter } from "./header";
import { position } from "./number-arguments";
import { copyUnits, mostUnits, newText, part, unitAddress, unitCount, unitOf } from "./strings";

/** An index that counts from the end where it is below 0. */
function relative(x: f64, length: i32): i32 {
  const at = position(x, -length, length);
  return at < 0 ? at + length : at;
}

export function strSlice(s: usize, from: f64, to: f64): usize {
  const length = unitCount(s);
  const start = relative(from, length);
  return part(s, start, max(start, relative(to, length)));
}

export function strSubstring(s: usize, from: f64, to: f64): usize {
  const length = unitCount(s);
  const a = position(from, 0, length);
  const b = position(to, 0, length);
  return part(s, min(a, b), max(a, b));
}

/** White space and ends of lines as JavaScript defines them. */
export function isSpace(unit: i32): bool {
  if (unit <= 0x20) return unit === 0x20 || (unit >= 9 && unit <= 13);
  if (unit < 0x1680) return unit === 0xa0;
  if (unit <= 0x200a) return unit === 0x1680 || unit >= 0x2000;
  if (unit <= 0x205f)
    return unit === 0x2028 || unit === 0x2029 || unit === 0x202f || unit === 0x205f;
  return unit === 0x3000 || unit === 0xfeff;
}

/** The first unit from `at` on that is no space. */
export function skipSpace(s: usize, at: i32): i32 {
  const length = unitCount(s);
  while (at < length && isSpace(unitOf(s, at))) at++;
  return at;
}

/** The end of what is left when spaces after it are dropped, at least `least`. */
export function spaceStart(s: usize, least: i32): i32 {
  let end = unitCount(s);
  while (end > least && isSpace(unitOf(s, end - 1))) end--;
  return end;
}

export function strTrim(s: usize): usize {
  const from = skipSpace(s, 0);
  return part(s, from, spaceStart(s, from));
}

export function strTrimStart(s: usize): usize {
  return part(s, skipSpace(s, 0), unitCount(s));
}

export function strTrimEnd(s: usize): usize {
  return part(s, 0, spaceStart(s, 0));
}

export function strRepeat(s: usize, n: f64): usize {
  const length = unitCount(s);
  if (n <= -1 || n === Infinity) fail(invalidCount);
  const count = <i32>n;
  if (<i64>count * <i64>length > <i64>mostUnits) fail(textTooLong);
  if (count === 1) {
    retain(s);
    return s;
  }
  const result = newText(count * length);
  fillUnits(unitAddress(result, 0), count * length, s);
  return result;
}

/** Writes `fill` over and over into `length` units; each copy doubles what is there. */
function fillUnits(to: usize, length: i32, fill: usize): void {
  let done = min(unitCount(fill), length);
  copyUnits(to, unitAddress(fill, 0), done);
  while (done < length) {
    const more = min(done, length - done);
    copyUnits(to + ((<usize>done) << 1), to, more);
    done += more;
  }
}

/** `s` with `before` units of padding in front or, where `atEnd`, behind. */
function padded(s: usize, n: f64, fill: usize, atEnd: bool): usize {
  const length = unitCount(s);
  if (!(n > <f64>length) || unitCount(fill) === 0) return part(s, 0, length);
  const whole = position(n, 0, i32.MAX_VALUE);
  const room = whole - length;
  const result = newText(whole);
  fillUnits(unitAddress(result, atEnd ? length : 0), room, fill);
  copyUnits(unitAddress(result, atEnd ? 0 : room), unitAddress(s, 0), length);
  return result;
}

export function strPadStart(s: usize, n: f64, fill: usize): usize {
  return padded(s, n, fill, false);
}

export function strPadEnd(s: usize, n: f64, fill: usize): usize {
  return padded(s, n, fill, true);
}

export function strUpper(s: usize): usize {
  return inCase(s, 0x61);
}

export function strLower(s: usize): usize {
  return inCase(s, 0x41);
}

/** With the 26 letters from `first` on in the other case. Other letters that have cases fail. */
function inCase(s: usize, first: i32): usize {
  const length = unitCount(s);
  for (let i = 0; i < length; i++)
    if (unitOf(s, i) >= 0x80 && !hasNoCase(unitOf(s, i))) fail(unmappedLetter);
  const result = newText(length);
  for (let i = 0; i < length; i++) {
    const unit = unitOf(s, i);
    store<u16>(unitAddress(result, i), <u16>(<u32>(unit - first) < 26 ? unit ^ 0x20 : unit));
  }
  return result;
}

/**
 * Large stretches of Unicode without upper and lower case: signs of Latin-1, Hebrew to Myanmar,
 * punctuation, Chinese, Japanese and Korean, and the surrogates of pictures and of Chinese.
 */
function hasNoCase(unit: i32): bool {
  if (unit < 0xc0) return unit !== 0xb5;
  if (unit < 0x2000) return (unit >= 0x590 && unit < 0x10a0) || unit === 0xd7 || unit === 0xf7;
  if (unit < 0x2100 || (unit >= 0x2e80 && unit < 0xa640)) return true;
  return unit >= 0xac00 && unit < 0xe000 && (unit < 0xd800 || unit >= 0xd83c);
}
