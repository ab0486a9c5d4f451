/** When the heap begins anew: with the preparation of a call, or with a call that has none before it. */

import type { Func } from "../../graph/ir.ts";
import { forEachNode } from "../../graph/walk.ts";
import { compare, type FuncBuilder, global, i32 } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { returnUnless } from "../names.ts";
import { forgetTraps } from "./heap-failures.ts";
import { isReference } from "./heap-layout.ts";
import type { HeapLibrary } from "./heap-library.ts";
import { beginCall } from "./kept-heap.ts";

/** Set while nothing but the bytes of parameters is on the heap. */
const freshName = "heap.fresh";

/**
 * Whether a call of the entry needs the heap. Functions that are called have their frames there, and tensors
 * whose sizes a run tells their memory.
 */
export function usesHeap(func: Func): boolean {
  let uses = func.params.some((p) => isReference(p.value.type));
  forEachNode(func.body, (node) => {
    const values = [...node.operands, ...node.results];
    uses ||= node.op === "call" || node.op === "bind" || values.some((v) => isReference(v.type));
  });
  return uses;
}

/** Part of the entry's preparation: everything from `base` on is free, or what is kept has begun a call. */
export function prepareHeap(heap: HeapLibrary, b: FuncBuilder, base: LoopExpr): void {
  if (!heap.isKept) b.call("heap.heapInit", [base]);
  b.emit({ s: "setGlobal", name: heap.global(freshName), value: i32(1) });
}

/** Part of the entry itself. */
export function startHeap(heap: HeapLibrary, b: FuncBuilder, func: Func, base: LoopExpr): void {
  const fresh = global(heap.global(freshName));
  if (func.params.some((p) => isReference(p.value.type))) {
    const site = heap.sites.add(
      `${func.name}: call ${func.name}_prepare and write the arguments before each call`,
      func.span,
    );
    returnUnless(b, fresh, site);
  } else {
    b.if(compare("eq", fresh, i32(0)), () => {
      if (heap.isKept) beginCall(b);
      else b.call("heap.heapInit", [base]);
    });
  }
  b.emit({ s: "setGlobal", name: freshName, value: i32(0) });
  forgetTraps(heap, b);
}
