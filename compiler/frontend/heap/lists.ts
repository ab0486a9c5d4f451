/** Calls methods of lists that live on the run-time heap; most are TypeScript of the standard library. */

import type ts from "typescript";
import { method } from "../../diagnostics/catalog/unsupported.ts";
import { fromCaptured } from "../captured.ts";
import type { Context } from "../context.ts";
import { callFunction } from "../functions.ts";
import { makeList } from "../lists.ts";
import { type AbstractValue, failed, isText, undefinedValue } from "../values.ts";
import { isHeapList, push, takeEnd } from "./access.ts";

const changing: ReadonlySet<string> = new Set([
  ...["push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill", "copyWithin"],
]);

/** Whether a method of lists changes the list that it is called on. */
export const changesList = (name: string): boolean => changing.has(name);

export function callHeapListMethod(
  cx: Context,
  list: AbstractValue,
  name: string,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  if (!isHeapList(cx, list) || args.some((arg) => arg.kind === "error")) return failed;
  switch (name) {
    case "push":
      return push(cx, list, args, node);
    case "pop":
    case "shift":
      return takeEnd(cx, list, name === "shift", node);
    case "reverse":
      cx.emit("list.reverse", [list.value], {}, [], node);
      return list;
    case "keys":
    case "values":
    case "entries":
      return { kind: "entries", source: list, of: name };
    case "concat":
      return callLibrary(cx, name, [list, ...args.map((v, i) => asList(cx, v, node, i))], node);
    default:
      return callLibrary(cx, name, [list, ...args], node);
  }
}

/** What `concat` puts behind the list: a value that is no list stands for a list of it. */
function asList(cx: Context, v: AbstractValue, node: ts.Node, i: number): AbstractValue {
  const isList =
    v.kind === "array" || (v.kind === "ref" && v.object.shape === "list") || isHeapList(cx, v);
  return isList ? v : makeList(cx, [v], node, `element ${i}`);
}

/** Calls the standard library's own form of a method, which takes the list first. */
export function callLibrary(
  cx: Context,
  name: string,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const found: unknown = cx.unit.environment.listMethod(name === "with" ? "withElement" : name);
  if (found === undefined) return cx.report(node, method("lists", name));
  const callee = fromCaptured(cx, found, name, node);
  if (callee.kind !== "function") return cx.report(node, method("lists", name));
  return callFunction(cx, callee, undefinedValue, args, node);
}

/** Whether only a run can tell how many elements iterating over `v` gives. */
export const isCounted = (v: AbstractValue): boolean =>
  v.kind === "entries" || (v.kind === "dynamic" && (v.value.type.kind === "ref" || isText(v)));

/** Adds every element of `source` to the end of `list`; gives the list. */
export function appendAll(
  cx: Context,
  list: AbstractValue,
  source: AbstractValue,
  node: ts.Node,
): AbstractValue {
  if (list.kind !== "dynamic") return failed;
  const done = callLibrary(cx, "appendAll", [list, source], node);
  return done.kind === "error" ? failed : list;
}
