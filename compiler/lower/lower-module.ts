/**
 * Graph IR to Loop IR: each entry becomes the functions of the artefact's interface, each kernel node
 * a call of a loop nest, scalars locals, branches and loops what they are.
 */

import type { Constant, Func, Module, StateCell } from "../graph/ir.ts";
import { storageSize } from "../graph/layout.ts";
import { sizesOfParams } from "../graph/sizes.ts";
import { global } from "../loop/build.ts";
import { heapLinks } from "../loop/heap.ts";
import type { DataObject, LoopFunc, LoopGlobal, LoopModule } from "../loop/ir.ts";
import { namesIn } from "../loop/walk.ts";
import { evaluateDim } from "../ops/dim.ts";
import { bytesOf } from "../ops/types.ts";
import { remainderName } from "./expression.ts";
import { FailureSites } from "./failure-sites.ts";
import { failureGlobal } from "./fused/kernel.ts";
import type { Schedules } from "./fused/schedule-choice.ts";
import type { Sizes } from "./fused/size-expr.ts";
import { failureFunction, textAtName, textSiteName } from "./heap/heap-failures.ts";
import { HeapLibrary } from "./heap/heap-library.ts";
import { roomFunction } from "./heap/host-room.ts";
import { beginFunction, makersOf, resetFunction } from "./heap/kept-heap.ts";
import { usesHeap } from "./heap/start-heap.ts";
import { clockImports, KernelCalls, type KernelUse } from "./kernel-calls.ts";
import { KernelLibrary } from "./kernel-library.ts";
import { resultsData } from "./lower-call.ts";
import { lowerEntry } from "./lower-entry.ts";
import { lowerFunction } from "./lower-function.ts";
import { lowerPrepare, memoryLimit } from "./lower-prepare.ts";
import { arenaName, constantName, heapName, stateName } from "./names.ts";
import { planMemory } from "./plan-memory.ts";
import { libraryFunction } from "./scalar-functions.ts";
import { probeName, selfTest } from "./self-test.ts";
import { TooLarge, tooLarge } from "./too-large.ts";

export interface LoweredModule {
  readonly module: LoopModule;
  readonly sites: FailureSites;
  readonly entries: readonly EntryLayout[];
  /** Bytes of the static arena that all entries share. */
  readonly arenaBytes: number;
  /** Each place that calls a kernel; its number is what clocks are given. */
  readonly kernels: readonly KernelUse[];
}

export interface LoweringOptions {
  /** Calls a clock of the host around each kernel, for profiles. Default: false. */
  readonly timed?: boolean;
  /** Contractions that are scheduled otherwise than the cost model would. */
  readonly schedules?: Schedules;
}

/** What the interface of one entry needs to be described. */
export interface EntryLayout {
  readonly func: Func;
  /** Named sizes in the order in which `prepare` takes them. */
  readonly symbols: readonly string[];
  /** Bytes of memory for its tensors, as text over the named sizes. */
  readonly memory: readonly string[];
}

export function lowerModule(
  m: Module,
  { timed = false, schedules }: LoweringOptions = {},
): LoweredModule {
  const sites = new FailureSites();
  const kernels = new KernelLibrary(schedules);
  const calls = new KernelCalls(timed);
  const numbers = new Set<string>();
  const makers = makersOf(m);
  const heap = new HeapLibrary(m.heap, sites, entrySizes(m), makers.length > 0);
  const libraries = { module: m, sites, kernels, calls, heap, numbers };
  const funcs: LoopFunc[] = [];
  const globals: LoopGlobal[] = [{ name: failureGlobal, initial: 0 }];
  const data: DataObject[] = [];
  const entries: EntryLayout[] = [];
  let arenaBytes = 0;
  for (const func of m.funcs.filter((f) => f.entry)) {
    const plan = planMemory(func);
    const prepared = lowerPrepare(m, func, plan, heap);
    arenaBytes = Math.max(arenaBytes, prepared.staticBytes);
    if (prepared.staticBytes > memoryLimit) throw tooLarge(func, plan, prepared.staticBytes);
    globals.push(...prepared.globals);
    data.push(...prepared.data);
    funcs.push(...prepared.funcs);
    funcs.push(lowerEntry({ func, plan, prepared, libraries }));
    entries.push({ func, symbols: prepared.symbols, memory: prepared.memory });
  }
  for (const func of m.funcs.filter((f) => !f.entry)) {
    funcs.push(lowerFunction(func, libraries));
    data.push(resultsData(func));
  }
  if (kernels.funcs.some((f) => namesIn(f).has(remainderName))) numbers.add("rem");
  for (const name of numbers) funcs.push(libraryFunction(name));
  if (heap.isKept) funcs.push(beginFunction(heap, makers), resetFunction(heap));
  if (heap.isKept || m.funcs.some(usesHeap)) funcs.push(roomFunction(), failureFunction(heap));
  const ownText = heap.hasFailureTexts ? { site: textSiteName, at: textAtName } : undefined;
  const made = heap.finish();
  globals.push(...made.globals);
  data.push(...made.data);
  funcs.push(...made.funcs);
  const text = sites.textData();
  funcs.push(...kernels.funcs, sites.messageFunction(text, ownText), selfTest());
  data.push(
    ...[...m.constants.values()].map(constantData),
    ...[...m.state.values()].map(stateData),
    ...kernels.data,
    text,
    { name: probeName, bytes: undefined, size: 16 },
    { name: arenaName, bytes: undefined, size: arenaBytes },
    { name: heapName, bytes: undefined, size: 0 },
  );
  checkMemory(data);
  const imports = timed ? clockImports : undefined;
  const module = { funcs, data, globals, table: [], links: heapLinks(funcs), imports };
  return { module, sites, entries, arenaBytes, kernels: calls.uses };
}

/** Weights, state and tensors of known sizes together. */
function checkMemory(data: readonly DataObject[]): void {
  const bytes = data.reduce((sum, { size }) => sum + size, 0);
  if (bytes <= memoryLimit) return;
  const needs = `weights, state and tensors need ${bytes} bytes, and a module has ${memoryLimit}`;
  throw new TooLarge(`out of memory: ${needs}`, undefined);
}

/** Where entries keep their named sizes, for what lies on the heap. */
function entrySizes(m: Module): Sizes {
  const entries = m.funcs.filter((f) => f.entry);
  return new Map(
    entries.flatMap((f) => sizesOfParams(m, f).map((s) => [s, global(`${f.name}.${s}`)] as const)),
  );
}

function constantData(c: Constant): DataObject {
  const { data } = c;
  const elements = evaluateDim(storageSize(c.layout, c.type.shape), new Map());
  const size = elements * bytesOf[c.type.dtype];
  // Vectors at a row's end may read past the last element: 16 bytes follow it.
  return {
    name: constantName(c.name),
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    size: size + 16,
  };
}

function stateData(cell: StateCell): DataObject {
  const { initial, type } = cell;
  if (typeof initial === "object" && "maker" in initial) {
    return { name: stateName(cell.name), bytes: undefined, size: 8 };
  }
  if (typeof initial === "object") {
    const bytes = new Uint8Array(initial.buffer, initial.byteOffset, initial.byteLength);
    return { name: stateName(cell.name), bytes, size: bytes.length + 16 };
  }
  const bytes =
    type.kind === "f64"
      ? new Uint8Array(Float64Array.of(Number(initial)).buffer)
      : new Uint8Array(Int32Array.of(Number(initial)).buffer);
  return { name: stateName(cell.name), bytes, size: bytes.length };
}
