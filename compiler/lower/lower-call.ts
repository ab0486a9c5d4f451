/** Calls of functions that remain functions. */

import type { Func, Module, Node } from "../graph/ir.ts";
import { makerOf } from "../graph/ir.ts";
import { forEachNode } from "../graph/walk.ts";
import { address, i32 } from "../loop/build.ts";
import type { DataObject } from "../loop/ir.ts";
import type { FunctionScope } from "./function-scope.ts";
import { stackName } from "./heap/heap-failures.ts";
import { leafBytes, loadLeaf, localType } from "./heap/heap-layout.ts";

export const functionName = (name: string): string => `func.${name}`;
export const resultsName = (name: string): string => `func.${name}.results`;

/**
 * Whether the function returns its one result, and ends calls that fail by a trap. The makers of what is kept
 * do not: they are called before there is anything to go on with.
 */
export function isDirect(func: Func, { state }: Module): boolean {
  const [result, ...others] = func.results;
  if (result === undefined || others.length > 0) return false;
  if ([...state.values()].some((cell) => makerOf(cell) === func.name)) return false;
  let hasTensors = [result, ...func.params.map((p) => p.value.type)].some(
    (t) => t.kind === "tensor",
  );
  forEachNode(func.body, ({ operands, results }) => {
    hasTensors ||= [...operands, ...results].some((v) => v.type.kind === "tensor");
  });
  return !hasTensors;
}

export function lowerCall(scope: FunctionScope, node: Node): void {
  const { b, libraries } = scope;
  const name = String(node.attrs.callee);
  const callee = libraries.module.funcs.find((f) => f.name === name)!;
  const args = node.operands.map((v) => scope.scalar(v));
  // An engine's own limit may end the call before ours does.
  if (scope.stack === undefined) {
    b.emit({ s: "setGlobal", name: libraries.heap.global(stackName), value: i32(1) });
  }
  const given = [...args, scope.stack ?? i32(0)];
  if (isDirect(callee, libraries.module)) {
    const result = node.results[0]!;
    const type = localType(result.type);
    const call = { k: "call", type, callee: functionName(name), args: given } as const;
    scope.bind(result, b.let(result.hint ?? "v", call));
    return;
  }
  const failure = b.let("failure", {
    k: "call",
    type: "i32",
    callee: functionName(name),
    args: given,
  });
  b.if(failure, () => scope.fail(failure));
  const results = address(resultsName(name));
  node.results.forEach((v, i) => {
    scope.bind(v, b.let(v.hint ?? "v", loadLeaf(v.type, results, i)));
  });
}

/** Where the function leaves its results until they are taken. */
export const resultsData = (func: Func): DataObject => ({
  name: resultsName(func.name),
  bytes: undefined,
  size: Math.max(1, func.results.length) * leafBytes,
});
