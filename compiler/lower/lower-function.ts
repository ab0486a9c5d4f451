/**
 * Functions that remain functions, because they call themselves. What they compute without tensors and give as one
 * value they return as it is, and failures trap; others return the number of a failure or 0. Tensors lie in a frame
 * on the heap, so that each call has its own.
 */

import type { Func, Node } from "../graph/ir.ts";
import { address, binary, compare, i32, plus } from "../loop/build.ts";
import { callHeap } from "../loop/heap.ts";
import type { LoopExpr, LoopFunc } from "../loop/ir.ts";
import { countSets } from "../loop/walk.ts";
import { FunctionScope, type Libraries } from "./function-scope.ts";
import { sizeExpr } from "./fused/size-expr.ts";
import { tooDeep } from "./heap/heap-failures.ts";
import { localType, storeLeaf } from "./heap/heap-layout.ts";
import { functionName, isDirect, resultsName } from "./lower-call.ts";
import { lowerBody } from "./lower-region.ts";
import { bufferAlign } from "./pack-buffers.ts";
import { planMemory } from "./plan-memory.ts";

/** Bytes of stack that calls inside each other may take, by a careful estimate of their frames. */
const stackLimit = 800_000;
const leastFrame = 80;
const localBytes = 8;

/** Of the first slot in a frame, which is a block of the heap. */
const frameStart = 16;

export function lowerFunction(func: Func, libraries: Libraries): LoopFunc {
  const direct = isDirect(func, libraries.module);
  const scope = new FunctionScope(func, planMemory(func), libraries, direct);
  const { b, owned } = scope;
  const { heap, sites } = libraries;
  for (const { name, value } of func.params) {
    // The caller keeps its references as long as the call goes on.
    scope.borrow(value, b.param(name, localType(value.type)));
  }
  for (const [name, size] of heap.sizes) scope.sizes.set(name, size);
  /** Bytes of stack that the calls around take. */
  const outer = b.param("stack", "i32");
  // How much this one takes is known when it is lowered.
  const inner: LoopExpr & { readonly k: "local" } = {
    k: "local",
    type: "i32",
    name: b.fresh("inner"),
  };
  scope.stack = inner;
  const body = b.body(() => {
    const frame = makeFrame(scope);
    const onReturn = (node: Node): void => {
      const leaving = owned.leaving(0, node.operands, (v) => scope.scalar(v));
      leaving.retain();
      const results = address(resultsName(func.name));
      if (!direct) {
        node.operands.forEach((v, i) => {
          storeLeaf(b, v.type, results, i, scope.scalar(v));
        });
      }
      leaving.release();
      if (frame) b.call("heap.free", [frame]);
      b.emit({ s: "return", value: direct ? scope.scalar(node.operands[0]!) : i32(0) });
    };
    lowerBody(scope, onReturn, () => {});
  });
  const locals = func.params.length + countSets(body).size;
  b.emit({
    s: "set",
    name: inner.name,
    value: plus(outer, Math.max(leastFrame, locals * localBytes)),
  });
  const site = sites.add(tooDeep, func.span);
  b.if(compare("gt", inner, i32(stackLimit)), () => scope.fail(i32(site)));
  for (const s of body) b.emit(s);
  const result = direct ? localType(func.results[0]!) : "i32";
  return b.finish(functionName(func.name), { result });
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
