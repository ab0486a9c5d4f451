/** What every kernel builder works on: the kernel's region, its functions and its parameters. */

import type { Node, Region, Value } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import { type FuncBuilder, times } from "../../loop/build.ts";
import type { DataObject, Element, LoopExpr, LoopFunc } from "../../loop/ir.ts";
import type { Dim } from "../../ops/dim.ts";
import { addDim, mulDim, symbolsOf } from "../../ops/dim.ts";
import { sortPlan } from "../../ops/kernel-abi.ts";
import type { MovePiece } from "../../ops/lowering.ts";
import { opByName } from "../../ops/registry.ts";
import { bytesOf, type DType } from "../../ops/types.ts";
import { pairWordsOf } from "../merge-sort.ts";
import { blockScratch, kernelsIn } from "./block-frame.ts";
import {
  noSchedules,
  type ScheduleChoice,
  type Schedules,
  scheduleKey,
} from "./schedule-choice.ts";
import type { Sizes } from "./size-expr.ts";

/** A kernel as the lowering sees it. `result` is what its region yields. */
export interface Kernel {
  readonly name: string;
  readonly region: Region;
  readonly result: Value;
  readonly anchor: Node | undefined;
  /** What stands around the anchor's result, where padding is fused after it. */
  readonly frame: MovePiece | undefined;
  /** How the anchor is to be scheduled, if it is a contraction. */
  readonly choice: ScheduleChoice | undefined;
  /** Named sizes that occur in the kernel's types, in order: parameters after the addresses. */
  readonly symbols: readonly string[];
}

/** Functions and tables that one kernel becomes; the first function is the one to call. */
export interface LoweredKernel {
  readonly funcs: readonly LoopFunc[];
  readonly data: readonly DataObject[];
}

/** An i32 global: the place where a kernel leaves the number of a failed check, 0 when all is well. */
export const failureGlobal = "failure";

export const elementOf = (d: DType): Element => (d === "bool" ? "u8" : d);

export function describeKernel(
  name: string,
  region: Region,
  schedules: Schedules = noSchedules,
): Kernel {
  const last = region.nodes.at(-1);
  const result = last?.operands[0];
  if (!result) throw new Error("a kernel yields one tensor");
  const symbols = new Set<string>();
  const note = (v: Value): void => {
    for (const d of tensorOf(v).shape) symbolsOf(d, symbols);
  };
  region.params.forEach(note);
  for (const node of region.nodes) {
    node.results.forEach(note);
    for (const attr of Object.values(node.attrs)) noteAttr(attr, symbols);
  }
  const anchor = region.nodes.find(isAnchor);
  const maker = region.nodes.at(-2);
  const frame = maker && maker !== anchor ? frameOf(maker) : undefined;
  const choice = anchor && schedules.get(scheduleKey(anchor));
  return { name, region, result, anchor, frame, choice, symbols: [...symbols] };
}

/** Where a padding node puts its operand; undefined for other nodes. */
export function frameOf(node: Node): MovePiece | undefined {
  const lowering = opByName(node.op)?.lower(
    node.operands.map(tensorOf),
    node.attrs,
    tensorOf(node.results[0]!),
  );
  if (lowering?.kind !== "move" || lowering.form !== "pieces") return undefined;
  const [piece] = lowering.pieces;
  return lowering.pieces.length === 1 && lowering.fill !== undefined ? piece : undefined;
}

function noteAttr(attr: unknown, symbols: Set<string>): void {
  if (Array.isArray(attr)) for (const a of attr) noteAttr(a, symbols);
  else if (typeof attr === "object" && attr !== null && "terms" in attr) {
    symbolsOf(attr as Exclude<Dim, number>, symbols);
  }
}

/**
 * Whether a node computes in a nest of its own, around which element-wise nodes are fused. Maps and
 * movements that read one element for one element have no nest of their own.
 */
export function isAnchor(node: Node): boolean {
  const op = opByName(node.op);
  if (!op) return false;
  const result = tensorOf(node.results[0]!);
  const lowering = op.lower(node.operands.map(tensorOf), node.attrs, result);
  if (lowering.kind === "map") return false;
  if (lowering.kind !== "move") return true;
  if (lowering.form !== "pieces" || lowering.pieces.length === 0) return false;
  return lowering.pieces.length > 1 || lowering.fill !== undefined;
}

/** Bytes of memory that the kernel uses beside its operands and its result; undefined for most. */
export function scratchOf(region: Region): Dim | undefined {
  if (kernelsIn(region).length > 0) return blockScratch(region);
  const anchor = region.nodes.find(isAnchor);
  const op = anchor && opByName(anchor.op);
  if (!op) return undefined;
  const type = tensorOf(anchor.results[0]!);
  const lowering = op.lower(anchor.operands.map(tensorOf), anchor.attrs, type);
  if (lowering.kind !== "sort") return undefined;
  const words = pairWordsOf(tensorOf(anchor.operands[0]!).dtype);
  return mulDim(addDim(type.shape[lowering.axis]!, 1), words * sortPlan.scratchBytes);
}

/** The parameters of a kernel's function, in the order in which callers pass them. */
export interface KernelParams {
  readonly out: LoopExpr;
  readonly operands: readonly LoopExpr[];
  readonly sizes: Sizes;
}

export function kernelParams(b: FuncBuilder, kernel: Kernel): KernelParams {
  const out = b.param("out", "i32");
  const operands = kernel.region.params.map((_, i) => b.param(`p${i}`, "i32"));
  const sizes = new Map(kernel.symbols.map((s) => [s, b.param(s, "i32")]));
  return { out, operands, sizes };
}

/** The address of element `index` of a buffer that begins at `base`. */
export function elementAddress(base: LoopExpr, index: LoopExpr, dtype: DType): LoopExpr {
  const bytes = times(index, bytesOf[dtype]);
  if (bytes.k === "const" && bytes.value === 0) return base;
  return { k: "binary", type: "i32", op: "add", a: base, b: bytes };
}
