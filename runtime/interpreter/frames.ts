/** Calls: frames with the registers of functions, and how a function is entered and left. */

import { alloc, free } from "../heap/allocate";
import { headerBytes } from "../heap/header";
import { usesCalls } from "./kernel-imports";
import { spend } from "./limits";
import {
  funcCode,
  funcParamRegs,
  funcParams,
  funcRegisters,
  funcRegisterTypes,
  funcResults,
  functionAt,
  symbolCount,
  symbolValues,
} from "./program";
import {
  isCounted,
  pointerIn,
  reg,
  registers,
  release,
  replaceValue,
  setRegisters,
  typeOf,
} from "./registers";
import { evaluateSizes } from "./sizes";
import { reasonDepth, stopFor } from "./stop";
import { at, goTo, next, sameWords, setWord, word } from "./words";

/** Calls inside each other. */
const deepest: i32 = 10000;

// Words of a frame, before its registers.
const frameOuter: i32 = 0;
const frameReturn: i32 = 1;
const frameFunction: i32 = 2;
const frameSymbols: i32 = 3;
const frameWords: i32 = 4;

export let frame: usize = 0;
let depth: i32 = 0;

/** Makes the frame of a function; its registers are what operations work on from now on. */
export function enter(func: usize): void {
  const count = word(func, funcRegisters);
  const made = alloc(((<usize>count) << 3) + frameWords * 4) + headerBytes;
  setWord(made, frameOuter, <i32>frame);
  setWord(made, frameReturn, <i32>at);
  setWord(made, frameFunction, <i32>func);
  frame = made;
  setRegisters(made + frameWords * 4, <usize>word(func, funcRegisterTypes));
}

/** Releases what the registers of the function refer to, and goes back to the caller's. */
export function leave(): void {
  const func = <usize>word(frame, frameFunction);
  const count = word(func, funcRegisters);
  for (let r = 0; r < count; r++) {
    const p = pointerIn(r);
    if (p !== 0 && isCounted(typeOf(r))) release(typeOf(r), p);
  }
  const gone = frame;
  frame = <usize>word(gone, frameOuter);
  goTo(<usize>word(gone, frameReturn));
  if (usesCalls() && frame !== 0) {
    const outer = <usize>word(frame, frameFunction);
    setRegisters(frame + frameWords * 4, <usize>word(outer, funcRegisterTypes));
  }
  free(gone - headerBytes);
}

export function forgetFrames(): void {
  frame = 0;
  depth = 0;
}

/** Where the code of the function begins that runs. */
export function codeStart(): usize {
  return <usize>word(<usize>word(frame, frameFunction), funcCode);
}

/** function, results, arguments: the callee's frame is made, its parameters are the arguments. */
export function runCall(): void {
  const func = functionAt(next());
  if (++depth > deepest) stopFor(reasonDepth);
  const results = at;
  const args = results + ((<usize>word(func, funcResults)) << 2);
  const count = word(func, funcParams);
  const caller = registers;
  spend((symbolCount + word(func, funcRegisters)) >> 4);
  const symbols = alloc((<usize>symbolCount) << 2);
  memory.copy(symbols + headerBytes, symbolValues, (<usize>symbolCount) << 2);
  setWord(frame, frameSymbols, <i32>symbols);
  goTo(results);
  enter(func);
  const params = <usize>word(func, funcParamRegs);
  for (let i = 0; i < count; i++) {
    const r = word(params, i);
    replaceValue(typeOf(r), reg(r), caller + ((<usize>word(args, i)) << 3));
  }
  goTo(<usize>word(func, funcCode));
}

/** Gives the results to the caller's registers, and goes on after its call. */
export function runReturn(): void {
  const func = <usize>word(frame, frameFunction);
  const values = at;
  const results = word(func, funcResults);
  const outer = <usize>word(frame, frameOuter);
  const outerTypes = <usize>word(<usize>word(outer, frameFunction), funcRegisterTypes);
  const targets = <usize>word(frame, frameReturn);
  for (let i = 0; i < results; i++) {
    const d = word(targets, i);
    const to = outer + frameWords * 4 + ((<usize>d) << 3);
    replaceValue(word(outerTypes, d), to, reg(word(values, i)));
  }
  leave();
  depth--;
  goTo(at + ((<usize>(results + word(func, funcParams))) << 2));
  const symbols = <usize>word(frame, frameSymbols);
  if (!sameWords(symbolValues, symbols + headerBytes, symbolCount)) {
    memory.copy(symbolValues, symbols + headerBytes, (<usize>symbolCount) << 2);
    evaluateSizes();
  }
  free(symbols);
}
