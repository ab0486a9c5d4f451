/**
 * The border: values of the heap as bytes, which hosts write for parameters and read from results. This
 * file owns the state that reading and writing share; docs/artefact.md has the format.
 */

import { contains } from "../../graph/heap-types.ts";
import { binary, compare, FuncBuilder, global, i32, plus } from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { trap } from "./heap-failures.ts";
import { headerBytes } from "./heap-layout.ts";
import type { HeapLibrary } from "./heap-library.ts";

export const wordBytes = 8;
/** Objects of types that contain themselves may lie so deep in each other. */
const deepest = 10_000;

const atName = "border.at";
const endName = "border.end";
const blockName = "border.block";
const depthName = "border.depth";

const set = (heap: HeapLibrary, b: FuncBuilder, name: string, value: LoopExpr): void =>
  b.emit({ s: "setGlobal", name: heap.global(name), value });

/** Runs `write`, one level deeper where objects of the type can lie inside each other. */
export function nested(
  heap: HeapLibrary,
  b: FuncBuilder,
  type: string,
  what: string,
  write: () => void,
): void {
  if (!contains(heap.types, type, type)) {
    write();
    return;
  }
  const depth = global(heap.global(depthName));
  b.if(compare("gt", depth, i32(deepest)), () =>
    trap(heap, b, `${what} has objects in objects, more than ${deepest} deep`),
  );
  set(heap, b, depthName, plus(depth, 1));
  write();
  set(heap, b, depthName, plus(depth, -1));
}

/** The next `bytes` of what is read, a multiple of 8. */
export function take(heap: HeapLibrary, b: FuncBuilder, bytes: LoopExpr): LoopExpr {
  const at = b.let("at", global(heap.global(atName)));
  set(heap, b, atName, plus(at, bytes));
  return at;
}

/** Room for `bytes` more of what is written. */
export function room(heap: HeapLibrary, b: FuncBuilder, bytes: LoopExpr): LoopExpr {
  const name = heap.define("border.room", () => roomFunction(heap));
  return b.let("at", { k: "call", type: "i32", callee: name, args: [bytes] });
}

/** A multiple of 8 that is not less. */
export const padded = (bytes: LoopExpr): LoopExpr =>
  binary("and", plus(bytes, wordBytes - 1), i32(-wordBytes));

export function startReading(heap: HeapLibrary, b: FuncBuilder, at: LoopExpr): void {
  set(heap, b, depthName, i32(0));
  set(heap, b, atName, at);
}

export function startWriting(heap: HeapLibrary, b: FuncBuilder): void {
  set(heap, b, depthName, i32(0));
  for (const name of [atName, endName, blockName]) set(heap, b, name, i32(0));
}

/** The address of what was written since `startWriting`. */
export function written(heap: HeapLibrary, b: FuncBuilder): LoopExpr {
  // Room for nothing, so that there is a block even for a value of no bytes.
  room(heap, b, i32(0));
  return plus(global(heap.global(blockName)), headerBytes);
}

/** `border.room(bytes)`: the block grows to twice its size where it is too small. */
function roomFunction(heap: HeapLibrary): LoopFunc {
  const b = new FuncBuilder();
  const bytes = b.param("bytes", "i32");
  const at = b.let("at", global(heap.global(atName)));
  const block = b.let("block", global(heap.global(blockName)));
  const left = binary("sub", global(heap.global(endName)), at);
  const short = binary("or", compare("eq", block, i32(0)), compare("lt", left, bytes));
  b.if(short, () => {
    const used = b.let("used", binary("sub", at, plus(block, headerBytes)));
    b.if(compare("eq", block, i32(0)), () => b.set(used, i32(0)));
    const size = b.let("size", plus(plus(binary("add", used, used), bytes), 56));
    const grown = b.let("grown", callHeap("alloc", size));
    const start = b.let("start", plus(grown, headerBytes));
    b.emit({ s: "copyBytes", to: start, from: plus(block, headerBytes), bytes: used });
    b.call("heap.free", [block]);
    set(heap, b, blockName, grown);
    set(heap, b, endName, plus(start, size));
    b.set(at, plus(start, used));
  });
  set(heap, b, atName, plus(at, bytes));
  b.emit({ s: "return", value: at });
  return b.finish("border.room", { result: "i32" });
}
