/** The functions around an entry: `f_prepare` plans and grows memory, `f_in` and `f_out` tell places. */

import type { Func, Module } from "../graph/ir.ts";
import { tensorOf } from "../graph/ir.ts";
import { sizesOfParams } from "../graph/sizes.ts";
import {
  address,
  binary,
  compare,
  convert,
  FuncBuilder,
  global,
  i32,
  plus,
  select,
  times,
  unary,
} from "../loop/build.ts";
import type { DataObject, LoopExpr, LoopFunc, LoopGlobal } from "../loop/ir.ts";
import type { Dim } from "../ops/dim.ts";
import type { FailureSites } from "./failure-sites.ts";
import type { Sizes } from "./fused/size-expr.ts";
import { sizeExpr } from "./fused/size-expr.ts";
import { checkFusedCounts } from "./fused-counts.ts";
import type { HeapLibrary } from "./heap/heap-library.ts";
import { allocateSlots, beginCall } from "./heap/kept-heap.ts";
import { prepareHeap, usesHeap } from "./heap/start-heap.ts";
import { arenaName, heapName, returnUnless } from "./names.ts";
import { alignTo, bufferAlign } from "./pack-buffers.ts";
import type { MemoryPlan } from "./plan-memory.ts";
import { f64, wideSize } from "./wide-size.ts";

export interface Prepared {
  readonly funcs: readonly LoopFunc[];
  readonly globals: readonly LoopGlobal[];
  readonly data: readonly DataObject[];
  readonly symbols: readonly string[];
  /** The address of each slot that can be had from the beginning. */
  readonly slots: readonly (LoopExpr | undefined)[];
  readonly staticBytes: number;
  readonly memory: readonly string[];
  /** Where the heap begins. */
  readonly heapBase: LoopExpr;
  /** Set by `f_prepare`; undefined where nothing is left to prepare. */
  readonly ready: string | undefined;
}

/** Words of an output's descriptor: address, dtype, rank, eight sizes. */
export const descriptorWords = 11;
export const dtypeCodes = { f32: 0, i32: 1, bool: 2, f64: 3, value: 4, u8: 5, i8: 6 } as const;

export const outName = (entry: string): string => `${entry}.out`;
/** Results that are numbers or booleans lie here, eight bytes each. */
export const scalarsName = (entry: string): string => `${entry}.scalars`;

/** The highest address that memory may reach. */
export const memoryLimit = 2 ** 31 - 2 ** 16;

export function lowerPrepare(m: Module, func: Func, plan: MemoryPlan, heap: HeapLibrary): Prepared {
  const symbols = sizesOfParams(m, func);
  let staticBytes = 0;
  const globals: LoopGlobal[] = symbols.map((s) => ({ name: `${func.name}.${s}`, initial: 0 }));
  const dynamic: DynamicSlot[] = [];
  const slots = plan.slots.map((slot, i): LoopExpr | undefined => {
    if (slot.since !== undefined) return undefined;
    const only = slot.sizes[0];
    if (slot.sizes.length === 1 && typeof only === "number") {
      const at = staticBytes;
      staticBytes += alignTo(only, bufferAlign);
      return plus(address(arenaName), at);
    }
    const name = `${func.name}.slot${i}`;
    globals.push({ name, initial: 0 });
    dynamic.push({ name, sizes: slot.sizes });
    return global(name);
  });
  const ready = symbols.length > 0 ? `${func.name}.ready` : undefined;
  if (ready) globals.push({ name: ready, initial: 0 });
  const ownBase = usesHeap(func) && dynamic.length > 0 && !heap.isKept;
  const baseName = ownBase ? `${func.name}.heap` : undefined;
  if (baseName !== undefined) globals.push({ name: baseName, initial: 0 });
  const heapBase = baseName === undefined ? address(heapName) : global(baseName);
  const results = Math.max(1, func.results.length);
  return {
    funcs: [
      prepareFunction({ m, func, symbols, dynamic, ready, heap, heapBase }),
      inputFunction(func, plan, slots, symbols),
      outputFunction(func),
    ],
    globals,
    data: [
      { name: outName(func.name), bytes: undefined, size: results * descriptorWords * 4 },
      { name: scalarsName(func.name), bytes: undefined, size: results * 8 },
    ],
    symbols,
    slots,
    staticBytes,
    memory: [
      ...(staticBytes > 0 ? [String(staticBytes)] : []),
      ...dynamic.map((d) =>
        d.sizes.length === 1 ? `${d.sizes[0]}` : `max(${d.sizes.join(", ")})`,
      ),
    ],
    heapBase,
    ready,
  };
}

/** A tensor whose address is found when preparing. */
interface DynamicSlot {
  readonly name: string;
  readonly sizes: readonly Dim[];
}

interface Preparation {
  readonly m: Module;
  readonly func: Func;
  readonly symbols: readonly string[];
  readonly dynamic: readonly DynamicSlot[];
  readonly ready: string | undefined;
  readonly heap: HeapLibrary;
  readonly heapBase: LoopExpr;
}

