/** Texts of few digits as numbers, which most are that compiled modules read. The interpreter does without. */

import { unitCount, unitOf } from "./strings";
import { strToNum } from "./text-to-numbers";

/** More might not fit 32 bits. */
const mostDigits: i32 = 9;

export function textToNum(s: usize): f64 {
  const value = fewDigits(s);
  return value < 0 ? strToNum(s) : <f64>value;
}

/** The number of a text of few digits and nothing else; −1 for other texts. */
function fewDigits(s: usize): i32 {
  const length = unitCount(s);
  if (<u32>(length - 1) >= <u32>mostDigits) return -1;
  let value = 0;
  for (let i = 0; i < length; i++) {
    const digit = unitOf(s, i) - 0x30;
    if (<u32>digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
