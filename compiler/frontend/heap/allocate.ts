/** Makes objects on the run-time heap: lists and records that script makes, and copies of captured ones. */

import type ts from "typescript";
import { heapDemand } from "../../diagnostics/catalog/bugs.ts";
import { capturedOnHeap } from "../../diagnostics/catalog/unsupported.ts";
import type { Value } from "../../graph/ir.ts";
import type { Context } from "../context.ts";
import type { HeapObject } from "../store.ts";
import { type AbstractValue, type Dynamic, describeValue, dynamic, failed } from "../values.ts";
import { putInto } from "./cells.ts";
import { copyOfCaptured } from "./copy-captured.ts";
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