function prepareFunction(preparation: Preparation): LoopFunc {
  const { m, func, symbols, dynamic, ready, heap, heapBase } = preparation;
  const { sites } = heap;
  const b = new FuncBuilder();
  const sizes = new Map(symbols.map((s) => [s, b.param(s, "i32")]));
  for (const s of symbols) {
    checkBounds(b, m, func, s, sizes.get(s)!, sites);
    b.emit({ s: "setGlobal", name: `${func.name}.${s}`, value: sizes.get(s)! });
  }
  const wide = new Map([...sizes].map(([s, v]) => [s, convert(v, "f64")] as const));
  checkFusedCounts(b, func.body, wide, sites);
  if (heap.isKept && (usesHeap(func) || dynamic.length > 0)) beginCall(b);
  if (dynamic.length > 0) {
    const end = planSlots(b, preparation, sizes);
    if (heapBase.k === "global") b.emit({ s: "setGlobal", name: heapBase.name, value: end });
  }
  if (usesHeap(func)) prepareHeap(heap, b, heapBase);
  if (ready) b.emit({ s: "setGlobal", name: ready, value: i32(1) });
  b.emit({ s: "return", value: i32(0) });
  const name = `${func.name}_prepare`;
  return b.finish(name, { exported: name, result: "i32" });
}

function checkBounds(
  b: FuncBuilder,
  m: Module,
  func: Func,
  name: string,
  size: LoopExpr,
  sites: FailureSites,
): void {
  const bounds = m.sizes.find((s) => s.name === name);
  const min = bounds?.min ?? 0;
  const max = bounds?.max ?? 0x7fffffff;
  const range = bounds ? `from ${min} to ${max}` : "0 or more";
  // `B$2` is what keeps another entry's B apart; the source says B.
  const written = name.replace(/\$\d+$/, "");
  const site = sites.add(`${func.name}: the size ${written} must be ${range}`, func.span);
  const inside = binary("and", compare("ge", size, i32(min)), compare("le", size, i32(max)));
  returnUnless(b, inside, site);
}

/**
 * Places the slots one after another, and gives where they end. Sizes are added up as f64, in which they
 * cannot overflow.
 */
function planSlots(
  b: FuncBuilder,
  { m, func, dynamic, heap }: Preparation,
  sizes: Sizes,
): LoopExpr {
  const { sites } = heap;
  const wide = new Map([...sizes].map(([s, v]) => [s, b.let(`${s}.f64`, convert(v, "f64"))]));
  const base = heap.isKept ? i32(0) : address(heapName);
  const end = b.let("end", convert(base, "f64"));
  for (const { name, sizes: needs } of dynamic) {
    b.emit({ s: "setGlobal", name, value: convert(end, "i32") });
    const bytes = needs.map((d) => wideSize(d, wide)).reduce((x, y) => binary("max", x, y));
    const slots = unary("ceil", binary("div", bytes, f64(bufferAlign)));
    b.set(end, binary("add", end, binary("mul", slots, f64(bufferAlign))));
  }
  const site = sites.add(
    `${func.name}: out of memory; these sizes need more than a module can have`,
    func.span,
  );
  returnUnless(b, compare("le", end, f64(memoryLimit)), site);
  if (heap.isKept) {
    // Where they lie, only the heap can tell.
    const first = allocateSlots(heap, b, convert(end, "i32"), entryNumber(m, func));
    for (const { name } of dynamic) {
      b.emit({ s: "setGlobal", name, value: plus(first, global(name)) });
    }
  } else growTo(b, convert(end, "i32"), site);
  return convert(end, "i32");
}

/** From 1 on. */
export const entryNumber = (m: Module, func: Func): number => m.funcs.indexOf(func) + 1;

/** Memory must end a page's start after `end`, for reads past a last row. */
function growTo(b: FuncBuilder, end: LoopExpr, site: number): void {
  const pages = b.let("pages", binary("shrU", plus(end, 65_535 + 64), i32(16)));
  const have = b.let("have", { k: "memorySize", type: "i32" });
  b.if(compare("gt", pages, have), () => {
    const more = binary("sub", pages, have);
    const grown = b.let("grown", { k: "memoryGrow", type: "i32", pages: more });
    returnUnless(b, compare("ne", grown, i32(-1)), site);
  });
}

function inputFunction(
  func: Func,
  plan: MemoryPlan,
  slots: readonly (LoopExpr | undefined)[],
  symbols: readonly string[],
): LoopFunc {
  const b = new FuncBuilder();
  const i = b.param("i", "i32");
  const sizes = new Map(symbols.map((s) => [s, global(`${func.name}.${s}`)]));
  func.params.forEach((p, n) => {
    const place = plan.places.get(p.value);
    if (place?.kind !== "slot") return;
    const value = plus(slots[place.room.slot]!, sizeExpr(place.room.offset, sizes));
    b.if(compare("eq", i, i32(n)), () => b.emit({ s: "return", value }));
  });
  b.emit({ s: "return", value: i32(0) });
  const name = `${func.name}_in`;
  return b.finish(name, { exported: name, result: "i32" });
}

function outputFunction(func: Func): LoopFunc {
  const b = new FuncBuilder();
  const i = b.param("i", "i32");
  const known = compare("ltU", i, i32(func.results.length));
  const at = plus(times(i, descriptorWords * 4), address(outName(func.name)));
  b.emit({ s: "return", value: select(known, at, i32(0)) });
  const name = `${func.name}_out`;
  return b.finish(name, { exported: name, result: "i32" });
}

/** Elements of an output's descriptor that are known when compiling. */
export function outputDType(type: Func["results"][number]): number {
  if (type.kind === "tensor") return dtypeCodes[type.dtype];
  return dtypeCodes[type.kind === "str" || type.kind === "ref" ? "value" : type.kind];
}

export const rankOf = (type: Func["results"][number]): number =>
  type.kind === "tensor" ? type.shape.length : 0;

/** Sizes of a result, or of a parameter, as Loop IR. */
export const shapeExprs = (v: Parameters<typeof tensorOf>[0], sizes: Sizes): LoopExpr[] =>
  tensorOf(v).shape.map((d) => sizeExpr(d, sizes));
