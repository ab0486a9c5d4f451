/** Sizes: expressions over named sizes, evaluated whenever a named size gets its value. */

import { atomSymbol, sectionSizes } from "../ops/program-format";
import { usesFloors } from "./kernel-imports";
import { spendOn } from "./limits";
import { section, sectionBytes, sizeCount, sizeValues, symbolValues } from "./program";
import { reasonUnlawful, stopFor } from "./stop";
import { at, goTo, next, setWord, word } from "./words";

/** What a size is that no memory can have, or that is none. */
const noSize: i32 = i32.MIN_VALUE;
const most: f64 = 2147483647;

/** Evaluates all sizes. They are added up as f64, in which they cannot overflow unseen. */
export function evaluateSizes(): void {
  const back = at;
  spendOn(<i64>sectionBytes(sectionSizes));
  goTo(section(sectionSizes) + 8);
  for (let i = 0; i < sizeCount; i++) {
    const value = readSize();
    setWord(sizeValues, i, abs(value) <= most ? <i32>value : noSize);
  }
  goTo(back);
}

function readSize(): f64 {
  let sum: f64 = 0;
  const terms = next();
  for (let term = 0; term < terms; term++) {
    let value = <f64>next();
    const atoms = next();
    for (let atom = 0; atom < atoms; atom++) {
      const kind = next();
      const number = next();
      if (!usesFloors() || kind === atomSymbol) value *= <f64>word(symbolValues, number);
      else value *= floor(<f64>word(sizeValues, number) / <f64>next());
    }
    sum += value;
  }
  return sum;
}

export function sizeAt(number: i32): i32 {
  const size = word(sizeValues, number);
  if (size === noSize) stopFor(reasonUnlawful);
  return size;
}

export function nextSize(): i32 {
  return sizeAt(next());
}

/** A size that something has so many of. */
export function nextExtent(): i32 {
  const size = nextSize();
  if (size < 0) stopFor(reasonUnlawful);
  return size;
}
