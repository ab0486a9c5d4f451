/** The body of an entry: what it takes from the host, and what it gives back. */

import type { Func, Node, Value } from "../graph/ir.ts";
import { address, global, i32 } from "../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../loop/ir.ts";
import { FunctionScope, type Libraries } from "./function-scope.ts";
import { failureGlobal } from "./fused/kernel.ts";
import { startReading, startWriting, written } from "./heap/border.ts";
import { isReference, localType } from "./heap/heap-layout.ts";
import { freeRoom } from "./heap/host-room.ts";
import { chainResult, endCall, requireSlots } from "./heap/kept-heap.ts";
import { readValue } from "./heap/read-border.ts";
import { startHeap, usesHeap } from "./heap/start-heap.ts";
import { writeValue } from "./heap/write-border.ts";
import type { Prepared } from "./lower-prepare.ts";
import {
  descriptorWords,
  entryNumber,
  outName,
  outputDType,
  rankOf,
  scalarsName,
  shapeExprs,
} from "./lower-prepare.ts";
import { lowerBody } from "./lower-region.ts";
import { returnUnless } from "./names.ts";
import type { MemoryPlan } from "./plan-memory.ts";

export interface EntryInput {
  readonly func: Func;
  readonly plan: MemoryPlan;
  readonly prepared: Prepared;
  readonly libraries: Libraries;
}

export function lowerEntry({ func, plan, prepared, libraries }: EntryInput): LoopFunc {
  const scope = new FunctionScope(func, plan, libraries);
  const { b } = scope;
  scope.slots.push(...prepared.slots);
  const given = new Map<Value, LoopExpr>();
  for (const { name, value } of func.params) {
    if (value.type.kind !== "tensor") given.set(value, b.param(name, localType(value.type)));
  }
  const before = (): void => {
    start(scope, prepared);
    for (const [v, e] of given) scope.bind(v, isReference(v.type) ? takeValue(scope, v, e) : e);
  };
  lowerBody(scope, (node) => finish(scope, node), before);
  return b.finish(func.name, { exported: func.name, result: "i32" });
}

function start(scope: FunctionScope, prepared: Prepared): void {
  const { b, func, sizes, libraries } = scope;
  const { sites, heap } = libraries;
  if (prepared.ready) {
    const site = sites.add(`${func.name}: call ${func.name}_prepare first`, func.span);
    returnUnless(b, global(prepared.ready), site);
  }
  if (heap.isKept && prepared.slots.some((slot) => slot?.k === "global")) {
    const site = sites.add(`${func.name}: call ${func.name}_prepare first`, func.span);
    requireSlots(heap, b, entryNumber(libraries.module, func), site);
  }
  for (const s of prepared.symbols) sizes.set(s, b.let(s, global(`${func.name}.${s}`)));
  b.emit({ s: "setGlobal", name: failureGlobal, value: i32(0) });
  if (usesHeap(func)) startHeap(heap, b, func, prepared.heapBase);
}

/** What the host wrote at `at`, made on the heap. */
function takeValue({ b, libraries }: FunctionScope, v: Value, at: LoopExpr): LoopExpr {
  const { heap } = libraries;
  startReading(heap, b, at);
  const read = readValue(heap, b, v.type);
  freeRoom(b, at);
  return read;
}

/** Describes the results where `f_out` finds them, and reports success. */
function finish(scope: FunctionScope, node: Node): void {
  const { b, func, sizes, libraries } = scope;
  const { heap } = libraries;
  const out = address(outName(func.name));
  node.operands.forEach((v, i) => {
    const word = (n: number, value: LoopExpr): void =>
      b.store({ element: "i32", base: out, index: i32(i * descriptorWords + n) }, value);
    word(1, i32(outputDType(v.type)));
    word(2, i32(rankOf(v.type)));
    if (v.type.kind === "tensor") {
      // In a box, too: nothing takes the block before the host has read it.
      word(0, scope.address(v));
      shapeExprs(v, sizes).forEach((d, axis) => {
        word(3 + axis, d);
      });
      return;
    }
    if (isReference(v.type)) {
      startWriting(heap, b);
      // A result that another one says is not there refers to nothing.
      const p = b.let("p", scope.scalar(v));
      b.if(p, () => writeValue(heap, b, v.type, p));
      const at = b.let("written", written(heap, b));
      if (heap.isKept) chainResult(heap, b, at);
      word(0, at);
      return;
    }
    const at = address(scalarsName(func.name));
    word(0, { k: "binary", type: "i32", op: "add", a: at, b: i32(i * 8) });
    const access = v.type.kind === "f64" ? "f64" : "u8";
    const index = access === "f64" ? i32(i) : i32(i * 8);
    b.store({ element: access, base: at, index }, scope.scalar(v));
  });
  scope.owned.leaving(0, [], (v) => scope.scalar(v)).release();
  if (heap.isKept && (usesHeap(func) || scope.slots.some((slot) => slot?.k === "global"))) {
    endCall(heap, b);
  }
  b.emit({ s: "return", value: i32(0) });
}
