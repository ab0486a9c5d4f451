/**
 * The heap of modules that keep something on it between calls: it is made once, by the first call. What
 * calls leave behind is given back by the next one, and what they lose by failing or in circles by
 * collecting.
 */

import { type Module, makerOf, type StateCell } from "../../graph/ir.ts";
import { address, binary, compare, FuncBuilder, global, i32, plus } from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { functionName, resultsName } from "../lower-call.ts";
import { heapName, returnUnless, stateName } from "../names.ts";
import { collectFunction } from "./collect-kept.ts";
import { countAt, headerBytes, loadLeaf, loadWord, storeWord } from "./heap-layout.ts";
import type { HeapLibrary } from "./heap-library.ts";

const startedName = "kept.started";
/** Set while a call may have failed and left references behind. */
const brokenName = "kept.broken";
/** From so many bytes in use on, the heap is collected. */
const limitName = "kept.limit";
/** The block with the slots of the entry that was prepared last, and the number of that entry. */
const slotsName = "kept.slots";
const preparedName = "kept.prepared";
/** The blocks of the last call's results, each leading to the next by its count. */
const resultsChain = "kept.results";
export const beginName = "kept.begin";

/** Collecting is not worth less than this. */
const leastBytes = 1 << 20;
const slotAlign = 64;

export const makersOf = (m: Module): readonly StateCell[] =>
  [...m.state.values()].filter((cell) => makerOf(cell) !== undefined);

const setGlobal = (heap: HeapLibrary, b: FuncBuilder, name: string, value: LoopExpr): void =>
  b.emit({ s: "setGlobal", name: heap.global(name), value });

/** `kept.begin()`: to be called before anything of a call lies on the heap; gives the number of a failure. */
export function beginFunction(heap: HeapLibrary, makers: readonly StateCell[]): LoopFunc {
  const b = new FuncBuilder();
  b.if(
    global(heap.global(startedName)),
    () => {
      freeResults(heap, b);
      const isFull = compare("gt", callHeap("usedBytes"), global(heap.global(limitName)));
      b.if(binary("or", global(heap.global(brokenName)), isFull), () => {
        b.call(
          heap.define("kept.collect", () => collectFunction(heap, rootsOf(heap, makers))),
          [],
        );
        setLimit(heap, b);
      });
    },
    () => start(heap, b, makers),
  );
  setGlobal(heap, b, brokenName, i32(1));
  b.emit({ s: "return", value: i32(0) });
  return b.finish(beginName, { result: "i32" });
}

const rootsOf = (heap: HeapLibrary, makers: readonly StateCell[]) => [
  ...makers.map(({ name, type }) => ({ at: loadWord(address(stateName(name)), 0), type })),
  { at: global(heap.global(slotsName)), type: undefined },
];

function start(heap: HeapLibrary, b: FuncBuilder, makers: readonly StateCell[]): void {
  b.call("heap.heapInit", [address(heapName)]);
  for (const name of [slotsName, preparedName, resultsChain, brokenName]) {
    setGlobal(heap, b, name, i32(0));
  }
  for (const cell of makers) {
    const maker = makerOf(cell)!;
    const failure = b.let("failure", {
      k: "call",
      type: "i32",
      callee: functionName(maker),
      args: [i32(0)],
    });
    b.if(failure, () => b.emit({ s: "return", value: failure }));
    storeWord(
      b,
      address(stateName(cell.name)),
      0,
      loadLeaf(cell.type, address(resultsName(maker)), 0),
    );
  }
  setLimit(heap, b);
  setGlobal(heap, b, startedName, i32(1));
}

/** Twice what is in use. */
function setLimit(heap: HeapLibrary, b: FuncBuilder): void {
  const used = b.let("used", callHeap("usedBytes"));
  setGlobal(heap, b, limitName, plus(binary("add", used, used), leastBytes));
}

function freeResults(heap: HeapLibrary, b: FuncBuilder): void {
  const block = b.let("block", global(heap.global(resultsChain)));
  const label = b.fresh("results");
  const body = b.body(() => {
    b.if(compare("eq", block, i32(0)), () => b.emit({ s: "break", label }));
    const next = b.let("next", loadWord(block, countAt));
    storeWord(b, block, countAt, i32(1));
    b.call("heap.free", [block]);
    b.set(block, next);
  });
  b.emit({ s: "loop", label, body });
  setGlobal(heap, b, resultsChain, i32(0));
}

/** Part of an entry's end: the block with a result's bytes is given back by the next call. */
export function chainResult(heap: HeapLibrary, b: FuncBuilder, at: LoopExpr): void {
  const block = plus(at, -headerBytes);
  storeWord(b, block, countAt, global(heap.global(resultsChain)));
  setGlobal(heap, b, resultsChain, block);
}

/** Part of an entry's end: nothing is left behind but what the chain of results leads to. */
export const endCall = (heap: HeapLibrary, b: FuncBuilder): void =>
  setGlobal(heap, b, brokenName, i32(0));

/** Leaves the function where the call cannot begin. */
export function beginCall(b: FuncBuilder): void {
  const failure = b.let("failure", { k: "call", type: "i32", callee: beginName, args: [] });
  b.if(failure, () => b.emit({ s: "return", value: failure }));
}

/** Part of a preparation: room for so many bytes of slots, which take the place of those before. */
export function allocateSlots(
  heap: HeapLibrary,
  b: FuncBuilder,
  bytes: LoopExpr,
  entry: number,
): LoopExpr {
  b.call("heap.free", [global(heap.global(slotsName))]);
  // Where memory ends here, there are none.
  setGlobal(heap, b, slotsName, i32(0));
  setGlobal(heap, b, preparedName, i32(0));
  // Vectors at a row's end may reach past it.
  const block = b.let("slots", callHeap("allocRaw", plus(bytes, 2 * slotAlign)));
  setGlobal(heap, b, slotsName, block);
  setGlobal(heap, b, preparedName, i32(entry));
  return b.let("first", binary("and", plus(block, headerBytes + slotAlign - 1), i32(-slotAlign)));
}

/** Part of an entry with slots: they are there only until another is prepared. */
export function requireSlots(heap: HeapLibrary, b: FuncBuilder, entry: number, site: number): void {
  returnUnless(b, compare("eq", global(heap.global(preparedName)), i32(entry)), site);
}

/** `glim_reset()`: the next call makes everything that is kept anew. */
export function resetFunction(heap: HeapLibrary): LoopFunc {
  const b = new FuncBuilder();
  setGlobal(heap, b, startedName, i32(0));
  return b.finish("glim_reset", { exported: "glim_reset" });
}
