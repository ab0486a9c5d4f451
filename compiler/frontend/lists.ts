/** Owns lists: those made by script, captured ones, and what else can be walked element by element. */

import type ts from "typescript";
import { tensorIteration } from "../diagnostics/catalog/tensors.ts";
import { notIterable } from "../diagnostics/catalog/types.ts";
import { unknownLength } from "../diagnostics/catalog/unsupported.ts";
import { fromCaptured } from "./captured.ts";
import type { Context } from "./context.ts";
import { isHeapList, readElement } from "./heap/access.ts";
import { demandHeap, newList, newRecord } from "./heap/allocate.ts";
import { readOfState } from "./state.ts";
import { HeapObject } from "./store.ts";
import {
  type AbstractValue,
  constant,
  describeValue,
  isTensor,
  isText,
  type ObjectRef,
} from "./values.ts";

/** A new list. What one node makes several of is told apart by `role`. */
export function makeList(
  cx: Context,
  items: readonly AbstractValue[],
  node: ts.Node,
  role = "",
): AbstractValue {
  const site = cx.siteOf(node, role);
  if (cx.unit.heap.isDemanded(site)) return newList(cx, site, items, node);
  const object = new HeapObject("list", [site]);
  cx.store.setObject(object, { fields: indexed(items), shared: false, conflict: undefined });
  return { kind: "ref", object };
}

/** The fields of a list that has these items. */
export const indexed = (items: readonly AbstractValue[]): ReadonlyMap<string, AbstractValue> =>
  new Map(items.map((item, i) => [String(i), item]));

/** A new record. */
export function makeRecord(
  cx: Context,
  fields: ReadonlyMap<string, AbstractValue>,
  node: ts.Node,
  role = "",
): AbstractValue {
  const site = cx.siteOf(node, `record${role}`);
  if (cx.unit.heap.isDemanded(site)) return newRecord(cx, site, fields, node);
  const object = new HeapObject("record", [site]);
  cx.store.setObject(object, { fields, shared: false, conflict: undefined });
  return { kind: "ref", object };
}

/** The contents of a list or record made by script; undefined (and reported) where paths disagree. */
export function fieldsOf(
  cx: Context,
  ref: ObjectRef,
  node: ts.Node,
): ReadonlyMap<string, AbstractValue> | undefined {
  const { fields, conflict } = cx.store.object(ref.object);
  if (conflict === undefined) return fields;
  const tensors = conflict.kind === "length" && conflict.tensors;
  demandHeap(cx, ref.object.sites, node, tensors);
  return undefined;
}

/** The elements that iterating over a value gives; undefined (and reported) if it has none. */
export function listItems(
  cx: Context,
  v: AbstractValue,
  node: ts.Node,
): readonly AbstractValue[] | undefined {
  switch (v.kind) {
    case "ref": {
      if (v.object.shape === "record") break;
      const fields = fieldsOf(cx, v, node);
      return fields && [...fields.values()];
    }
    case "array":
      return v.identity.map((_, i) => capturedItem(cx, v, i, node));
    case "constant":
      if (typeof v.value === "string") return [...v.value].map(constant);
      break;
    case "error":
      return undefined;
    default:
      break;
  }
  if (isHeapList(cx, v) || isText(v)) {
    cx.report(node, unknownLength());
    return undefined;
  }
  cx.report(node, isTensor(v) ? tensorIteration() : notIterable(describeValue(v)));
  return undefined;
}

/** One of the elements that iterating gives, without looking at the others; undefined where there are not so many. */
export function listItem(
  cx: Context,
  v: AbstractValue,
  index: number,
  node: ts.Node,
): AbstractValue | undefined {
  if (v.kind === "ref" && v.object.shape === "list") {
    return fieldsOf(cx, v, node)?.get(String(index));
  }
  if (v.kind !== "array") return listItems(cx, v, node)?.[index];
  return index < v.identity.length ? capturedItem(cx, v, index, node) : undefined;
}

/** At least the first `count` elements of a value, as a pattern takes them. */
export function elementsFor(
  cx: Context,
  v: AbstractValue,
  count: number,
  node: ts.Node,
): readonly AbstractValue[] | undefined {
  if (!isHeapList(cx, v)) return listItems(cx, v, node);
  return Array.from({ length: count }, (_, i) => readElement(cx, v, constant(i), node));
}

/** An element of a captured list: constant, or state if the program writes it. */
export function capturedItem(
  cx: Context,
  list: AbstractValue & { readonly kind: "array" },
  index: number,
  node: ts.Node,
): AbstractValue {
  const state = readOfState(cx, list.identity, String(index), node);
  if (state !== undefined) return state;
  return fromCaptured(cx, list.identity[index], `${list.path}.${index}`, node);
}
