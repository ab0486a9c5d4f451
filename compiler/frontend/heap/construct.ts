/** Lowers `new` inside script: maps, sets, lists of a length, and instances of classes. */

import type ts from "typescript";
import * as subset from "../../diagnostics/catalog/subset.ts";
import { expected } from "../../diagnostics/catalog/types.ts";
import { construction } from "../../diagnostics/catalog/unsupported.ts";
import { lowerArguments } from "../calls.ts";
import type { Context } from "../context.ts";
import { lowerExpression } from "../expressions.ts";
import { numberNode, toNumber } from "../graph-values.ts";
import { listItems } from "../lists.ts";
import { attempt } from "../paths.ts";
import { tsc } from "../typescript.ts";
import {
  type AbstractValue,
  type Dynamic,
  describeValue,
  failed,
  isNumber,
  undefinedValue,
} from "../values.ts";
import { isHeapList, shapeOf } from "./access.ts";
import { newList, newMap } from "./allocate.ts";
import { makeInstance } from "./classes.ts";
import { callLibrary } from "./lists.ts";
import { callMapMethod } from "./maps.ts";
import { settle } from "./narrow.ts";

export function lowerNew(cx: Context, node: ts.NewExpression): AbstractValue {
  const type = lowerExpression(cx, node.expression);
  const mapped = type.kind === "builtin" && type.name === "Map" ? mappedPairs(cx, node) : undefined;
  if (mapped !== undefined) return mapped;
  const args = lowerArguments(cx, node.arguments ?? []);
  if (type.kind === "error" || args.some((arg) => arg.kind === "error")) return failed;
  const name = type.kind === "builtin" ? type.name : node.expression.getText();
  switch (name) {
    case "Map":
    case "Set":
      return filledMap(cx, name, args[0] ?? undefinedValue, node);
    case "Array":
      return listOfLength(cx, args, node);
    case "Date":
      return cx.report(node, subset.date());
    default:
      if (type.kind === "class") return makeInstance(cx, type, args, node);
      return cx.report(node, construction(name));
  }
}

/** `new Map(list.map(f))` of a list of a run; undefined where that is not what stands there. */
function mappedPairs(cx: Context, node: ts.NewExpression): AbstractValue | undefined {
  const [source, ...others] = node.arguments ?? [];
  if (source === undefined || others.length > 0 || !tsc.isCallExpression(source)) return undefined;
  const { expression: callee, arguments: given } = source;
  const [pairOf] = given;
  const isMap = tsc.isPropertyAccessExpression(callee) && callee.name.text === "map";
  if (!isMap || given.length !== 1 || pairOf === undefined || tsc.isSpreadElement(pairOf)) {
    return undefined;
  }
  const receiver = attempt(cx, () => lowerExpression(cx, callee.expression));
  if (receiver.arrival === undefined || !isHeapList(cx, receiver.arrival)) return undefined;
  const list = receiver.accept() ?? failed;
  const map = newMap(cx, cx.siteOf(node, ""), false, node);
  const visit = lowerExpression(cx, pairOf);
  return callLibrary(cx, "putMapped", [map, list, visit], node).kind === "error" ? failed : map;
}

function filledMap(
  cx: Context,
  name: "Map" | "Set",
  source: AbstractValue,
  node: ts.Node,
): AbstractValue {
  const map = newMap(cx, cx.siteOf(node, ""), name === "Set", node);
  if (source.kind === "constant" && (source.value === undefined || source.value === null))
    return map;
  const isKnown = source.kind === "ref" || source.kind === "array" || source.kind === "constant";
  if (!isKnown) {
    const fill = name === "Map" ? "putAll" : "addAll";
    return callLibrary(cx, fill, [map, source], node).kind === "error" ? failed : map;
  }
  for (const item of listItems(cx, source, node) ?? [failed]) {
    if (put(cx, name, map, item, node).kind === "error") return failed;
  }
  return map;
}

function put(
  cx: Context,
  name: "Map" | "Set",
  map: Dynamic,
  item: AbstractValue,
  node: ts.Node,
): AbstractValue {
  if (item.kind === "error") return failed;
  if (name === "Set") return callMapMethod(cx, map, "add", [item], node);
  const [key = undefinedValue, value = undefinedValue] = listItems(cx, item, node) ?? [failed];
  return callMapMethod(cx, map, "set", [key, value], node);
}

/** `new Array(n)`: its elements are undefined, unless `fill` gives them a value at once. */
function listOfLength(
  cx: Context,
  args: readonly AbstractValue[],
  node: ts.NewExpression,
): AbstractValue {
  const list = newList(cx, cx.siteOf(node, ""), [], node);
  const shape = shapeOf(cx, list);
  const given = settle(cx, args[0] ?? undefinedValue, node);
  if (args.length === 0 || list.kind !== "dynamic" || shape === undefined) return list;
  const length = isNumber(given) ? toNumber(cx, given, node) : undefined;
  if (args.length > 1 || length === undefined) {
    return cx.report(node, expected("a length", describeValue(given)));
  }
  if (!isFilled(node)) cx.unit.heap.add(shape.element, { kind: "undefined" });
  const whole = cx.scalar(
    "eq",
    [cx.scalar("shrU", [length, numberNode(cx, 0, node)], "f64", node), length],
    "bool",
    node,
  );
  cx.emit(
    "check",
    [whole],
    { message: "the length of a list is a whole number, 0 or more" },
    [],
    node,
  );
  cx.emit("list.resize", [list.value, length], {}, [], node);
  return list;
}

const isFilled = (node: ts.NewExpression): boolean =>
  tsc.isPropertyAccessExpression(node.parent) &&
  node.parent.name.text === "fill" &&
  tsc.isCallExpression(node.parent.parent);
