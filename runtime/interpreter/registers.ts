/** Registers of the function that runs: eight bytes each, and counts of what they refer to. */

import { free } from "../heap/allocate";
import { countOf, setCount } from "../heap/header";
import { kindBool, kindNumber, kindTensor, kindText, sectionTypes } from "../ops/program-format";
import { usesOtherTypes, usesValues } from "./kernel-imports";
import { releaseObject } from "./objects";
import { section } from "./program";
import { reasonUnwritten, stopFor } from "./stop";
import { dtypeF32, freeView } from "./tensors";
import { word } from "./words";

/** Where the registers are, and their types. */
export let registers: usize = 0;
export let registerTypes: usize = 0;

export function setRegisters(at: usize, types: usize): void {
  registers = at;
  registerTypes = types;
}

export function reg(r: i32): usize {
  return registers + ((<usize>r) << 3);
}

export function numberIn(r: i32): f64 {
  return load<f64>(reg(r));
}

export function boolIn(r: i32): i32 {
  return load<i32>(reg(r));
}

export function setNumber(r: i32, x: f64): void {
  store<f64>(reg(r), x);
}

export function setBool(r: i32, x: i32): void {
  store<i32>(reg(r), x);
}

/** The address of what the register refers to; 0 for nothing. */
export function pointerIn(r: i32): usize {
  return load<u32>(reg(r));
}

/** As `pointerIn`, where there must be something. */
export function objectIn(r: i32): usize {
  const p = pointerIn(r);
  if (p === 0) stopFor(reasonUnwritten);
  return p;
}

export function typeOf(r: i32): i32 {
  return word(registerTypes, r);
}

export function kindOf(type: i32): i32 {
  if (!usesValues()) return kindTensor;
  return word(section(sectionTypes), 1 + 2 * type);
}

/** Of tensors the dtype, of objects the number of their type. */
export function detailOf(type: i32): i32 {
  if (!usesValues() && !usesOtherTypes()) return dtypeF32;
  return word(section(sectionTypes), 2 + 2 * type);
}

export function isCounted(type: i32): bool {
  const kind = kindOf(type);
  return kind !== kindNumber && kind !== kindBool;
}

/** Lets the register refer to `p`, whose count has it already. */
export function give(r: i32, p: usize): void {
  const old = pointerIn(r);
  store<u32>(reg(r), <u32>p);
  if (old !== 0) release(typeOf(r), old);
}

export function retainIt(p: usize): void {
  if (p === 0) return;
  const count = countOf(p);
  if (count > 0) setCount(p, count + 1);
}

/** Counts one reference less. */
export function release(type: i32, p: usize): void {
  const count = countOf(p);
  if (count > 1) setCount(p, count - 1);
  else if (count === 1) {
    const kind = kindOf(type);
    if (kind === kindText) free(p);
    else if (kind === kindTensor) freeView(p);
    else releaseObject(detailOf(type), p);
  }
}

/** Copies a value of the type from one place of eight bytes to another that holds nothing counted. */
export function copyValue(type: i32, to: usize, from: usize): void {
  const kind = kindOf(type);
  if (kind === kindNumber) store<u64>(to, load<u64>(from));
  else {
    const p = load<u32>(from);
    store<u32>(to, p);
    if (kind !== kindBool) retainIt(p);
  }
}

/** As `copyValue`; what `to` referred to is released. */
export function replaceValue(type: i32, to: usize, from: usize): void {
  const old = load<u32>(to);
  copyValue(type, to, from);
  if (isCounted(type) && old !== 0) release(type, old);
}
