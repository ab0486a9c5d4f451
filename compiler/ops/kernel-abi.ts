/**
 * Where hosts and kernels meet, as data: the words that a host writes into the kernels' memory, and
 * the table that says which function computes what. All words are i32; steps are bytes.
 */

import type { ReduceLowering, ScanLowering } from "./lowering.ts";
import type { DType } from "./types.ts";

/** The dtypes that kernels compute; eager mode computes the others by itself. */
export type KernelDType = "f32" | "i32" | "bool";
export const kernelDTypes: readonly KernelDType[] = ["f32", "i32", "bool"];
export const isKernelDType = (d: DType): d is KernelDType =>
  d === "f32" || d === "i32" || d === "bool";

/** Words of an operand's descriptor. Strides are in elements; axes as the tensor names them. */
export const descriptor = {
  pointer: 0,
  dtype: 1,
  rank: 2,
  length: 3,
  dims: 4,
  strides: 12,
  words: 20,
} as const;

export const dtypeCodes: Readonly<Record<KernelDType, number>> = { f32: 0, i32: 1, bool: 2 };

/** The code of a dtype that kernels compute. */
export function dtypeCode(dtype: DType): number {
  if (!isKernelDType(dtype)) throw new Error(`kernels have no ${dtype}`);
  return dtypeCodes[dtype];
}
/**
 * The dtypes of tensors as results of modules and tables of packages state them (4 is a value). Kernels of
 * eager mode know the first three, those of the interpreter all.
 */
export const tensorCodes: Readonly<Record<DType, number>> = {
  ...dtypeCodes,
  f64: 3,
  u8: 5,
  i8: 6,
};
/** Instead of a dtype: the operand is the position along axis `pointer` of the result. */
export const indexCode = 8;
/** Instead of a dtype: the operand is a constant, repeated over 64 bytes at `pointer`. */
export const constantCode = 9;

/** The most operands, lifted constants and position axes (in this order) of one `map` kernel. */
export const maxSlots = 8;

/** An axis of a plan: its extent, then what one step along it adds to each of nine sums. */
export const planAxis = { extent: 0, sums: 1, words: 10 } as const;
export const maxPlanAxes = 24;

/**
 * A contraction as tiles of rows × columns. Axes stand in four groups: batch, row, column, reduced.
 * Sums of an axis: 0 the row operand's address, 1 the column operand's, 2 the result's (a reduced
 * axis: the position in the reduced index), 3–5 the row operand's guarded positions, 6–8 the
 * column operand's. Where a guarded position is outside 0 … size−1, the operand reads zero.
 */
export const contractPlan = {
  rowPointer: 0,
  columnPointer: 1,
  outPointer: 2,
  /** First of the functions for tiles: of f32 those of 1 … 4 rows and a direct one, of i32 only one. */
  tiles: 3,
  batchAxes: 4,
  rowAxes: 5,
  columnAxes: 6,
  reducedAxes: 7,
  batchCount: 8,
  rowCount: 9,
  columnCount: 10,
  reducedCount: 11,
  /** Whether some positions of the reduced index are left out, and the position of the first. */
  hasHoles: 12,
  firstPosition: 13,
  /** Whether elements are f32 and not i32. */
  isFloat: 14,
  /** Per operand: whether it has guards, three sizes, three positions at 0. */
  rowGuards: 15,
  columnGuards: 22,
  /** In the interpreter: where packed rows stay, or 0, and whether they are there. */
  packedRows: 29,
  isPacked: 30,
  axes: 31,
} as const;
export const guardWords = { used: 0, sizes: 1, starts: 4, count: 3 } as const;

/**
 * Rows of `run` elements copied to where they are neighbours. Sums: 0 the source's, 1 the target's.
 * With `lines`, each is that many rows: neighbours in the source, `lineStep` apart in the target.
 */
export const movePlan = {
  from: 0,
  to: 1,
  count: 2,
  run: 3,
  runStep: 4,
  /** log2 of an element's bytes; 2 with `lines`. */
  shift: 5,
  lines: 6,
  lineStep: 7,
  axisCount: 8,
  axes: 9,
} as const;

/** Rows read at positions from a tensor. Sums: 0 the data's address, 1 the index's. */
export const indexPlan = {
  data: 0,
  index: 1,
  out: 2,
  count: 3,
  run: 4,
  runStep: 5,
  shift: 6,
  size: 7,
  sizeStep: 8,
  axisCount: 9,
  axes: 10,
} as const;

