/** Replacing in strings, with JavaScript's patterns `$$`, `$&`, `` $` `` and `$'` in the new text. */

import { fail, textTooLong } from "./header";
import { copyUnits, mostUnits, newText, part, unitAddress, unitCount, unitOf } from "./strings";
import { findFrom } from "./text-search";

/**
 * The length of `u` with its patterns filled in for the `length` units found at `at` of `s`. Writes it
 * to `to` unless that is 0, so that a first call finds how much memory a second needs.
 */
function expand(s: usize, at: i32, length: i32, u: usize, to: usize): i32 {
  const units = unitCount(u);
  let total: i64 = 0;
  for (let i = 0; i < units; i++) {
    const unit = unitOf(u, i);
    const next = unit === 0x24 && i + 1 < units ? unitOf(u, i + 1) : 0;
    let from = unitAddress(u, i);
    let count = 1;
    if (next === 0x26) {
      from = unitAddress(s, at);
      count = length;
    } else if (next === 0x60) {
      from = unitAddress(s, 0);
      count = at;
    } else if (next === 0x27) {
      from = unitAddress(s, at + length);
      count = unitCount(s) - at - length;
    }
    if (next === 0x24 || next === 0x26 || next === 0x60 || next === 0x27) i++;
    if (to !== 0) copyUnits(to + ((<usize>total) << 1), from, count);
    total += count;
    if (total > <i64>mostUnits) fail(textTooLong);
  }
  return <i32>total;
}

export function strReplace(s: usize, t: usize, u: usize): usize {
  return replaced(s, t, u, false);
}

export function strReplaceAll(s: usize, t: usize, u: usize): usize {
  return replaced(s, t, u, true);
}

function replaced(s: usize, t: usize, u: usize, all: bool): usize {
  if (findFrom(s, t, 0) < 0) return part(s, 0, unitCount(s));
  const result = newText(replaceInto(s, t, u, all, 0));
  replaceInto(s, t, u, all, unitAddress(result, 0));
  return result;
}

/** The length of the result, which is written to `to` unless that is 0. */
function replaceInto(s: usize, t: usize, u: usize, all: bool, to: usize): i32 {
  const length = unitCount(s);
  const found = unitCount(t);
  let total: i64 = 0;
  let done = 0;
  let at = findFrom(s, t, 0);
  while (at >= 0) {
    if (to !== 0) copyUnits(to + ((<usize>total) << 1), unitAddress(s, done), at - done);
    total += at - done;
    total += expand(s, at, found, u, to === 0 ? 0 : to + ((<usize>total) << 1));
    if (total > <i64>mostUnits) fail(textTooLong);
    done = at + found;
    // The empty text is found once at every place.
    const next = max(done, at + 1);
    at = all && next <= length ? findFrom(s, t, next) : -1;
  }
  if (to !== 0) copyUnits(to + ((<usize>total) << 1), unitAddress(s, done), length - done);
  total += length - done;
  if (total > <i64>mostUnits) fail(textTooLong);
  return <i32>total;
}
