/** Results as hosts read them: a descriptor each, and what lies behind it until the next call. */

import { alloc, free } from "../heap/allocate";
import { countOf, headerBytes, setCount } from "../heap/header";
import { kindBool, kindNumber, kindTensor } from "../ops/program-format";
import { writeResult } from "./border";
import { copyDense } from "./operate-move";
import { detailOf, isCounted, kindOf, pointerIn, reg, retainIt, typeOf } from "./registers";
import { dimOf, dtypeOf, freeView, isDense, pointerOf, rankOf } from "./tensors";
import { next, setWord, word } from "./words";

/** Words of a descriptor: address, dtype, rank, eight sizes. */
const outWords: i32 = 11;
const dtypeNumber: i32 = 3;
const dtypeValue: i32 = 4;

/** The block of the descriptors, of the numbers behind them, and of what each result has in memory. */
let outs: usize = 0;
let count: i32 = 0;

/** There are no results, and the heap on which earlier ones lay is gone. */
export function forgetResults(): void {
  outs = 0;
  count = 0;
}

/** For each result its descriptor, eight bytes of a number, and two words: what it owns, whether that is a view. */
export function makeResults(results: i32): void {
  outs = alloc(<usize>(results * (outWords * 4 + 16) + 8));
  count = results;
}

export function resultAt(i: i32): usize {
  return outs + headerBytes + <usize>(i * outWords * 4);
}

/** Numbers lie behind the descriptors, at multiples of 8. */
function numberAt(i: i32): usize {
  return ((resultAt(count) + 7) & ~7) + ((<usize>i) << 3);
}

function ownedAt(i: i32): usize {
  return numberAt(count) + ((<usize>i) << 3);
}

/** Gives back what the results of the last run lie in. */
export function freeResults(): void {
  for (let i = 0; i < count; i++) {
    const owned = <usize>word(ownedAt(i), 0);
    setWord(ownedAt(i), 0, 0);
    if (owned === 0) continue;
    if (word(ownedAt(i), 1) !== 0) dropView(owned);
    else free(owned);
  }
}

/** Counts one reference to a view less. */
export function dropView(v: usize): void {
  const references = countOf(v);
  if (references > 1) setCount(v, references - 1);
  else if (references === 1) freeView(v);
}

/** Gives back the results and their descriptors. */
export function dropResults(): void {
  freeResults();
  free(outs);
  forgetResults();
}

/** The program stands at the words of a return: describes what they name. */
export function giveResults(): void {
  freeResults();
  next();
  for (let i = 0; i < count; i++) {
    const r = next();
    const out = resultAt(i);
    const kind = kindOf(typeOf(r));
    setWord(out, 2, 0);
    if (kind === kindTensor) giveTensor(i, pointerIn(r), detailOf(typeOf(r)));
    else if (isCounted(typeOf(r))) {
      // What another result says is not there has no address.
      setWord(out, 1, dtypeValue);
      setWord(out, 0, 0);
      if (pointerIn(r) === 0) continue;
      const bytes = writeResult(typeOf(r), reg(r));
      setWord(out, 0, <i32>bytes);
      setWord(ownedAt(i), 0, <i32>(bytes - headerBytes));
      setWord(ownedAt(i), 1, 0);
    } else {
      const value = numberAt(i);
      setWord(out, 1, kind === kindNumber ? dtypeNumber : 2);
      setWord(out, 0, <i32>value);
      if (kind === kindNumber) store<f64>(value, load<f64>(reg(r)));
      else store<f64>(value, 0);
      if (kind === kindBool) store<u8>(value, <u8>load<i32>(reg(r)));
    }
  }
}

/** A result that another one says is not there is a tensor without elements. */
function giveTensor(i: i32, given: usize, dtype: i32): void {
  if (given === 0) {
    setWord(resultAt(i), 0, 0);
    setWord(resultAt(i), 1, dtype);
    setWord(resultAt(i), 2, 1);
    setWord(resultAt(i), 3, 0);
    return;
  }
  const v = isDense(given) ? given : copyDense(given);
  if (v === given) retainIt(v);
  setWord(ownedAt(i), 0, <i32>v);
  setWord(ownedAt(i), 1, 1);
  const out = resultAt(i);
  setWord(out, 0, <i32>pointerOf(v));
  setWord(out, 1, dtypeOf(v));
  setWord(out, 2, rankOf(v));
  for (let axis = 0; axis < rankOf(v); axis++) setWord(out, 3 + axis, dimOf(v, axis));
}
