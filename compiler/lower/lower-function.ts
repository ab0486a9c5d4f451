/**
 * Functions that remain functions, because they call themselves. One returns the number of a failure or
 * 0; its tensors lie in a frame on the heap, so that each call has its own.
 */

import type { Func, Node } from "../graph/ir.ts";
import { address, binary, compare, global, i32, plus } from "../loop/build.ts";
import { callHeap } from "../loop/heap.ts";
import type { LoopExpr, LoopFunc } from "../loop/ir.ts";
import { countSets } from "../loop/walk.ts";
import { FunctionScope, type Libraries } from "./function-scope.ts";
import { sizeExpr } from "./fused/size-expr.ts";
import { stackName, tooDeep } from "./heap/heap-failures.ts";
import { localType, storeLeaf } from "./heap/heap-layout.ts";
import { functionName, resultsName } from "./lower-call.ts";
import { lowerBody } from "./lower-region.ts";
import { returnUnless } from "./names.ts";
import { bufferAlign } from "./pack-buffers.ts";
import { planMemory } from "./plan-memory.ts";

/** Bytes of stack that calls inside each other may take, by a careful estimate of their frames. */
const stackLimit = 800_000;
const leastFrame = 80;
const localBytes = 8;

/** Of the first slot in a frame, which is a block of the heap. */
const frameStart = 16;

export function lowerFunction(func: Func, libraries: Libraries): LoopFunc {
  const scope = new FunctionScope(func, planMemory(func), libraries);
  const { b, owned } = scope;
  const { heap, sites } = libraries;
  for (const { name, value } of func.params) {
    // The caller keeps its references as long as the call goes on.
    scope.borrow(value, b.param(name, localType(value.type)));
  }
  for (const [name, size] of heap.sizes) scope.sizes.set(name, size);
  const outer = b.let("stack", global(heap.global(stackName)));
  const body = b.body(() => {
    const frame = makeFrame(scope);
    const onReturn = (node: Node): void => {
      const leaving = owned.leaving(0, node.operands, (v) => scope.scalar(v));
      leaving.retain();
      const results = address(resultsName(func.name));
      node.operands.forEach((v, i) => {
        storeLeaf(b, v.type, results, i, scope.scalar(v));
      });
      leaving.release();
      if (frame) b.call("heap.free", [frame]);
      b.emit({ s: "setGlobal", name: stackName, value: outer });
      b.emit({ s: "return", value: i32(0) });
    };
    lowerBody(scope, onReturn, () => {});
  });
  const locals = func.params.length + countSets(body).size;
  const inner = b.let("inner", plus(outer, Math.max(leastFrame, locals * localBytes)));
  const site = sites.add(tooDeep, func.span);
  returnUnless(b, compare("le", inner, i32(stackLimit)), site);
  b.emit({ s: "setGlobal", name: stackName, value: inner });
  for (const s of body) b.emit(s);
  return b.finish(functionName(func.name), { result: "i32" });
}

/** Room on the heap for the function's tensors. */
function makeFrame(scope: FunctionScope): LoopExpr | undefined {
  const { b, plan, slots, sizes } = scope;
  if (plan.slots.every((slot) => slot.since !== undefined)) return undefined;
  const offsets: (LoopExpr | undefined)[] = [];
  let end: LoopExpr = i32(frameStart);
  for (const slot of plan.slots) {
    offsets.push(slot.since === undefined ? end : undefined);
    if (slot.since !== undefined) continue;
    const need = slot.sizes.map((d) => sizeExpr(d, sizes)).reduce((x, y) => binary("max", x, y));
    const whole = binary("and", plus(need, bufferAlign - 1), i32(-bufferAlign));
    end = b.let("end", plus(end, whole));
  }
  const frame = b.let("frame", callHeap("alloc", end));
  for (const at of offsets) slots.push(at && plus(frame, at));
  return frame;
}
