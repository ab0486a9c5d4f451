/**
 * The interpreter: loads one package and runs its entries. What hosts may call is exported here;
 * docs/interpreter.md says how. A function that traps has kept why: `glim_failure` for a call,
 * `glim_refusal` for a package.
 */

import { alloc, free, heapInit } from "../heap/allocate";
import { forgetFailure, headerBytes, heapFailure } from "../heap/header";
import { strUtf8 } from "../heap/text-bytes";
import {
  kindBool,
  kindNumber,
  kindRef,
  kindTensor,
  sectionFunctions,
  sectionSites,
  sectionStrings,
} from "../ops/program-format";
import { borderReason, forgetBorder, readArgument } from "./border";
import { enter, leave } from "./frames";
import { limitMemory } from "./grow-memory";
import { beginHeap, forgetKept, isStarted, noteEnd, noteStarted } from "./kept";
import { memoryStart } from "./kernel-table";
import { setFuel } from "./limits";
import { loadPackage } from "./load";
import { forgetPacked, makeRoom } from "./packed";
import * as program from "./program";
import {
  detailOf,
  give,
  kindOf,
  objectIn,
  reg,
  retainIt,
  setBool,
  setNumber,
  typeOf,
} from "./registers";
import {
  dropResults,
  dropView,
  forgetResults,
  giveResults,
  makeResults,
  resultAt,
} from "./results";
import { runEntry } from "./run";
import { evaluateSizes } from "./sizes";
import { cellAt, cellBytes, cellCount, cellType, makerOf } from "./state";
import { forgetStops, reasonBytes, refusedFor, said, siteOf, stopFor, stoppedAt } from "./stop";
import { lengthOf, newTensorOf, pointerOf } from "./tensors";
import { next, setWord, word } from "./words";

export * from "./operations";
export { table_remainder, table_runSteps } from "./steps";
export * from "./verifications";

let loaded: bool = false;
/** The entry that was prepared last: its number, its parameters' tensors, room for its arguments. */
let prepared: i32 = -1;
let inputs: usize = 0;
let inputCount: i32 = 0;
let args: usize = 0;
let isFresh: bool = false;

/** Room for a package of so many bytes, to be filled before `glim_load`. */
export function glim_package(bytes: usize): usize {
  program.setStaticEnd(memoryStart);
  return program.takeStatic(bytes);
}

/** Loads the package that lies in its room. Traps where it is none. */
export function glim_load(bytes: usize): void {
  loaded = false;
  prepared = -1;
  forgetKept();
  forgetPacked();
  loadPackage((memoryStart + 63) & ~63, bytes);
  loaded = true;
}

/** Why `glim_load` trapped. */
export function glim_refusal(): i32 {
  return refusedFor;
}

/** Room for a name of so many bytes, to look for an entry. */
export function glim_name(bytes: usize): usize {
  if (!isStarted) {
    heapInit(program.staticEnd);
    forgetCall();
  }
  return alloc(bytes) + headerBytes;
}

/** The number of the entry with this name, UTF-8 at `name`; −1 for none. */
export function glim_find(name: usize, length: i32): i32 {
  const count = word(program.section(sectionFunctions), 0);
  for (let i = 0; i < count; i++) {
    const func = program.functionAt(i);
    if (word(func, program.funcIsEntry) === 0 || word(func, program.funcNameLength) !== length)
      continue;
    if (sameBytes(<usize>word(func, program.funcName), name, length)) return i;
  }
  return -1;
}

function sameBytes(a: usize, b: usize, count: i32): bool {
  for (let i = 0; i < count; i++) {
    if (load<u8>(a + <usize>i) !== load<u8>(b + <usize>i)) return false;
  }
  return true;
}

/** How many steps each call may take. */
export function glim_fuel(steps: f64): void {
  setFuel(<i64>steps);
}

/** How much memory the interpreter may take in all, the package included. */
export function glim_memory(bytes: f64): void {
  limitMemory(bytes);
}

/** Gives named size number `i` of an entry its value, before `glim_prepare`. */
export function glim_size(entry: i32, i: i32, size: i32): void {
  const func = entryAt(entry);
  if (<u32>i >= <u32>word(func, program.funcSymbols)) unreachable();
  const symbol = word(<usize>word(func, program.funcSymbolTable), 4 * i);
  setWord(program.symbolValues, symbol, size);
}

function entryAt(entry: i32): usize {
  if (!loaded || <u32>entry >= <u32>word(program.section(sectionFunctions), 0)) unreachable();
  const func = program.functionAt(entry);
  if (word(func, program.funcIsEntry) === 0) unreachable();
  return func;
}

/** Checks the sizes, empties the heap and makes room for the tensors that the entry takes. Gives 0 or a failure. */
export function glim_prepare(entry: i32): i32 {
  const func = entryAt(entry);
  forgetStops();
  forgetFailure();
  forgetBorder();
  prepared = -1;
  const table = <usize>word(func, program.funcSymbolTable);
  for (let i = 0; i < word(func, program.funcSymbols); i++) {
    const size = word(program.symbolValues, word(table, 4 * i));
    if (size < word(table, 4 * i + 1) || size > word(table, 4 * i + 2))
      return word(table, 4 * i + 3);
  }
  evaluateSizes();
  if (isStarted) giveBackCall();
  forgetCall();
  if (!isStarted) makeRoom();
  beginHeap();
  if (!isStarted) makeKept();
  makeRooms(func);
  prepared = entry;
  isFresh = true;
  return 0;
}