/**
 * Rows put or added at positions that a tensor holds. Sums: 0 the target's address, 1 the index's; the
 * source is dense, in the order of the rows.
 */
export const scatterPlan = {
  target: 0,
  index: 1,
  source: 2,
  count: 3,
  run: 4,
  /** Bytes between neighbours of a run in the target. */
  runStep: 5,
  mode: 6,
  size: 7,
  sizeStep: 8,
  axisCount: 9,
  axes: 10,
} as const;
export const scatterModes = {
  setByte: 0,
  setWord: 1,
  addI32: 2,
  addF32: 3,
  // Of eight bytes: only the interpreter has them.
  setLong: 4,
  addF64: 5,
} as const;

/** A scan of dense operands: slabs of `length` positions along the axis, `lag` elements apart. */
export const scanPlan = {
  out: 0,
  x: 1,
  /** What `linear` multiplies by. */
  factor: 2,
  slabs: 3,
  length: 4,
  lag: 5,
  words: 6,
} as const;

/** The name under which the module exports a scan. */
export const scanExport = (combine: ScanLowering["combine"], dtype: DType): string =>
  `scan ${combine} ${dtype}`;

/** The order of elements: slabs as in a scan. */
export const sortPlan = {
  out: 0,
  x: 1,
  scratch: 2,
  slabs: 3,
  length: 4,
  lag: 5,
  isFloat: 6,
  descending: 7,
  words: 8,
  /** Bytes of scratch memory for each position of the axis, and one more. */
  scratchBytes: 16,
} as const;

/** Pooling over three axes (unused ones have size, kernel and stride 1). Sum 0: the operand's address. */
export const windowPlan = {
  from: 0,
  out: 1,
  count: 2,
  /** Each of these is three words, for depth, height, width. */
  sizes: 3,
  steps: 6,
  outSizes: 9,
  kernel: 12,
  strides: 15,
  padding: 18,
  dilation: 21,
  axisCount: 24,
  axes: 25,
} as const;

export const planWords = contractPlan.axes + maxPlanAxes * planAxis.words;

/** Bytes that stay readable after the last storage, because kernels read whole vectors. */
export const slackBytes = 64;
/** Storages begin at multiples of this and occupy whole multiples of it. */
export const storageAlign = 64;
/** Steps of operands of `map` kernels are given for this many elements. */
export const stepElements = 4;

export type Combine = ReduceLowering["combine"];
export const combines: readonly Combine[] = [
  ...(["sum", "sumBack", "prod", "max", "min", "argmax", "argmin"] as const),
];

/** Parts of the kernel module, for the ledger of sizes. */
export type Family =
  | "map"
  | "math"
  | "reduce"
  | "contract"
  | "window"
  | "move"
  | "index"
  | "scatter"
  | "scan"
  | "sort"
  | "driver";

export interface RowKernel {
  /** Reduces up to 4,096 neighbours; in the interpreter, its number among the ways of combining. */
  readonly row: number;
  /** The map kernel that adds two accumulators; −1 where columns cannot be reduced so. */
  readonly combine: number;
  /** What partial results start with, as bits of an i32. */
  readonly identity: number;
}

/** Which functions the kernel module has. Numbers are places in its table of functions. */
export interface KernelTable {
  /** By the key of the expression (expr-key.ts). */
  readonly maps: Readonly<Record<string, number>>;
  /** By `reductionKey`. */
  readonly reductions: Readonly<Record<string, RowKernel>>;
  /** The first tile function, by dtype. */
  readonly tiles: Readonly<Record<"f32" | "i32", number>>;
  /** Where hosts write and read. */
  readonly regions: Readonly<Record<HostRegion, number>>;
  /** The first address after the module's own data. */
  readonly heapStart: number;
  /** The functions of each family, in the order of the module. */
  readonly families: readonly { readonly name: string; readonly family: Family }[];
}

export type HostRegion = "descriptors" | "plan" | "cells" | "error";

/** The name under which the module exports a function of numbers. */
export const mathExport = (name: string): string => `math.${name}`;

export const reductionKey = (combine: Combine, dtype: DType, lanes: 1 | 16): string =>
  `${combine} ${dtype} ${lanes}`;
