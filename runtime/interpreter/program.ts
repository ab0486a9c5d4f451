/** The package in memory: where its tables are, and what is made of them when it is loaded. */

import { headWords } from "../ops/program-format";
import { growMemory } from "./grow-memory";
import { word } from "./words";

/** Byte 0 of the data, where the program begins. */
export let program: usize = 0;
/** Bytes of the data. */
export let dataBytes: usize = 0;
/** All from here on is the heap's. */
export let staticEnd: usize = 0;

/** Values of sizes and of named sizes, i32 each. */
export let sizeValues: usize = 0;
export let symbolValues: usize = 0;
export let sizeCount: i32 = 0;
export let symbolCount: i32 = 0;
/** Addresses of texts and of the views of constants. */
export let textAddresses: usize = 0;
export let tensorViews: usize = 0;
/** For each state cell, the address of what it holds. */
export let stateAddresses: usize = 0;
/** For each function, a record of `funcBytes`. */
export let functions: usize = 0;
/** For each kernel of the program, the address of its record in the interpreter's table. */
export let kernels: usize = 0;
/** For each heap type, the first object that waits to be freed. */
export let waiting: usize = 0;

// Words of a function's record.
export const funcIsEntry: i32 = 0;
export const funcName: i32 = 1;
export const funcNameLength: i32 = 2;
export const funcCode: i32 = 3;
export const funcCodeWords: i32 = 4;
export const funcParams: i32 = 5;
export const funcParamRegs: i32 = 6;
export const funcResults: i32 = 7;
export const funcResultTypes: i32 = 8;
export const funcParamShapes: i32 = 9;
export const funcRegisters: i32 = 10;
export const funcRegisterTypes: i32 = 11;
export const funcSymbols: i32 = 12;
export const funcSymbolTable: i32 = 13;
export const funcWords: i32 = 14;

export function setProgram(start: usize, bytes: usize): void {
  program = start;
  dataBytes = bytes;
}

export function section(id: i32): usize {
  return program + <usize>word(program, headWords + 2 * id);
}

export function sectionBytes(id: i32): usize {
  return <usize>word(program, headWords + 2 * id + 1);
}

export function functionAt(number: i32): usize {
  return functions + <usize>(number * funcWords * 4);
}

/** Memory that stays taken, of zeros, at a multiple of 64. */
export function takeStatic(bytes: usize): usize {
  const start = staticEnd;
  const end = (start + bytes + 127) & ~63;
  const have = (<usize>memory.size()) << 16;
  if (end + 65536 > have) {
    const pages = <i32>((end + 65536 - have + 0xffff) >> 16);
    if (growMemory(pages) < 0) unreachable();
  }
  memory.fill(start, 0, end - start);
  staticEnd = end;
  return start;
}

export function setStaticEnd(end: usize): void {
  staticEnd = (end + 63) & ~63;
}

export function setSizes(sizes: i32, symbols: i32): void {
  sizeCount = sizes;
  symbolCount = symbols;
  sizeValues = takeStatic((<usize>sizes) << 2);
  symbolValues = takeStatic((<usize>symbols) << 2);
}

export function setTables(
  texts: usize,
  views: usize,
  state: usize,
  funcs: usize,
  kernelRecords: usize,
  chains: usize,
): void {
  textAddresses = texts;
  tensorViews = views;
  stateAddresses = state;
  functions = funcs;
  kernels = kernelRecords;
  waiting = chains;
}
