/**
 * What a module's kernels are, for those who look for speed: the custom section `glim.kernels` of modules
 * with names.
 */

import { attrOf, isText, type Module, type Node, type Region, type Value } from "../graph/ir.ts";
import { printPlacedType } from "../graph/type.ts";
import { forEachNode } from "../graph/walk.ts";
import type { LoopExpr, LoopFunc, LoopModule, LoopStmt } from "../loop/ir.ts";
import { bodiesOf, expressionsOf, forEachExpr, forEachStmt } from "../loop/walk.ts";
import { isAnchor } from "../lower/fused/kernel.ts";
import { isContraction, scheduleKey } from "../lower/fused/schedule-choice.ts";
import type { KernelUse } from "../lower/kernel-calls.ts";
import type { EntryLayout } from "../lower/lower-module.ts";
import type { Dim } from "../ops/dim.ts";
import { workOf } from "./kernel-work.ts";
import { plainNames, type SourcePlace } from "./signature.ts";

/** One place that calls a kernel. Sizes are numbers, or the text of expressions over named sizes. */
export interface KernelDescription {
  /** The function with the call: an entry, or one that calls itself. */
  readonly caller: string;
  /** The functions of the kernel: the one that is called, and those that it calls. */
  readonly functions: readonly string[];
  /** The operator with a nest of its own; null where there is none. */
  readonly anchor: string | null;
  /** All operators, in order. */
  readonly operators: readonly string[];
  /** Types, with the layouts of those that are not row-major. */
  readonly operands: readonly string[];
  /** The names of operands that are weights of the source; packed ones have lost theirs. */
  readonly weights: readonly string[];
  readonly result: string;
  /** The nest's loops, outermost first, with their ranges and steps, and the tile that they call. */
  readonly loops: string;
  /** The sizes of tiles that are held in registers, `rows`x`columns`. */
  readonly tiles: readonly string[];
  /** What schedules find the kernel by; null where it is no contraction. */
  readonly schedule: string | null;
  readonly operations: number | string;
  readonly bytes: number | string;
  readonly place: SourcePlace | null;
}

export interface KernelsInput {
  readonly module: Module;
  readonly loops: LoopModule;
  readonly kernels: readonly KernelUse[];
  readonly entries: readonly EntryLayout[];
  readonly locate: (span: { file: string; start: number }) => SourcePlace | undefined;
}

export function describeKernels(input: KernelsInput): readonly KernelDescription[] {
  const { module, loops, kernels, entries, locate } = input;
  const spell = new Map(entries.map((e) => [e.func.name, plainNames(e.symbols)]));
  const funcs = new Map(loops.funcs.map((f) => [f.name, f]));
  const constants = namesOfConstants(module);
  return kernels.map(({ caller, kernel, node }) => {
    const region = node.regions[0]!;
    const operators = operatorsOf(region);
    const anchor = operators.find(isAnchor);
    const functions = reachableFrom(kernel, funcs);
    const span = operators.findLast((n) => n.span !== undefined)?.span ?? node.span;
    const { operations, bytes } = workOf(node);
    const plain = spell.get(caller) ?? ((text) => text);
    const sizeOf = (d: Dim): number | string => (typeof d === "number" ? d : plain(d.text));
    const printOf = (v: Value): string => plain(printPlacedType(v.type, v.layout));
    return {
      caller,
      functions,
      anchor: anchor?.op ?? null,
      operators: operators.map((n) => n.op),
      operands: node.operands.map(printOf),
      weights: node.operands.flatMap((v) => constants.get(v) ?? []),
      result: node.results.map(printOf).join(", "),
      loops: spellLoops(kernel, funcs),
      tiles: functions.flatMap((name) => tileOf(name) ?? []),
      schedule: anchor && isContraction(anchor) ? scheduleKey(anchor) : null,
      operations: sizeOf(operations),
      bytes: sizeOf(bytes),
      place: (span && locate(span)) ?? null,
    };
  });
}

/** All operators of a kernel, and of the kernels inside of it. */
const operatorsOf = ({ nodes }: Region): readonly Node[] =>
  nodes.flatMap((n) => {
    if (n.op === "kernel") return operatorsOf(n.regions[0]!);
    return n.op === "yield" ? [] : [n];
  });

