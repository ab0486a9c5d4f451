/** Reads and writes what an instance keeps on the heap: the fields of one record, which its start makes. */

import type ts from "typescript";
import type { Context } from "../context.ts";
import type { CapturedMap } from "../environment.ts";
import {
  type AbstractValue,
  type CapturedList,
  type CapturedObject,
  type Dynamic,
  dynamic,
  failed,
} from "../values.ts";
import { readField, writeField } from "./access.ts";
import { demandHeap } from "./allocate.ts";
import { copyOfCaptured, copyOfMap } from "./copy-captured.ts";
import type { KeptPlace, NewPlace } from "./kept-places.ts";
import type { HeapShapes, Shape } from "./shapes.ts";

/** The cell of state that refers to the record. */
export const keptCell = "glim.kept";

/** The shape of the record. */
export const keptShape = (heap: HeapShapes): Shape => heap.at("kept", "record");

export function keptRecord(cx: Context, node: ts.Node): Dynamic {
  const { heap } = cx.unit;
  const type = heap.refTo(keptShape(heap));
  return dynamic(cx.emitOne("state.get", [], { name: keptCell }, type, node));
}

export function readKept(cx: Context, { name }: KeptPlace, node: ts.Node): AbstractValue {
  const { heap } = cx.unit;
  const cell = heap.field(keptShape(heap), name);
  if (cell.options.size === 0) {
    // The start has not said yet what it holds, or has said why it cannot hold it.
    cx.unit.isIncomplete = true;
    return failed;
  }
  return readField(cx, keptRecord(cx, node), name, node);
}

export function writeKept(
  cx: Context,
  { name }: KeptPlace,
  value: AbstractValue,
  node: ts.Node,
): void {
  const { heap } = cx.unit;
  heap.field(keptShape(heap), name);
  writeField(cx, keptRecord(cx, node), name, value, node);
}

/** Keeps a captured object that the program writes, from the next walk on; silences this one. */
export function keepWritten(
  cx: Context,
  v: CapturedList | CapturedObject,
  node: ts.Node,
): AbstractValue {
  const { kept } = cx.unit;
  const refusal = kept.refusal(v.identity);
  if (refusal !== undefined) return cx.report(node, refusal);
  const { name } = kept.addObject(v.identity, placeOfObject(cx, v, node));
  kept.noteWritten(v.identity);
  return demandHeap(cx, [`kept ${name}`], node);
}

/** The place of a captured object, which other places may refer to. */
export const placeOfObject = (
  { frame }: Context,
  v: CapturedList | CapturedObject,
  node: ts.Node,
): NewPlace => ({
  path: v.path,
  initial: (start) => copyOfCaptured(start, v, node),
  node,
  frame,
});

/** A captured map or set, which is always on the heap. */
export function readKeptMap(
  cx: Context,
  map: CapturedMap,
  path: string,
  node: ts.Node,
): AbstractValue {
  const refusal = cx.unit.kept.refusal(map.identity);
  if (refusal !== undefined) return cx.report(node, refusal);
  const initial = (start: Context): AbstractValue => copyOfMap(start, map, path, node);
  const place = { path, initial, node, frame: cx.frame };
  return readKept(cx, cx.unit.kept.addObject(map.identity, place), node);
}
