/** Makes objects on the run-time heap: lists and records that script makes, and copies of captured ones. */

import type ts from "typescript";
import { heapDemand } from "../../diagnostics/catalog/bugs.ts";
import { capturedOnHeap } from "../../diagnostics/catalog/unsupported.ts";
import type { Value } from "../../graph/ir.ts";
import { fromCaptured } from "../captured.ts";
import type { Context } from "../context.ts";
import { readMember } from "../properties.ts";
import type { HeapObject } from "../store.ts";
import {
  type AbstractValue,
  type CapturedList,
  type CapturedObject,
  type Dynamic,
  describeValue,
  dynamic,
  failed,
} from "../values.ts";
import { putInto } from "./cells.ts";
import type { Shape } from "./shapes.ts";

/** A new list on the heap, with these elements. */
export function newList(
  cx: Context,
  site: string,
  items: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const shape = cx.unit.heap.at(site, "list");
  const leaves: Value[] = [];
  for (const item of items) {
    const put = putInto(cx, shape.element, item, node);
    if (put === undefined) return failed;
    leaves.push(...put);
  }
  return made(cx, shape, leaves, node);
}

/** A new record on the heap. */
export function newRecord(
  cx: Context,
  site: string,
  fields: ReadonlyMap<string, AbstractValue>,
  node: ts.Node,
): AbstractValue {
  const { heap } = cx.unit;
  const shape = heap.at(site, "record");
  for (const name of fields.keys()) heap.field(shape, name);
  const leaves: Value[] = [];
  for (const [name, cell] of shape.fields) {
    const value = fields.get(name);
    if (value === undefined) heap.lacks(shape, name);
    const put = putInto(cx, cell, value ?? { kind: "constant", value: undefined }, node);
    if (put === undefined) return failed;
    leaves.push(...put);
  }
  return made(cx, shape, leaves, node);
}

/** A new, empty map or set. */
export function newMap(cx: Context, site: string, isSet: boolean, node: ts.Node): Dynamic {
  const shape = cx.unit.heap.at(site, "map");
  if (isSet) shape.isSet = true;
  return made(cx, shape, [], node);
}

const made = (cx: Context, shape: Shape, leaves: readonly Value[], node: ts.Node): Dynamic =>
  dynamic(cx.emitOne("new", leaves, {}, cx.unit.heap.refTo(shape), node));

/** Asks for objects to be made on the heap, in the next walk; what follows is silenced until then. */
export function demandHeap(
  cx: Context,
  sites: readonly string[],
  node: ts.Node,
  holdsTensors = false,
): AbstractValue {
  cx.demand(node, heapDemand(), sites, holdsTensors);
  return failed;
}

export const demandObject = (cx: Context, object: HeapObject, node: ts.Node): AbstractValue =>
  demandHeap(cx, object.sites, node);

/** The reference to an object on the heap; undefined (and demanded, or reported) if it is not there. */
export function onHeap(cx: Context, v: AbstractValue, node: ts.Node): Value | undefined {
  switch (v.kind) {
    case "dynamic":
      return v.value;
    case "ref":
      demandObject(cx, v.object, node);
      return undefined;
    case "array":
    case "object": {
      const copy = copyOfCaptured(cx, v, node);
      return copy.kind === "dynamic" ? copy.value : undefined;
    }
    case "error":
      return undefined;
    default:
      cx.report(node, capturedOnHeap(describeValue(v)));
      return undefined;
  }
}

/** A list or record that is known when compiling, as an object of the heap: made once in a function. */
export function copyOfCaptured(
  cx: Context,
  v: CapturedList | CapturedObject,
  node: ts.Node,
): AbstractValue {
  const root = cx.block.root;
  const known = cx.unit.copies.get(root)?.get(v.identity);
  if (known !== undefined) return known;
  if (v.kind === "object" && v.className !== "Object") {
    return cx.report(node, capturedOnHeap(describeValue(v)));
  }
  if (cx.unit.tables.isWritten(v.identity)) {
    return cx.report(node, capturedOnHeap(`${describeValue(v)} that the program writes`));
  }
  const { block } = cx;
  cx.block = root;
  const site = `captured ${cx.unit.heap.numberOf(v.identity)}`;
  const copy =
    v.kind === "array"
      ? newList(
          cx,
          site,
          v.identity.map((item, i) => fromCaptured(cx, item, `${v.path}.${i}`)),
          node,
        )
      : newRecord(
          cx,
          site,
          new Map(
            cx.unit.environment.keys(v.identity).map((key) => [key, readMember(cx, v, key, node)]),
          ),
          node,
        );
  cx.block = block;
  if (copy.kind === "dynamic") {
    const copies = cx.unit.copies.get(root) ?? new Map<object, AbstractValue>();
    cx.unit.copies.set(root, copies.set(v.identity, copy));
  }
  return copy;
}
