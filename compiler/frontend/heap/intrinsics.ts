/** The few things that the library's own list methods cannot say in TypeScript. */

import type ts from "typescript";
import { expected } from "../../diagnostics/catalog/types.ts";
import { strType } from "../../graph/ir.ts";
import type { Context } from "../context.ts";
import { toNumber, toText } from "../graph-values.ts";
import { type AbstractValue, describeValue, dynamic, failed, undefinedValue } from "../values.ts";
import { elementAt, isHeapList } from "./access.ts";
import { demandObject } from "./allocate.ts";

type Args = readonly AbstractValue[];

const notAList = (cx: Context, list: AbstractValue, node: ts.Node): AbstractValue =>
  list.kind === "ref"
    ? demandObject(cx, list.object, node)
    : cx.report(node, expected("a list", describeValue(list)));

/** `elementOf(list, i)`: the element at a place that the library has made sure of. */
export function elementOf(
  cx: Context,
  [list = failed, index = failed]: Args,
  node: ts.Node,
): AbstractValue {
  if (!isHeapList(cx, list)) return notAList(cx, list, node);
  const place = toNumber(cx, index, node);
  return place === undefined ? failed : elementAt(cx, list, place, node);
}

/** `sliceOf(list, from, to)`: a new list of the elements between two places. */
export function sliceOf(
  cx: Context,
  [list = failed, from = failed, to = failed]: Args,
  node: ts.Node,
): AbstractValue {
  if (!isHeapList(cx, list)) return notAList(cx, list, node);
  const [a, b] = [toNumber(cx, from, node), toNumber(cx, to, node)];
  if (a === undefined || b === undefined) return failed;
  return dynamic(cx.emitOne("list.slice", [list.value, a, b], {}, list.value.type, node));
}

/** `removeFrom(list, at, count)`, `insertInto(list, at, count)`. */
export const changeList =
  (op: "list.remove" | "list.insert") =>
  (
    cx: Context,
    [list = failed, at = failed, count = failed]: Args,
    node: ts.Node,
  ): AbstractValue => {
    if (!isHeapList(cx, list)) return notAList(cx, list, node);
    const [a, n] = [toNumber(cx, at, node), toNumber(cx, count, node)];
    if (a === undefined || n === undefined) return failed;
    cx.emit(op, [list.value, a, n], {}, [], node);
    return undefinedValue;
  };

/** `joinTexts(texts, separator)`. */
export function joinTexts(
  cx: Context,
  [list = failed, separator = failed]: Args,
  node: ts.Node,
): AbstractValue {
  if (!isHeapList(cx, list)) return notAList(cx, list, node);
  const by = toText(cx, separator, node);
  if (by === undefined) return failed;
  return dynamic(cx.emitOne("list.join", [list.value, by], {}, strType, node));
}
