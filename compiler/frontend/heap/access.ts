/** Reads and writes what lies on the run-time heap: elements, fields, entries. */

import type ts from "typescript";
import { unknownProperty } from "../../diagnostics/catalog/subset.ts";
import { syntax } from "../../diagnostics/catalog/unsupported.ts";
import { leavesOfCell } from "../../graph/heap-types.ts";
import { f64Type, type Type, type Value } from "../../graph/ir.ts";
import type { Context } from "../context.ts";
import { numberNode, toNumber } from "../graph-values.ts";
import { applyScalar } from "../numbers.ts";
import {
  type AbstractValue,
  constant,
  type Dynamic,
  describeValue,
  dynamic,
  failed,
  isNumber,
} from "../values.ts";
import { failHere, putInto, takeFrom } from "./cells.ts";
import { readClassMember } from "./classes.ts";
import { forItsClass } from "./dispatch.ts";
import { appendAll } from "./lists.ts";
import { expects, settle } from "./narrow.ts";
import type { OpenCell, Shape } from "./shapes.ts";

/** The shape of an object on the heap; undefined for texts and for values that are no objects. */
export function shapeOf(cx: Context, v: AbstractValue): Shape | undefined {
  const ref = v.kind === "dynamic" && v.value.type.kind === "ref" ? v.value.type : undefined;
  return ref && cx.unit.heap.named(ref.name);
}

export const isHeapList = (cx: Context, v: AbstractValue): v is Dynamic =>
  shapeOf(cx, v)?.kind === "list";

export const listLength = (cx: Context, list: Dynamic, node: ts.Node): Dynamic =>
  dynamic(cx.emitOne("list.length", [list.value], {}, f64Type, node));

/** Whether `index` is one of the first `length` whole numbers. */
function isInside(cx: Context, index: AbstractValue, length: AbstractValue, node: ts.Node): Value {
  const whole = applyScalar(cx, "trunc", [index], node);
  const parts = [
    applyScalar(cx, "eq", [whole, index], node),
    applyScalar(cx, "ge", [index, constant(0)], node),
    applyScalar(cx, "lt", [index, length], node),
  ];
  return parts
    .map((part) =>
      part.kind === "dynamic"
        ? part.value
        : cx.emitOne(
            "boolean",
            [],
            { value: part.kind === "constant" && part.value === true },
            { kind: "bool" },
            node,
          ),
    )
    .reduce((a, b) => cx.scalar("and", [a, b], "bool", node));
}

/** The element of a list whose place is known to be one. */
export function elementAt(
  cx: Context,
  list: Dynamic,
  index: Value,
  node: ts.Node,
  present?: Value,
): AbstractValue {
  const shape = shapeOf(cx, list)!;
  const read = (leaf: number, type: Type): Value =>
    cx.emitOne("list.get", [list.value, index], { leaf }, type, node);
  return takeFrom(cx, shape.element, read, node, present);
}

/** `list[index]`: undefined outside; where the program's types rule that out, a checked error. */
export function readElement(
  cx: Context,
  list: Dynamic,
  index: AbstractValue,
  node: ts.Node,
): AbstractValue {
  const place = toNumber(cx, index, node);
  if (place === undefined) return failed;
  const inside = isInside(cx, index, listLength(cx, list, node), node);
  if (!expects(cx, node, "undefined")) {
    const message = `${node.getText()} is outside of the list`;
    cx.emit("check", [inside], { message }, [], node);
    return elementAt(cx, list, place, node);
  }
  return elementAt(cx, list, place, node, inside);
}

/** `list[index] = value`: at a place that exists, or right behind the last one. */
export function writeElement(
  cx: Context,
  list: Dynamic,
  index: AbstractValue,
  value: AbstractValue,
  node: ts.Node,
): void {
  const shape = shapeOf(cx, list)!;
  const place = toNumber(cx, index, node);
  const leaves = putInto(cx, shape.element, value, node);
  if (place === undefined || leaves === undefined) return;
  const length = listLength(cx, list, node);
  const one = applyScalar(cx, "add", [length, constant(1)], node);
  const message = `${node.getText()}: a list has no holes, so a place behind its end cannot be written`;
  cx.emit("check", [isInside(cx, index, one, node)], { message }, [], node);
  const needed = applyScalar(cx, "add", [dynamic(place), constant(1)], node);
  const size = applyScalar(cx, "max", [length, needed], node);
  cx.emit("list.resize", [list.value, toNumber(cx, size, node)!], {}, [], node);
  leaves.forEach((leaf, i) => {
    cx.emit("list.set", [list.value, place, leaf], { leaf: i }, [], node);
  });
}

/** Where the leaves of a field begin, and its cell. */
function placeOf(
  cx: Context,
  shape: Shape,
  key: string,
): { readonly start: number; readonly cell: OpenCell } | undefined {
  let start = 0;
  for (const [name, cell] of shape.fields) {
    if (name === key) return { start, cell };
    start += leavesOfCell(cx.unit.heap.closed(cell)).length;
  }
  return undefined;
}

