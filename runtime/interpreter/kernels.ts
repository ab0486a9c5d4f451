/** The interpreter's records of its kernels, which the build writes and programs name by their hashes. */

import { kernels } from "./program";
import { word } from "./words";

export const kernelWords: i32 = 5;
export const kernelLow: i32 = 0;
export const kernelHigh: i32 = 1;
const kernelFields: i32 = 2;
/** Four bits for each type, the result's first; of reductions and scans the operand's first. */
const kernelTypes: i32 = 3;
/** Of reductions and scans: what results start with. */
export const kernelIdentity: i32 = 4;

/** The record of the program's kernel of this number. */
export function kernelAt(number: i32): usize {
  return <usize>word(kernels, number);
}

export function kernelKind(record: usize): i32 {
  return word(record, kernelFields) & 3;
}

/** How many operands it has; of reductions the lanes. */
export function kernelOperands(record: usize): i32 {
  return (word(record, kernelFields) >> 2) & 63;
}

/** Its place in the table of functions; of reductions and scans, the way of combining. */
export function kernelNumber(record: usize): i32 {
  return (word(record, kernelFields) >> 8) & 0xfff;
}

/** Of reductions: the kernel that adds two accumulators, or −1. */
export function kernelCombine(record: usize): i32 {
  return (word(record, kernelFields) >>> 20) - 1;
}

/** Of maps: the type of the result, or with `i` from 1 on of an operand. */
export function kernelType(record: usize, i: i32): i32 {
  return (word(record, kernelTypes) >> (4 * i)) & 15;
}