function namesOfConstants(module: Module): ReadonlyMap<Value, string> {
  const names = new Map<Value, string>();
  const note = (node: Node): void => {
    if (node.op !== "const") return;
    // A layout stands behind the name of what it was made of; what was computed has a number only.
    const name = attrOf(node, "name", isText).replace(/\{.*$/, "");
    if (!/^folded\.\d+$/.test(name)) names.set(node.results[0]!, name);
  };
  for (const func of module.funcs) forEachNode(func.body, note);
  return names;
}

type Funcs = ReadonlyMap<string, LoopFunc>;

/** The size of the tile that a function of this name computes. */
const tileOf = (name: string): string | undefined => /\.(\d+x\d+)$/.exec(name)?.[1];

/** The function and those that it calls, itself first. */
function reachableFrom(name: string, funcs: Funcs): readonly string[] {
  const found = new Set([name]);
  // A set grows while it is gone through.
  for (const each of found) {
    for (const callee of calleesOf(funcs.get(each)?.body ?? [])) {
      if (funcs.has(callee)) found.add(callee);
    }
  }
  return [...found];
}

function calleesOf(body: readonly LoopStmt[]): ReadonlySet<string> {
  const callees = new Set<string>();
  const note = (e: LoopExpr): void => {
    if (e.k === "call") callees.add(e.callee);
  };
  forEachStmt(body, (s) => {
    if (s.s === "call") callees.add(s.callee);
    for (const e of expressionsOf(s)) forEachExpr(e, note);
  });
  return callees;
}

/** A stretch of loops inside each other: how often its innermost body runs, as far as that is known. */
interface Nest {
  readonly loops: readonly string[];
  readonly runs: number;
}

/** The loops of the nest whose body runs most often. */
function spellLoops(kernel: string, funcs: Funcs): string {
  const found: Nest[] = [];
  visit(funcs.get(kernel)?.body ?? [], { loops: [], runs: 1 }, funcs, found);
  const most = found.reduce<Nest | undefined>(
    (best, nest) =>
      best === undefined ||
      nest.runs > best.runs ||
      (nest.runs === best.runs && nest.loops.length > best.loops.length)
        ? nest
        : best,
    undefined,
  );
  return most?.loops.join(" › ") ?? "";
}

/** How often a loop of unknown range is taken to run. */
const someRuns = 64;

function visit(body: readonly LoopStmt[], around: Nest, funcs: Funcs, found: Nest[]): void {
  for (const s of body) {
    if (s.s === "for") {
      const loops = [...around.loops, spellLoop(s)];
      const nest = { loops, runs: around.runs * (runsOf(s) ?? someRuns) };
      found.push(nest);
      visit(s.body, nest, funcs, found);
    } else if (s.s === "loop") {
      const nest = { loops: [...around.loops, s.label], runs: around.runs * someRuns };
      found.push(nest);
      visit(s.body, nest, funcs, found);
    } else if (s.s === "call") {
      const tile = tileOf(s.callee);
      // A tile has a loop of its own.
      if (tile) found.push({ loops: [...around.loops, tile], runs: around.runs * someRuns });
      else visit(funcs.get(s.callee)?.body ?? [], around, funcs, found);
    } else {
      for (const inner of bodiesOf(s)) visit(inner, around, funcs, found);
    }
  }
}

type For = LoopStmt & { readonly s: "for" };

function runsOf({ from, to, step }: For): number | undefined {
  if (from.k !== "const" || to.k !== "const") return undefined;
  return Math.ceil((Number(to.value) - Number(from.value)) / step);
}

function spellLoop(loop: For): string {
  const runs = runsOf(loop);
  const range = loop.to.k === "const" && runs !== undefined ? ` ${loop.to.value}` : "";
  return `${loop.name}${range}${loop.step === 1 ? "" : ` by ${loop.step}`}`;
}

const sectionName = "glim.kernels";

export const kernelsSection = (
  kernels: readonly KernelDescription[],
): { name: string; bytes: Uint8Array } => ({
  name: sectionName,
  bytes: new TextEncoder().encode(JSON.stringify(kernels)),
});

/** What a module says of its kernels; undefined where it was compiled without names. */
export function readKernels(wasm: WebAssembly.Module): readonly KernelDescription[] | undefined {
  const [section] = WebAssembly.Module.customSections(wasm, sectionName);
  return section && JSON.parse(new TextDecoder().decode(section));
}