/** `record.key`. */
export function readField(cx: Context, record: Dynamic, key: string, node: ts.Node): AbstractValue {
  const shape = shapeOf(cx, record)!;
  const place = placeOf(cx, shape, key);
  if (place === undefined) {
    if (shape.classes.size > 1) {
      return forItsClass(cx, record, node, (type) => readClassMember(cx, type, record, key, node));
    }
    const [type] = shape.classes;
    // No record that comes here has it, so a type that says it is there belongs to what never comes.
    if (type === undefined && !expects(cx, node, "undefined")) {
      return failHere(cx, `${node.getText()} is not there`, node);
    }
    return readClassMember(cx, type, record, key, node);
  }
  const read = (leaf: number, type: Type): Value =>
    cx.emitOne("field.get", [record.value], { leaf: place.start + leaf }, type, node);
  return takeFrom(cx, place.cell, read, node);
}

/** `record.key = value`. */
export function writeField(
  cx: Context,
  record: Dynamic,
  key: string,
  value: AbstractValue,
  node: ts.Node,
): void {
  const shape = shapeOf(cx, record)!;
  if (!shape.fields.has(key)) cx.unit.heap.lacks(shape, key);
  const cell = cx.unit.heap.field(shape, key);
  const leaves = putInto(cx, cell, value, node);
  const place = placeOf(cx, shape, key);
  if (leaves === undefined || place === undefined) return;
  leaves.forEach((leaf, i) => {
    cx.emit("field.set", [record.value, leaf], { leaf: place.start + i }, [], node);
  });
}

/** A property of an object on the heap. */
export function readHeapProperty(
  cx: Context,
  object: Dynamic,
  key: string,
  node: ts.Node,
): AbstractValue {
  switch (shapeOf(cx, object)?.kind) {
    case "record":
      return readField(cx, object, key, node);
    case "list":
      if (key === "length") return listLength(cx, object, node);
      if (/^-?\d+$/.test(key)) return readElement(cx, object, constant(Number(key)), node);
      break;
    case "map":
      if (key === "size") return dynamic(cx.emitOne("map.size", [object.value], {}, f64Type, node));
      break;
    default:
      break;
  }
  return cx.report(node, unknownProperty(describeValue(object), key, ""));
}

/** A write to a property of an object on the heap. */
export function writeHeapProperty(
  cx: Context,
  object: Dynamic,
  key: string,
  value: AbstractValue,
  node: ts.Node,
): void {
  const kind = shapeOf(cx, object)?.kind;
  if (kind === "record") writeField(cx, object, key, value, node);
  else if (kind === "list" && /^\d+$/.test(key)) {
    writeElement(cx, object, constant(Number(key)), value, node);
  } else if (kind === "list" && key === "length") setLength(cx, object, value, node);
  else cx.report(node, syntax(`writing \`${key}\` of ${describeValue(object)}`));
}

/** `list.length = n` may only shorten: a list has no holes. */
function setLength(cx: Context, list: Dynamic, value: AbstractValue, node: ts.Node): void {
  const length = settle(cx, value, node);
  if (!isNumber(length)) {
    cx.report(node, syntax(`a length that is ${describeValue(length)}`));
    return;
  }
  const one = applyScalar(cx, "add", [listLength(cx, list, node), constant(1)], node);
  const message = "a list has no holes, so its length can only be made smaller";
  cx.emit("check", [isInside(cx, length, one, node)], { message }, [], node);
  cx.emit("list.resize", [list.value, toNumber(cx, length, node)!], {}, [], node);
}

/** `list.push(…)`. */
export function push(
  cx: Context,
  list: Dynamic,
  items: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const shape = shapeOf(cx, list)!;
  for (const item of items) {
    if (item.kind === "spread") {
      if (appendAll(cx, list, item.list, node).kind === "error") return failed;
      continue;
    }
    const leaves = putInto(cx, shape.element, item, node);
    if (leaves === undefined) return failed;
    cx.emit("list.push", [list.value, ...leaves], {}, [], node);
  }
  return listLength(cx, list, node);
}

/** `list.pop()` and `list.shift()`: undefined where the list is empty. */
export function takeEnd(cx: Context, list: Dynamic, first: boolean, node: ts.Node): AbstractValue {
  const length = listLength(cx, list, node);
  const some = applyScalar(cx, "gt", [length, constant(0)], node);
  if (some.kind !== "dynamic") return failed;
  const last = applyScalar(cx, "sub", [length, constant(1)], node);
  const place = first ? numberNode(cx, 0, node) : toNumber(cx, last, node)!;
  const value = elementAt(cx, list, place, node, some.value);
  const count = cx.scalar("toNumber", [some.value], "f64", node);
  const at = first ? place : cx.scalar("max", [place, numberNode(cx, 0, node)], "f64", node);
  cx.emit("list.remove", [list.value, at, count], {}, [], node);
  return value;
}
