/**
 * Element-wise computations in steps: each is a kernel that goes over one block of elements, so that what
 * lies between two steps stays in the first-level cache. Values have numbers: inputs, then constants, then
 * places for what steps make.
 */

import { callKernel, usesConstants } from "./kernel-imports";
import {
  placeBytes,
  stepConstantsAt,
  stepElements,
  stepPlacesAt,
  stepSlotsAt,
  stepValuesAt,
} from "./kernel-table";
import { kernelAt, kernelNumber, kernelOperands, kernelType } from "./kernels";
import { remainder } from "./numbers";
import { shiftOfType } from "./tensors";
import { at, next, setWord, word } from "./words";

export const constantBytes: usize = 64;
/** An address and a step: the bytes of four elements, 0 for one that is repeated. */
const valueBytes: usize = 8;

const typeF32: i32 = 0;
const typeI32: i32 = 1;
const typeBool: i32 = 2;
export const typeF64: i32 = 3;

let inputs: i32 = 0;
let constants: i32 = 0;
let steps: i32 = 0;
/** The words of the first step. */
let first: usize = 0;
/** What one round of four elements of the result takes. */
let resultStep: i32 = 0;

/** Bytes of four elements of a type. */
export function stepOf(type: i32): i32 {
  return 4 << shiftOfType(type);
}

function valueAt(number: i32): usize {
  return stepValuesAt + <usize>number * valueBytes;
}

function setValue(number: i32, address: usize, step: i32): void {
  setWord(valueAt(number), 0, <i32>address);
  setWord(valueAt(number), 1, step);
}

/** Reads the constants, which come after so many inputs: each is repeated for a whole round of a kernel. */
export function readConstants(inputCount: i32): void {
  inputs = inputCount;
  constants = next();
  if (!usesConstants()) constants = 0;
  for (let i = 0; i < constants; i++) {
    const cell = stepConstantsAt + <usize>i * constantBytes;
    const type = next();
    const low = <u32>next();
    const high = <u32>next();
    fillCell(cell, type, ((<u64>high) << 32) | <u64>low);
    setValue(inputs + i, cell, 0);
  }
}

/** Numbers have their bits as f64, but those of i64 are the integer's own. */
function fillCell(cell: usize, type: i32, given: u64): void {
  const x = reinterpret<f64>(given);
  let bits = given;
  if (type === typeF32) bits = <u64>reinterpret<u32>(<f32>x) * 0x100000001;
  if (type === typeI32) bits = <u64>(<u32>(<i32>x)) * 0x100000001;
  if (type === typeBool) bits = x !== 0 ? <u64>0x01010101 * 0x100000001 : 0;
  for (let i: usize = 0; i < constantBytes; i += 8) store<u64>(cell + i, bits);
}

/** Takes the steps that come next, for a result of this type; gives where they end. */
export function skipSteps(resultType: i32): usize {
  steps = next();
  first = at;
  resultStep = stepOf(resultType);
  let end = at;
  for (let i = 0; i < steps; i++) {
    end += (<usize>(2 + kernelOperands(kernelAt(word(end, 0))))) << 2;
  }
  return end;
}

/** How many steps were taken last. */
export function stepCount(): i32 {
  return steps;
}

/** The kernel of the only step, whose operands are given by `readsAt`. */
export function onlyKernel(): usize {
  return kernelAt(word(first, 0));
}

/** The number of what the first step reads. */
export function readsAt(operand: i32): i32 {
  return word(first, 2 + operand);
}

/** The address of a constant's cell. */
export function constantCell(number: i32): usize {
  return <usize>word(valueAt(number), 0);
}

/**
 * Runs the steps over `count` elements; called by number, as kernels are: `slots` has address and step of
 * each input.
 */
export function table_runSteps(out: i32, count: i32, slots: i32, _number: i32): void {
  memory.copy(stepValuesAt, <usize>slots, <usize>inputs * valueBytes);
  for (let done = 0; done < count; done += stepElements) {
    const n = min(count - done, stepElements);
    runBlock(out, n);
    out += (resultStep >> 2) * n;
    for (let i = 0; i < inputs; i++) {
      const step = word(valueAt(i), 1);
      setWord(valueAt(i), 0, word(valueAt(i), 0) + (step >> 2) * n);
    }
  }
}

function runBlock(out: i32, count: i32): void {
  const firstPlace = inputs + constants;
  let words = first;
  for (let rest = steps - 1; rest >= 0; rest--) {
    const record = kernelAt(word(words, 0));
    const operands = kernelOperands(record);
    for (let i = 0; i < operands; i++) {
      store<u64>(stepSlotsAt + <usize>i * valueBytes, load<u64>(valueAt(word(words, 2 + i))));
    }
    let to = out;
    if (rest > 0) {
      const place = word(words, 1);
      to = <i32>(stepPlacesAt + <usize>place * placeBytes);
      setValue(firstPlace + place, <usize>to, stepOf(kernelType(record, 0)));
    }
    const number = kernelNumber(record);
    callKernel(number, to, count, <i32>stepSlotsAt, number);
    words += (<usize>(2 + operands)) << 2;
  }
}

/** `%` of numbers, element by element, called as kernels are. */
export function table_remainder(out: i32, count: i32, slots: i32, _number: i32): void {
  let x = word(<usize>slots, 0);
  let y = word(<usize>slots, 2);
  for (let i = 0; i < count; i++) {
    store<f64>(<usize>out + ((<usize>i) << 3), remainder(load<f64>(x), load<f64>(y)));
    x += word(<usize>slots, 1) >> 2;
    y += word(<usize>slots, 3) >> 2;
  }
}
