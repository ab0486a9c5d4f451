/** The interpreter's records of its kernels, which the build writes and programs name by their hashes. */

import { kernelReduce } from "../ops/program-format";
import { kernelWaysAt } from "./kernel-table";
import { kernels } from "./program";
import { word } from "./words";

export const kernelWords: i32 = 2;
/** The low word of its name's hash. No two have the same. */
export const kernelLow: i32 = 0;
/**
 * Bits of the other word: 2 the kind, 2 how many operands, 12 the number, then four for each type. Reductions and
 * scans have two types, and in the last eight bits the number of their way.
 */
const kernelFields: i32 = 1;

/** The record of the program's kernel of this number. */
export function kernelAt(number: i32): usize {
  return <usize>word(kernels, number);
}

export function kernelKind(record: usize): i32 {
  return word(record, kernelFields) & 3;
}

/** How many operands it has; of reductions the lanes. */
export function kernelOperands(record: usize): i32 {
  const count = (word(record, kernelFields) >> 2) & 3;
  return kernelKind(record) === kernelReduce && count > 1 ? 16 : count;
}

/** Its place in the table of functions; of reductions and scans, the way of combining. */
export function kernelNumber(record: usize): i32 {
  return (word(record, kernelFields) >> 4) & 0xfff;
}

function wayAt(record: usize): usize {
  return kernelWaysAt + ((<usize>(word(record, kernelFields) >>> 24)) << 3);
}

/** Of reductions, and of scans of f64: the kernel that combines two values, or −1. */
export function kernelCombine(record: usize): i32 {
  return word(wayAt(record), 0);
}

/** Of reductions and scans: what results start with; of f64 as an f32. */
export function kernelIdentity(record: usize): i32 {
  return word(wayAt(record), 1);
}

/** Of maps: the type of the result, or with `i` from 1 on of an operand. */
export function kernelType(record: usize, i: i32): i32 {
  return (word(record, kernelFields) >> (16 + 4 * i)) & 15;
}
