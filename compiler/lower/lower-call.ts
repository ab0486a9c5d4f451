/** Calls of functions that remain functions. Their results lie in static memory until they are taken. */

import type { Func, Node } from "../graph/ir.ts";
import { address } from "../loop/build.ts";
import type { DataObject } from "../loop/ir.ts";
import type { FunctionScope } from "./function-scope.ts";
import { leafBytes, loadLeaf } from "./heap/heap-layout.ts";

export const functionName = (name: string): string => `func.${name}`;
export const resultsName = (name: string): string => `func.${name}.results`;

export function lowerCall(scope: FunctionScope, node: Node): void {
  const { b } = scope;
  const callee = String(node.attrs.callee);
  const args = node.operands.map((v) => scope.scalar(v));
  const failure = b.let("failure", {
    k: "call",
    type: "i32",
    callee: functionName(callee),
    args,
  });
  b.if(failure, () => b.emit({ s: "return", value: failure }));
  const results = address(resultsName(callee));
  node.results.forEach((v, i) => {
    scope.bind(v, b.let(v.hint ?? "v", loadLeaf(v.type, results, i)));
  });
}

/** Where the function leaves its results. */
export const resultsData = (func: Func): DataObject => ({
  name: resultsName(func.name),
  bytes: undefined,
  size: Math.max(1, func.results.length) * leafBytes,
});
