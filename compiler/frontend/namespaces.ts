/** Owns what can be read from the namespaces that the frontend knows by name: `Math.PI` and the like. */

import type ts from "typescript";
import * as subset from "../diagnostics/catalog/subset.ts";
import type { Context } from "./context.ts";
import { type AbstractValue, constant } from "./values.ts";

const constants: ReadonlyMap<string, number> = new Map([
  ["Math.PI", Math.PI],
  ["Math.E", Math.E],
  ["Math.LN2", Math.LN2],
  ["Math.LN10", Math.LN10],
  ["Math.LOG2E", Math.LOG2E],
  ["Math.LOG10E", Math.LOG10E],
  ["Math.SQRT2", Math.SQRT2],
  ["Math.SQRT1_2", Math.SQRT1_2],
  ["Number.EPSILON", Number.EPSILON],
  ["Number.MAX_SAFE_INTEGER", Number.MAX_SAFE_INTEGER],
  ["Number.MIN_SAFE_INTEGER", Number.MIN_SAFE_INTEGER],
  ["Number.MAX_VALUE", Number.MAX_VALUE],
  ["Number.MIN_VALUE", Number.MIN_VALUE],
  ["Number.POSITIVE_INFINITY", Number.POSITIVE_INFINITY],
  ["Number.NEGATIVE_INFINITY", Number.NEGATIVE_INFINITY],
  ["Number.NaN", Number.NaN],
]);

const namespaces: ReadonlySet<string> = new Set([
  "Math",
  "Number",
  "Array",
  "Object",
  "String",
  "console",
]);

/** A constant or function of a namespace. */
export function namespaceConstant(
  cx: Context,
  namespace: string,
  key: string,
  node: ts.Node,
): AbstractValue {
  const name = `${namespace}.${key}`;
  const value = constants.get(name);
  if (value !== undefined) return constant(value);
  if (namespace === "Date") return cx.report(node, subset.date());
  if (namespace === "Symbol") return cx.report(node, subset.symbolType());
  if (namespace === "globalThis" || !namespaces.has(namespace)) {
    return cx.report(node, subset.unknownProperty(`\`${namespace}\``, key, ""));
  }
  return { kind: "builtin", name };
}
