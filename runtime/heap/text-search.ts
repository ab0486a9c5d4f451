/** Where one string lies in another, as JavaScript's string methods count. */

import { isNan, position } from "./number-arguments";
import { sameUnits, unitAddress, unitCount } from "./strings";

/** Where `t` begins in `s` at `from` or after, else −1. `from` is not below 0. */
export function findFrom(s: usize, t: usize, from: i32): i32 {
  const length = unitCount(t);
  const last = unitCount(s) - length;
  if (length === 0) return from <= last ? from : -1;
  const sought = unitAddress(t, 0);
  const first = load<u16>(sought);
  const end = unitAddress(s, last);
  for (let at = unitAddress(s, from); at <= end; at += 2)
    if (load<u16>(at) === first && sameUnits(at, sought, length))
      return <i32>((at - unitAddress(s, 0)) >> 1);
  return -1;
}

function isAt(s: usize, t: usize, at: i32): bool {
  const length = unitCount(t);
  if (at < 0 || at + length > unitCount(s)) return false;
  return sameUnits(unitAddress(s, at), unitAddress(t, 0), length);
}

export function strIndexOf(s: usize, t: usize, from: f64): f64 {
  return <f64>findFrom(s, t, position(from, 0, unitCount(s)));
}

export function strLastIndexOf(s: usize, t: usize, from: f64): f64 {
  const last = unitCount(s) - unitCount(t);
  // As JavaScript has it, NaN is no limit here.
  let at = isNan(from) ? last : min(position(from, 0, unitCount(s)), last);
  while (at >= 0 && !isAt(s, t, at)) at--;
  return <f64>max(at, -1);
}

export function strIncludes(s: usize, t: usize, from: f64): bool {
  return strIndexOf(s, t, from) >= 0;
}

export function strStarts(s: usize, t: usize, from: f64): bool {
  return isAt(s, t, position(from, 0, unitCount(s)));
}

/** Whether `t` ends at `end`; infinity for the end of `s`. */
export function strEnds(s: usize, t: usize, end: f64): bool {
  return isAt(s, t, position(end, 0, unitCount(s)) - unitCount(t));
}
