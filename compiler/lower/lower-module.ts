/**
 * Graph IR to Loop IR: each entry becomes the functions of the artefact's interface, each kernel node
 * a call of a loop nest, scalars locals, branches and loops what they are.
 */

import type { Constant, Func, Module, StateCell } from "../graph/ir.ts";
import { storageSize } from "../graph/layout.ts";
import type { DataObject, LoopFunc, LoopGlobal, LoopModule } from "../loop/ir.ts";
import { evaluateDim } from "../ops/dim.ts";
import { bytesOf } from "../ops/types.ts";
import { FailureSites } from "./failure-sites.ts";
import { failureGlobal } from "./fused/kernel.ts";
import { KernelLibrary } from "./kernel-library.ts";
import { lowerEntry } from "./lower-entry.ts";
import { lowerPrepare } from "./lower-prepare.ts";
import { arenaName, constantName, heapName, stateName } from "./names.ts";
import { planMemory } from "./plan-memory.ts";
import { libraryFunction } from "./scalar-functions.ts";
import { probeName, selfTest } from "./self-test.ts";

export interface LoweredModule {
  readonly module: LoopModule;
  readonly sites: FailureSites;
  readonly entries: readonly EntryLayout[];
  /** Bytes of the static arena that all entries share. */
  readonly arenaBytes: number;
}

/** What the interface of one entry needs to be described. */
export interface EntryLayout {
  readonly func: Func;
  /** Named sizes in the order in which `prepare` takes them. */
  readonly symbols: readonly string[];
  /** Bytes of memory for its tensors, as text over the named sizes. */
  readonly memory: readonly string[];
}

export function lowerModule(m: Module): LoweredModule {
  const sites = new FailureSites();
  const kernels = new KernelLibrary();
  const library = new Set<string>();
  const funcs: LoopFunc[] = [];
  const globals: LoopGlobal[] = [{ name: failureGlobal, initial: 0 }];
  const data: DataObject[] = [];
  const entries: EntryLayout[] = [];
  let arenaBytes = 0;
  for (const func of m.funcs.filter((f) => f.entry)) {
    const plan = planMemory(func);
    const prepared = lowerPrepare(m, func, plan, sites);
    arenaBytes = Math.max(arenaBytes, prepared.staticBytes);
    globals.push(...prepared.globals);
    data.push(...prepared.data);
    funcs.push(...prepared.funcs);
    funcs.push(lowerEntry({ module: m, func, plan, prepared, sites, kernels, library }));
    entries.push({ func, symbols: prepared.symbols, memory: prepared.memory });
  }
  for (const name of library) funcs.push(libraryFunction(name));
  const text = sites.textData();
  funcs.push(...kernels.funcs, sites.messageFunction(text), selfTest());
  data.push(
    ...[...m.constants.values()].map(constantData),
    ...[...m.state.values()].map(stateData),
    ...kernels.data,
    text,
    { name: probeName, bytes: undefined, size: 16 },
    { name: arenaName, bytes: undefined, size: arenaBytes },
    { name: heapName, bytes: undefined, size: 0 },
  );
  return { module: { funcs, data, globals, table: [] }, sites, entries, arenaBytes };
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
