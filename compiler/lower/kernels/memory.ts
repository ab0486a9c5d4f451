/** Static memory of the kernel module, and how its functions read and write words there. */

import type { FuncBuilder } from "../../loop/build.ts";
import { address, binary, compare, i32, load, minus, plus } from "../../loop/build.ts";
import type { DataObject, LoopExpr } from "../../loop/ir.ts";
import { descriptor, maxSlots, planWords, tensorCodes } from "../../ops/kernel-abi.ts";
import { bytesOf, dtypes } from "../../ops/types.ts";

/** Elements that strided operands are copied in, at a time. */
export const blockElements = 256;
/** Bytes of a block: elements of up to eight bytes, and room for a vector written past the end. */
export const blockBytes = blockElements * 8 + 64;
/** Elements of one block of a reduction (rule 4 of docs/numerics.md). */
export const reduceBlock = 4096;
/** Positions of one block of a contraction (rule 3 of docs/numerics.md). */
export const contractBlock = 512;
/** Rows of a contraction that are packed at a time: what a table of positions has room for. */
export const blockRows = 512;
/** Columns that are packed at a time: what fits a second-level cache. */
export const blockColumns = 256;
/** Bytes from one column of a table of positions to the next. */
export const tablePitch = contractBlock * 4 + 64;

export const walkerBytes = 128;
export const slotBytes = 8;
export const splatBytes = 64;
export const descriptorBytes = descriptor.words * 4;

/** Every static object and its size. */
const regionBytes = {
  descriptors: (maxSlots + 1) * descriptorBytes,
  plan: planWords * 4,
  cells: 256,
  error: 64,
  walkers: (maxSlots + 1) * walkerBytes,
  slots: maxSlots * slotBytes,
  splats: maxSlots * splatBytes,
  blocks: maxSlots * blockBytes,
  counters: 128,
  reduceBlock: reduceBlock * 4 + 64,
  accumulators: 16 * blockBytes,
  totals: blockBytes,
  reduceCells: 64,
  rowTable: 5 * tablePitch,
  columnTable: 5 * tablePitch,
  reducedTables: 8 * tablePitch,
  positions: tablePitch,
  windows: 64,
  batchCells: 64,
  tile: 4 * 8 * 4,
  rowPanels: blockRows * contractBlock * 4 + 64,
  columnPanels: blockColumns * contractBlock * 4 + 64,
  offsetsFrom: blockBytes,
  offsetsTo: blockBytes,
} as const;

export type Region = keyof typeof regionBytes;

export const dataObjects = (): DataObject[] =>
  Object.entries(regionBytes).map(([name, size]) => ({ name, bytes: undefined, size }));

export const region = (name: Region, offset: LoopExpr | number = 0): LoopExpr =>
  plus(address(name), offset);

/** The i32 at word `index` of what begins at `base`. */
export const word = (base: LoopExpr, index: LoopExpr | number): LoopExpr =>
  load({ element: "i32", base, index: typeof index === "number" ? i32(index) : index });

export function setWord(
  b: FuncBuilder,
  base: LoopExpr,
  index: LoopExpr | number,
  value: LoopExpr,
): void {
  const at = typeof index === "number" ? i32(index) : index;
  b.store({ element: "i32", base, index: at }, value);
}

export const shl = (a: LoopExpr, by: LoopExpr | number): LoopExpr =>
  binary("shl", a, typeof by === "number" ? i32(by) : by);
export const shr = (a: LoopExpr, by: LoopExpr | number): LoopExpr =>
  binary("shrS", a, typeof by === "number" ? i32(by) : by);
export const and = (a: LoopExpr, by: LoopExpr | number): LoopExpr =>
  binary("and", a, typeof by === "number" ? i32(by) : by);
export const least = (a: LoopExpr, by: LoopExpr | number): LoopExpr =>
  binary("min", a, typeof by === "number" ? i32(by) : by);
export const eq = (a: LoopExpr, by: LoopExpr | number): LoopExpr =>
  compare("eq", a, typeof by === "number" ? i32(by) : by);
export const ne = (a: LoopExpr, by: LoopExpr | number): LoopExpr =>
  compare("ne", a, typeof by === "number" ? i32(by) : by);
export const lt = (a: LoopExpr, by: LoopExpr | number): LoopExpr =>
  compare("lt", a, typeof by === "number" ? i32(by) : by);
export const ge = (a: LoopExpr, by: LoopExpr | number): LoopExpr =>
  compare("ge", a, typeof by === "number" ? i32(by) : by);

/** `count − done`, at most `most`. */
export const part = (count: LoopExpr, done: LoopExpr, most: number): LoopExpr =>
  least(minus(count, done), most);

/** log2 of the bytes of each dtype's elements, two bits for each code; 4 is i64 among the types of steps. */
export const shifts = dtypes.reduce(
  (bits, dtype) => bits | (Math.log2(bytesOf[dtype]) << (2 * tensorCodes[dtype])),
  3 << 8,
);

/** log2 of the bytes of an element whose dtype has this code. */
export const shiftOf = (code: LoopExpr): LoopExpr => and(shr(i32(shifts), shl(code, 1)), 3);

/** Repeats `write` until it breaks to `label`. */
export function repeat(b: FuncBuilder, label: string, write: () => void): void {
  b.emit({ s: "loop", label, body: b.body(write) });
}

/** Leaves the loop or block called `label` if `c`. */
export function breakIf(b: FuncBuilder, label: string, c: LoopExpr): void {
  b.if(c, () => b.emit({ s: "break", label }));
}

/** Adds to a local made by `let`. */
export const advance = (b: FuncBuilder, local: LoopExpr, by: LoopExpr | number): void =>
  b.set(local, plus(local, by));
