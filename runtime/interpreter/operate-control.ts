/** Operations on registers, jumps, checks and sizes. */

import { codeStart } from "./frames";
import { symbolValues, tensorViews, textAddresses } from "./program";
import {
  boolIn,
  give,
  numberIn,
  pointerIn,
  reg,
  replaceValue,
  setNumber,
  typeOf,
} from "./registers";
import { evaluateSizes, nextSize } from "./sizes";
import { readState, writeState } from "./state";
import { stop, stopSaying } from "./stop";
import { goTo, next, setWord, word } from "./words";

export function runMove(): void {
  const d = next();
  replaceValue(typeOf(d), reg(d), reg(next()));
}

/** Also `empty`. */
export function runDrop(): void {
  give(next(), 0);
}

export function runJump(): void {
  goTo(codeStart() + ((<usize>next()) << 2));
}

export function runJumpUnless(): void {
  const c = boolIn(next());
  const target = next();
  if (c === 0) goTo(codeStart() + ((<usize>target) << 2));
}

export function runFail(): void {
  stop(next());
}

export function runFailWith(): void {
  const text = pointerIn(next());
  stopSaying(next(), text);
}

export function runCheck(): void {
  const c = boolIn(next());
  const site = next();
  if (c === 0) stop(site);
}

export function runCheckEqual(): void {
  const left = nextSize();
  const right = nextSize();
  const site = next();
  if (left !== right) stop(site);
}

export function runCheckAtMost(): void {
  const left = nextSize();
  const right = nextSize();
  const site = next();
  if (left > right) stop(site);
}

export function runNumber(): void {
  const d = next();
  store<u32>(reg(d), next());
  store<u32>(reg(d), next(), 4);
}

export function runSize(): void {
  const d = next();
  setNumber(d, <f64>nextSize());
}

export function runText(): void {
  const d = next();
  give(d, <usize>word(textAddresses, next()));
}

export function runConst(): void {
  const d = next();
  give(d, <usize>word(tensorViews, next()));
}

export function runStateGet(): void {
  const d = next();
  readState(d, next());
}

export function runStateSet(): void {
  const a = next();
  writeState(a, next());
}

/** a, named size, site. */
export function runBind(): void {
  const x = numberIn(next());
  const symbol = next();
  const site = next();
  const size = <i32>x;
  if (<f64>size !== x || size < 0) stop(site);
  if (word(symbolValues, symbol) === size) return;
  setWord(symbolValues, symbol, size);
  evaluateSizes();
}
