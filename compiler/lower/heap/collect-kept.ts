/**
 * `kept.collect()`: counts anew every reference that leads from what an instance keeps, and gives back all
 * else. It runs between calls only, when no function holds anything.
 */

import { type HeapType, leavesOf } from "../../graph/heap-types.ts";
import type { Type } from "../../graph/ir.ts";
import { binary, compare, FuncBuilder, global, i32, plus } from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import {
  countAt,
  headerBytes,
  isReference,
  lengthAt,
  loadLeaf,
  loadWord,
  storeWord,
} from "./heap-layout.ts";
import type { HeapLibrary } from "./heap-library.ts";
import { forElements, forEntries, strideOf } from "./heap-walk.ts";

// What was met and not gone through yet: pairs of an object and the number of its type.
const stackName = "collect.stack";
const topName = "collect.top";
const endName = "collect.end";

const pairBytes = 8;
const firstBytes = 4096;

/** A root: where its address lies, and its type; undefined for a block that refers to nothing. */
export interface Root {
  readonly at: LoopExpr;
  readonly type: Type | undefined;
}

export function collectFunction(heap: HeapLibrary, roots: readonly Root[]): LoopFunc {
  const b = new FuncBuilder();
  b.call("heap.heapForget", []);
  const block = b.let("block", callHeap("allocRaw", i32(firstBytes)));
  setGlobal(heap, b, stackName, block);
  setGlobal(heap, b, topName, plus(block, headerBytes));
  setGlobal(heap, b, endName, plus(block, firstBytes));
  for (const { at, type } of roots) {
    const root = b.let("root", at);
    if (type) mark(heap, b, type, root);
    else b.if(root, () => storeWord(b, root, countAt, i32(1)));
  }
  drain(heap, b);
  storeWord(b, global(heap.global(stackName)), countAt, i32(0));
  b.call("heap.heapSweep", []);
  return b.finish("kept.collect");
}

const setGlobal = (heap: HeapLibrary, b: FuncBuilder, name: string, value: LoopExpr): void =>
  b.emit({ s: "setGlobal", name: heap.global(name), value });

/** Counts a reference; the first one to an object leads on to what is in it. */
function mark(heap: HeapLibrary, b: FuncBuilder, type: Type, p: LoopExpr): void {
  const names = [...heap.types.keys()];
  const number =
    type.kind === "ref" && heap.typeOf(type).kind !== "box" ? names.indexOf(type.name) : -1;
  b.call(
    heap.define("collect.mark", () => markFunction(heap)),
    [p, i32(number)],
  );
}

/** `collect.mark(p, type)`; −1 is the type of what refers to nothing. */
function markFunction(heap: HeapLibrary): LoopFunc {
  const b = new FuncBuilder();
  const p = b.param("p", "i32");
  const type = b.param("type", "i32");
  const leave = (): void => b.emit({ s: "return", value: undefined });
  b.if(compare("eq", p, i32(0)), leave);
  const count = b.let("count", loadWord(p, countAt));
  b.if(compare("lt", count, i32(0)), leave);
  storeWord(b, p, countAt, plus(count, 1));
  b.if(binary("or", count, compare("lt", type, i32(0))), leave);
  const top = b.let("top", global(heap.global(topName)));
  b.if(compare("ge", top, global(heap.global(endName))), () => {
    const old = b.let("old", global(heap.global(stackName)));
    const bytes = b.let("bytes", binary("sub", top, plus(old, headerBytes)));
    const grown = b.let("grown", callHeap("allocRaw", binary("add", bytes, bytes)));
    const start = b.let("start", plus(grown, headerBytes));
    b.emit({ s: "copyBytes", to: start, from: plus(old, headerBytes), bytes });
    storeWord(b, old, countAt, i32(0));
    setGlobal(heap, b, stackName, grown);
    setGlobal(heap, b, endName, plus(start, binary("add", bytes, bytes)));
    b.set(top, plus(start, bytes));
  });
  storeWord(b, top, 0, p);
  storeWord(b, top, 4, type);
  setGlobal(heap, b, topName, plus(top, pairBytes));
  return b.finish("collect.mark");
}

function drain(heap: HeapLibrary, b: FuncBuilder): void {
  const label = b.fresh("all");
  const body = b.body(() => {
    const top = b.let("top", plus(global(heap.global(topName)), -pairBytes));
    const bottom = plus(global(heap.global(stackName)), headerBytes);
    b.if(compare("lt", top, bottom), () => b.emit({ s: "break", label }));
    setGlobal(heap, b, topName, top);
    const p = b.let("p", loadWord(top, 0));
    const type = b.let("type", loadWord(top, 4));
    [...heap.types.values()].forEach((held, i) => {
      if (held.kind === "box") return;
      b.if(compare("eq", type, i32(i)), () => {
        markChildren(heap, b, held, p);
        b.emit({ s: "continue", label });
      });
    });
  });
  b.emit({ s: "loop", label, body });
}

function markChildren(heap: HeapLibrary, b: FuncBuilder, type: HeapType, p: LoopExpr): void {
  const leaves = leavesOf(type);
  const markLeaves = (base: LoopExpr): void =>
    leaves.forEach((leaf, i) => {
      if (isReference(leaf)) mark(heap, b, leaf, loadLeaf(leaf, base, i));
    });
  if (type.kind === "record") markLeaves(plus(p, headerBytes));
  else if (type.kind === "list") {
    b.call("heap.listKeep", [p]);
    if (!leaves.some(isReference)) return;
    forElements(b, p, strideOf(type.element), i32(0), loadWord(p, lengthAt), markLeaves);
  } else if (type.kind === "map") {
    b.call("heap.mapKeep", [p]);
    const { key } = type;
    if (!isReference(key) && !leaves.some(isReference)) return;
    forEntries(b, p, (place) => {
      if (isReference(key)) mark(heap, b, key, loadWord(callHeap("mapKeyAt", p, place), 0));
      if (!leaves.some(isReference)) return;
      markLeaves(b.let("value", callHeap("mapValueAt", p, place)));
    });
  }
}
