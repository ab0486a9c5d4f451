/** Lowers `Map` and `Set`: they always live on the run-time heap. */

import type ts from "typescript";
import { method } from "../../diagnostics/catalog/unsupported.ts";
import { boolType, f64Type, type Type, type Value } from "../../graph/ir.ts";
import type { Context } from "../context.ts";
import { toNumber } from "../graph-values.ts";
import { type AbstractValue, type Dynamic, dynamic, failed, undefinedValue } from "../values.ts";
import { shapeOf } from "./access.ts";
import { putInto, takeFrom } from "./cells.ts";
import { callLibrary } from "./lists.ts";
import type { Shape } from "./shapes.ts";

/** The key as the map's own type of key; undefined (and reported) if it cannot be one. */
function keyOf(cx: Context, shape: Shape, key: AbstractValue, node: ts.Node): Value | undefined {
  const leaves = putInto(cx, shape.key, key, node);
  // Several kinds of keys make several leaves: the maps of the heap have one.
  if (leaves === undefined || leaves.length === 1) return leaves?.[0];
  cx.report(node, method("a map or set", "a key that is one of several kinds"));
  return undefined;
}

export function callMapMethod(
  cx: Context,
  map: Dynamic,
  name: string,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const shape = shapeOf(cx, map)!;
  const key = (): Value | undefined => keyOf(cx, shape, args[0] ?? undefinedValue, node);
  switch (name) {
    case "has":
    case "delete": {
      const k = key();
      const op = name === "has" ? "map.has" : "map.remove";
      return k === undefined ? failed : dynamic(cx.emitOne(op, [map.value, k], {}, boolType, node));
    }
    case "get":
      return get(cx, map, shape, key(), node);
    case "set":
    case "add": {
      const k = key();
      const leaves =
        name === "add" ? [] : putInto(cx, shape.element, args[1] ?? undefinedValue, node);
      if (k === undefined || leaves === undefined) return failed;
      cx.emit("map.put", [map.value, k, ...leaves], {}, [], node);
      return map;
    }
    case "clear":
      cx.emit("map.clear", [map.value], {}, [], node);
      return undefinedValue;
    case "keys":
    case "values":
    case "entries":
      return { kind: "entries", source: map, of: name };
    case "forEach":
      return callLibrary(cx, shape.isSet ? "forEachKey" : "forEachEntry", [map, ...args], node);
    default:
      return cx.report(node, method(shape.isSet ? "sets" : "maps", name));
  }
}

function get(
  cx: Context,
  map: Dynamic,
  shape: Shape,
  key: Value | undefined,
  node: ts.Node,
): AbstractValue {
  if (key === undefined) return failed;
  const present = cx.emitOne("map.has", [map.value, key], {}, boolType, node);
  const read = (leaf: number, type: Type): Value =>
    cx.emitOne("map.get", [map.value, key], { leaf }, type, node);
  return takeFrom(cx, shape.element, read, node, present);
}

/** The place of the first entry from `at` on; −1 if there is none. */
export const nextEntry = (cx: Context, map: Dynamic, at: AbstractValue, node: ts.Node): Dynamic =>
  dynamic(cx.emitOne("map.next", [map.value, toNumber(cx, at, node)!], {}, f64Type, node));

/** The key of the entry at a place. */
export function keyAt(cx: Context, map: Dynamic, at: Value, node: ts.Node): AbstractValue {
  const shape = shapeOf(cx, map)!;
  const read = (_: number, type: Type): Value =>
    cx.emitOne("map.keyAt", [map.value, at], {}, type, node);
  return takeFrom(cx, shape.key, read, node);
}

/** The value of the entry at a place. */
export function valueAt(cx: Context, map: Dynamic, at: Value, node: ts.Node): AbstractValue {
  const shape = shapeOf(cx, map)!;
  const read = (leaf: number, type: Type): Value =>
    cx.emitOne("map.valueAt", [map.value, at], { leaf }, type, node);
  return takeFrom(cx, shape.element, read, node);
}
