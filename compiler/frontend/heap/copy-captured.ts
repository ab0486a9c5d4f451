/** Makes objects of the heap from captured ones: for a call, as constants, or for all calls, as what is kept. */

import type ts from "typescript";
import { capturedOnHeap } from "../../diagnostics/catalog/unsupported.ts";
import { fromCaptured } from "../captured.ts";
import type { Context, Unit } from "../context.ts";
import type { CapturedMap } from "../environment.ts";
import {
  type AbstractValue,
  type CapturedList,
  type CapturedObject,
  constant,
  describeValue,
  failed,
} from "../values.ts";
import { shapeOf } from "./access.ts";
import { newList, newMap, newRecord } from "./allocate.ts";
import { privateFields } from "./classes.ts";
import { noteClass } from "./dispatch.ts";
import { keepWritten, placeOfObject, readKept } from "./kept-state.ts";
import { callMapMethod } from "./maps.ts";

/** The site of what a captured object becomes. */
export const capturedSite = ({ heap }: Unit, identity: object): string =>
  `captured ${heap.numberOf(identity)}`;

/**
 * A captured list or record as an object of the heap: made once in a function where nothing is ever
 * written to it, else, or where others last as long, one that the instance keeps.
 */
export function copyOfCaptured(
  cx: Context,
  v: CapturedList | CapturedObject,
  node: ts.Node,
): AbstractValue {
  const { kept, tables } = cx.unit;
  const refusal = kept.refusal(v.identity);
  if (refusal !== undefined) return cx.report(node, refusal);
  const place = placeOfObject(cx, v, node);
  kept.copied.set(v.identity, place);
  const isWritten = tables.isWritten(v.identity) || kept.hasFields(v.identity);
  if (!cx.isStart) {
    if (isWritten) return keepWritten(cx, v, node);
    if (!kept.isEmpty) return readKept(cx, kept.addObject(v.identity, place), node);
  } else if (isWritten && kept.writtenObject(v.identity) === undefined) {
    // What is kept refers to it, and a field of it is written by itself: it is to be one object.
    kept.addObject(v.identity, place);
    kept.noteWritten(v.identity);
  }
  const { root } = cx.block;
  const known = cx.unit.copies.get(root)?.get(v.identity);
  if (known !== undefined) return known;
  const { block } = cx;
  cx.block = root;
  const copy = makeCopy(cx, v.identity, () => build(cx, v, node), v, node);
  cx.block = block;
  return copy;
}

/** A captured map or set; only the start makes any. */
export function copyOfMap(
  cx: Context,
  map: CapturedMap,
  path: string,
  node: ts.Node,
): AbstractValue {
  const known = cx.unit.copies.get(cx.block.root)?.get(map.identity);
  if (known !== undefined) return known;
  return makeCopy(cx, map.identity, () => buildMap(cx, map, path, node), map, node);
}

/** Remembers the copy; an object that is met inside of itself has none yet. */
function makeCopy(
  cx: Context,
  identity: object,
  make: () => AbstractValue,
  v: AbstractValue | CapturedMap,
  node: ts.Node,
): AbstractValue {
  const { copies, copying } = cx.unit;
  if (copying.has(identity)) {
    return cx.report(node, capturedOnHeap(`${describeCaptured(v)} that contains itself`));
  }
  copying.add(identity);
  const copy = make();
  copying.delete(identity);
  if (copy.kind !== "dynamic") return copy;
  const { root } = cx.block;
  const known = copies.get(root) ?? new Map<object, AbstractValue>();
  copies.set(root, known.set(identity, copy));
  return copy;
}

const describeCaptured = (v: AbstractValue | CapturedMap): string =>
  v.kind === "map" ? "a map" : describeValue(v);

function build(cx: Context, v: CapturedList | CapturedObject, node: ts.Node): AbstractValue {
  const site = capturedSite(cx.unit, v.identity);
  if (v.kind === "array") {
    const items = v.identity.map((item, i) => fromCaptured(cx, item, `${v.path}.${i}`, node));
    return items.some((item) => item.kind === "error") ? failed : newList(cx, site, items, node);
  }
  const type = v.className === "Object" ? undefined : cx.unit.environment.classOf(v.identity);
  const hidden =
    type === undefined ? new Map<string, unknown>() : privateFields(cx, type, v.identity);
  if (hidden === undefined || (type === undefined && v.className !== "Object")) {
    return cx.report(node, capturedOnHeap(describeValue(v)));
  }
  const fields = new Map<string, AbstractValue>();
  const given = [...cx.unit.environment.keys(v.identity)].map((key) => {
    const member = cx.unit.environment.member(v.identity, key);
    return [key, member?.kind === "value" ? member.value : undefined] as const;
  });
  for (const [key, value] of [...given, ...hidden]) {
    fields.set(key, fromCaptured(cx, value, `${v.path}.${key}`, node));
  }
  if ([...fields.values()].some((field) => field.kind === "error")) return failed;
  const record = newRecord(cx, site, fields, node);
  const shape = shapeOf(cx, record);
  if (type !== undefined && shape !== undefined) {
    cx.unit.heap.addClass(shape, type);
    noteClass(cx, record, type, node);
  }
  return record;
}

function buildMap(cx: Context, map: CapturedMap, path: string, node: ts.Node): AbstractValue {
  const made = newMap(cx, capturedSite(cx.unit, map.identity), map.isSet, node);
  let at = 0;
  for (const entry of map.entries()) {
    const [key = constant(undefined), value = constant(undefined)] = entry.map((part) =>
      fromCaptured(cx, part, `${path}.${at}`, node),
    );
    at++;
    if (key.kind === "error" || value.kind === "error") return failed;
    const put = map.isSet
      ? callMapMethod(cx, made, "add", [key], node)
      : callMapMethod(cx, made, "set", [key, value], node);
    if (put.kind === "error") return failed;
  }
  return made;
}
