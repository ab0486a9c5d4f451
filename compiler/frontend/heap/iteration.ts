/** Owns what iterating over objects of the heap gives, round by round. */

import type ts from "typescript";
import type { Value } from "../../graph/ir.ts";
import type { Condition } from "../conditions.ts";
import type { Context } from "../context.ts";
import { numberNode, toNumber, toText } from "../graph-values.ts";
import { makeList } from "../lists.ts";
import { applyScalar } from "../numbers.ts";
import {
  type AbstractValue,
  constant,
  type Dynamic,
  dynamic,
  type Entries,
  failed,
  isText,
} from "../values.ts";
import { elementAt, listLength, shapeOf } from "./access.ts";
import { keyAt, nextEntry, valueAt } from "./maps.ts";
import { lengthOf, pointAt } from "./texts.ts";

/** Rounds that are counted at run time, by a place that goes from `start` to the end. */
export interface CountedRounds {
  readonly start: AbstractValue;
  begin(): void;
  more(place: AbstractValue): Condition;
  /** The element at the place, and the next place. */
  take(place: AbstractValue): { readonly item: AbstractValue; readonly next: AbstractValue };
  /** After the last round, not where the loop is left. */
  finish(): void;
}

/** The rounds of a `for…of`; undefined where they are known when compiling, or there are none. */
export function countedRounds(
  cx: Context,
  v: AbstractValue,
  node: ts.ForOfStatement,
): CountedRounds | undefined {
  if (v.kind === "entries") {
    return shapeOf(cx, v.source)?.kind === "list"
      ? listRounds(cx, v, node)
      : mapRounds(cx, v, node);
  }
  if (v.kind !== "dynamic") return undefined;
  if (isText(v)) return textRounds(cx, toText(cx, v, node)!, node);
  switch (shapeOf(cx, v)?.kind) {
    case "list":
      return listRounds(cx, { kind: "entries", source: v, of: "values" }, node);
    case "map":
      return mapRounds(cx, { kind: "entries", source: v, of: ownEntries(cx, v) }, node);
    default:
      return undefined;
  }
}

/** Iterating over a map itself gives its entries, over a set its keys. */
const ownEntries = (cx: Context, map: Dynamic): Entries["of"] =>
  cx.unit.heap.isSet(shapeOf(cx, map)!) ? "keys" : "entries";

const nothing = (): void => {};

const condition = (v: AbstractValue): Condition => {
  if (v.kind === "dynamic") return v.value;
  return v.kind === "constant" ? v.value === true : undefined;
};

const placeOf = (cx: Context, place: AbstractValue, node: ts.Node): Value =>
  toNumber(cx, place, node) ?? numberNode(cx, 0, node);

function listRounds(
  cx: Context,
  { source: list, of }: Entries,
  node: ts.ForOfStatement,
): CountedRounds {
  const itemAt = (place: AbstractValue): AbstractValue => {
    if (of === "keys") return place;
    const element = elementAt(cx, list, placeOf(cx, place, node), node);
    return of === "values" ? element : makeList(cx, [place, element], node, "entry");
  };
  return {
    start: constant(0),
    begin: nothing,
    // The list may grow or shrink while it is walked.
    more: (place) => condition(applyScalar(cx, "lt", [place, listLength(cx, list, node)], node)),
    take: (place) => ({
      item: itemAt(place),
      next: applyScalar(cx, "add", [place, constant(1)], node),
    }),
    finish: nothing,
  };
}

function textRounds(cx: Context, text: Value, node: ts.ForOfStatement): CountedRounds {
  return {
    start: constant(0),
    begin: nothing,
    more: (place) =>
      condition(applyScalar(cx, "lt", [place, dynamic(lengthOf(cx, text, node))], node)),
    take: (place) => {
      const { point, length } = pointAt(cx, text, placeOf(cx, place, node), node);
      const next = applyScalar(cx, "add", [place, dynamic(length)], node);
      return { item: dynamic(point), next };
    },
    finish: nothing,
  };
}

function mapRounds(
  cx: Context,
  { source: map, of }: Entries,
  node: ts.ForOfStatement,
): CountedRounds {
  return {
    start: constant(0),
    begin: () => {
      cx.emit("map.hold", [map.value], {}, [], node);
    },
    more: (place) =>
      condition(applyScalar(cx, "ge", [nextEntry(cx, map, place, node), constant(0)], node)),
    take: (place) => {
      const at = nextEntry(cx, map, place, node);
      const next = applyScalar(cx, "add", [at, constant(1)], node);
      return { item: entry(cx, map, of, at.value, node), next };
    },
    finish: () => {
      cx.emit("map.release", [map.value], {}, [], node);
    },
  };
}

function entry(
  cx: Context,
  map: Dynamic,
  of: Entries["of"],
  at: Value,
  node: ts.Node,
): AbstractValue {
  if (of === "keys") return keyAt(cx, map, at, node);
  const isSet = cx.unit.heap.isSet(shapeOf(cx, map)!);
  const value = isSet ? keyAt(cx, map, at, node) : valueAt(cx, map, at, node);
  if (of === "values") return value;
  const key = keyAt(cx, map, at, node);
  return key.kind === "error" ? failed : makeList(cx, [key, value], node, "entry");
}
