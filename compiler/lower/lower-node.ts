/** Single nodes: numbers and booleans as locals, kernels as calls, checks, state. */

import { canFail } from "../graph/can-fail.ts";
import { type Node, tensorOf, type Value } from "../graph/ir.ts";
import { worksOnHeap } from "../graph/verify-heap.ts";
import {
  address,
  binary,
  compare,
  constant,
  convert,
  global,
  i32,
  load,
  unary,
} from "../loop/build.ts";
import type { LoopExpr } from "../loop/ir.ts";
import { type IntegerDType, isInteger, isNarrow, rangeOf } from "../ops/types.ts";
import { loopType } from "./expression.ts";
import type { FunctionScope } from "./function-scope.ts";
import { elementOf, failureGlobal } from "./fused/kernel.ts";
import { sizeExpr } from "./fused/size-expr.ts";
import { keepFailureText } from "./heap/heap-failures.ts";
import { isReference, loadWord } from "./heap/heap-layout.ts";
import { lowerHeapNode } from "./heap/lower-heap-node.ts";
import { outsideAxis } from "./index-messages.ts";
import { lowerBind } from "./lower-bind.ts";
import { lowerCall } from "./lower-call.ts";
import { returnUnless, stateName } from "./names.ts";
import { mustBeWhole } from "./number-messages.ts";
import { libraryName, lowerScalar } from "./scalar-functions.ts";

export function lowerNode(scope: FunctionScope, node: Node): void {
  switch (node.op) {
    case "const":
    case "reshape":
    case "join":
      return;
    case "kernel":
      lowerKernel(scope, node);
      return;
    case "call":
      lowerCall(scope, node);
      return;
    case "check":
    case "checkEqual":
    case "checkAtMost":
    case "throw":
      lowerCheck(scope, node);
      return;
    case "bind":
      lowerBind(scope, node);
      return;
    case "state.set":
      setState(scope, String(node.attrs.name), node.operands[0]!);
      return;
    case "state.get":
      getState(scope, String(node.attrs.name), node.results[0]!);
      return;
    case "splat":
      lowerSplat(scope, node);
      return;
    default:
      if (worksOnHeap(node.op)) lowerHeapNode(scope, node);
      else scope.define(node.results[0]!, scalarNode(scope, node));
  }
}

function scalarNode(scope: FunctionScope, node: Node): LoopExpr {
  const { attrs } = node;
  switch (node.op) {
    case "number":
      return constant(node.results[0]!.type.kind === "i32" ? "i32" : "f64", Number(attrs.value));
    case "boolean":
      return i32(attrs.value === true ? 1 : 0);
    case "size":
      return convert(sizeExpr(attrs.dim as number, scope.sizes), "f64");
    case "item": {
      const v = node.operands[0]!;
      const { dtype } = tensorOf(v);
      const x = load({ element: elementOf(dtype), base: scope.address(v), index: i32(0) });
      return dtype === "bool" ? x : convert(x, "f64");
    }
    case "scalar": {
      const args = node.operands.map((v) => scope.scalar(v));
      const library = {
        call: (name: string, given: readonly LoopExpr[]): LoopExpr => {
          scope.libraries.numbers.add(name);
          const type = name === "toInt32" ? "i32" : "f64";
          return { k: "call", type, callee: libraryName(name), args: given };
        },
      };
      return lowerScalar(scope.b, library, String(attrs.fn), args);
    }
    default:
      throw new Error(`${node.op} stands outside of a kernel`);
  }
}

function lowerKernel(scope: FunctionScope, node: Node): void {
  const { b } = scope;
  const { kernels, sites } = scope.libraries;
  const call = kernels.use(node.regions[0]!);
  const args = [
    scope.address(node.results[0]!),
    ...node.operands.map((v) => scope.address(v)),
    ...call.symbols.map((s) => scope.sizes.get(s)!),
  ];
  if (call.fails) {
    const failing = node.regions[0]!.nodes.find(canFail)!;
    args.push(i32(sites.add(outsideAxis(failing), node.span)));
  }
  const scratch = scope.plan.scratch.get(node);
  if (scratch !== undefined) args.push(scope.room(scratch));
  const use = { caller: scope.func.name, kernel: call.name, node };
  scope.libraries.calls.add(b, use, () => b.call(call.name, args));
  if (call.fails) {
    const failure = global(failureGlobal);
    b.if(failure, () => b.emit({ s: "return", value: failure }));
  }
}

function lowerCheck(scope: FunctionScope, node: Node): void {
  const { b } = scope;
  const site = scope.libraries.sites.add(String(node.attrs.message), node.span);
  if (node.op === "throw") {
    const [text] = node.operands;
    if (text !== undefined) keepFailureText(scope.libraries.heap, b, site, scope.scalar(text));
    scope.fail(i32(site));
    return;
  }
  if (node.op === "check") {
    scope.failUnless(scope.scalar(node.operands[0]!), site);
    return;
  }
  const [left, right] = [node.attrs.left, node.attrs.right].map((d) =>
    sizeExpr(d as number, scope.sizes),
  );
  const op = node.op === "checkEqual" ? "eq" : "le";
  scope.failUnless(compare(op, left!, right!), site);
}

function getState(scope: FunctionScope, name: string, v: Value): void {
  const at = address(stateName(name));
  // Nothing ever takes the place of what the start has made, so nobody counts references to it.
  if (isReference(v.type)) scope.borrow(v, scope.b.let(v.hint ?? "kept", loadWord(at, 0)));
  else if (v.type.kind === "tensor") scope.copy(scope.address(v), at, v);
  else {
    const element = v.type.kind === "f64" ? "f64" : "i32";
    scope.define(v, load({ element, base: at, index: i32(0) }));
  }
}

function setState(scope: FunctionScope, name: string, v: Value): void {
  refuseReference(v);
  const at = address(stateName(name));
  if (v.type.kind === "tensor") scope.copy(at, scope.address(v), v);
  else {
    const element = v.type.kind === "f64" ? "f64" : "i32";
    scope.b.store({ element, base: at, index: i32(0) }, scope.scalar(v));
  }
}

/** What is kept on the heap is made at the start, and changed where it lies. */
function refuseReference(v: Value): void {
  if (isReference(v.type)) throw new Error("a cell of state refers to one object for ever");
}

/** Of i32, what is out of range saturates. */
function isWholeValue(x: LoopExpr, dtype: IntegerDType): LoopExpr {
  const isWhole = compare("eq", x, unary("trunc", x));
  if (!isNarrow(dtype)) return isWhole;
  const [least, greatest] = rangeOf(dtype).map((n) => constant("f64", n));
  const isWithin = binary("and", compare("ge", x, least!), compare("le", x, greatest!));
  return binary("and", isWhole, isWithin);
}

/** A number becomes a tensor of its dtype, rounded once; a fraction is refused for integers. */
function lowerSplat(scope: FunctionScope, node: Node): void {
  const { b } = scope;
  const result = node.results[0]!;
  const { dtype } = tensorOf(result);
  const x = scope.scalar(node.operands[0]!);
  if (isInteger(dtype) && x.type === "f64") {
    const site = scope.libraries.sites.add(mustBeWhole(dtype), node.span);
    returnUnless(b, isWholeValue(x, dtype), site);
  }
  const value = dtype === "bool" ? binary("and", x, i32(1)) : convert(x, loopType(dtype, 1));
  b.store({ element: elementOf(dtype), base: scope.address(result), index: i32(0) }, value);
}