/** The heap on which the last call's rooms and results lay is empty now. */
function forgetCall(): void {
  prepared = -1;
  inputs = 0;
  inputCount = 0;
  args = 0;
  forgetResults();
}

/** Gives back the rooms and the results of the last call. */
function giveBackCall(): void {
  for (let i = 0; i < inputCount; i++) {
    const v = <usize>word(inputs, i);
    if (v !== 0) dropView(v);
  }
  if (inputs !== 0) free(inputs - headerBytes);
  if (args !== 0) free(args - headerBytes);
  dropResults();
}

/** Runs the functions that make what the program keeps on the heap. */
function makeKept(): void {
  let isKeeping = false;
  for (let cell = 0; cell < cellCount(); cell++) {
    if (kindOf(cellType(cell)) !== kindRef) continue;
    isKeeping = true;
    const func = program.functionAt(makerOf(cell));
    enter(func);
    runEntry(func);
    next();
    const made = objectIn(next());
    retainIt(made);
    store<u32>(cellAt(cell), <u32>made);
    leave();
  }
  if (isKeeping) noteStarted();
}

/** Room for what the entry takes, and for the descriptors of what it gives. */
function makeRooms(func: usize): void {
  const count = word(func, program.funcParams);
  inputs = alloc((<usize>count) << 2) + headerBytes;
  args = alloc((<usize>count) << 3) + headerBytes;
  makeResults(word(func, program.funcResults));
  const regs = <usize>word(func, program.funcParamRegs);
  const types = <usize>word(func, program.funcRegisterTypes);
  let shapes = <usize>word(func, program.funcParamShapes);
  for (let i = 0; i < count; i++) {
    const rank = word(shapes, 0);
    const type = word(types, word(regs, i));
    if (kindOf(type) === kindTensor) {
      setWord(inputs, i, <i32>newTensorOf(detailOf(type), rank, shapes + 4, 0));
    }
    shapes += (<usize>(1 + rank)) << 2;
  }
  inputCount = count;
}

/** Where the elements of parameter `i` go; 0 for what is no tensor. */
export function glim_in(i: i32): usize {
  if (prepared < 0 || <u32>i >= <u32>word(entryAt(prepared), program.funcParams)) return 0;
  const v = <usize>word(inputs, i);
  return v === 0 ? 0 : pointerOf(v);
}

/** How many elements parameter `i` has, a tensor of the entry that was prepared; −1 for what is none. */
export function glim_length(i: i32): i32 {
  if (prepared < 0 || <u32>i >= <u32>word(entryAt(prepared), program.funcParams)) return -1;
  const v = <usize>word(inputs, i);
  return v === 0 ? -1 : lengthOf(v);
}

/** Where argument `i` goes, eight bytes: a number as it is, a boolean as 0 or 1, a value as the address of its room. */
export function glim_arg(i: i32): usize {
  if (prepared < 0 || <u32>i >= <u32>word(entryAt(prepared), program.funcParams)) return 0;
  return args + ((<usize>i) << 3);
}

/** Room for the bytes of a value, until the call has read them. */
export function glim_room(bytes: usize): usize {
  return alloc(bytes) + headerBytes;
}

/** Runs the entry that was prepared. Gives 0, or traps. */
export function glim_run(): i32 {
  const func = entryAt(prepared);
  forgetStops();
  forgetFailure();
  forgetBorder();
  const regs = <usize>word(func, program.funcParamRegs);
  enter(func);
  for (let i = 0; i < word(func, program.funcParams); i++) takeArgument(i, word(regs, i));
  isFresh = false;
  runEntry(func);
  giveResults();
  leave();
  noteEnd();
  return 0;
}

function takeArgument(i: i32, r: i32): void {
  const kind = kindOf(typeOf(r));
  const given = args + ((<usize>i) << 3);
  if (kind === kindTensor) {
    const v = <usize>word(inputs, i);
    retainIt(v);
    give(r, v);
  } else if (kind === kindNumber) setNumber(r, load<f64>(given));
  else if (kind === kindBool) setBool(r, load<i32>(given) !== 0 ? 1 : 0);
  else {
    // Values are read once: each call needs its own preparation.
    if (!isFresh || load<u32>(given) === 0) stopFor(reasonBytes);
    readArgument(typeOf(r), load<u32>(given), reg(r));
  }
}

/** The address of result `i`'s descriptor: address, dtype, rank, eight sizes. */
export function glim_out(i: i32): usize {
  if (prepared < 0 || <u32>i >= <u32>word(entryAt(prepared), program.funcResults)) return 0;
  return resultAt(i);
}

/** Where state cell `i` lies: the elements of a tensor, a number, or a boolean as a byte; 0 for what lies on the heap. */
export function glim_state(i: i32): usize {
  return cellBytes(i);
}

/** The next call makes everything anew that is kept on the heap. */
export function glim_reset(): void {
  forgetKept();
  forgetCall();
}

/** Why a call trapped, as the number of a failure; 0 where nothing is known of it. */
export function glim_failure(): i32 {
  if (stoppedAt !== 0) return stoppedAt;
  if (heapFailure > 0 && heapFailure <= 7) return siteOf(heapFailure - 1);
  const reason = borderReason();
  return reason < 0 ? 0 : siteOf(reason);
}

/** The address of a failure's message, UTF-8 ended by a zero byte; of the last failure, what the run put together. */
export function glim_error(id: i32): usize {
  const sites = program.section(sectionSites);
  if (id <= 0 || id > word(sites, 0)) return 0;
  if (said !== 0 && id === stoppedAt) return strUtf8(said);
  return program.section(sectionStrings) + <usize>word(sites, 1 + (id - 1) * 6);
}
