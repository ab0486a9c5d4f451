/** What a condition says of the numbers that it is made of, where it is true and where it is false. */

import type { Node, Value } from "../../../graph/ir.ts";
import { integers, isEmpty, meet, type Range } from "./range.ts";

export interface Knowledge {
  readonly makerOf: (v: Value) => Node | undefined;
  readonly read: (v: Value) => Range;
  readonly learn: (v: Value, range: Range) => void;
  /** `a` is less than `b`, and neither is NaN. */
  readonly order: (a: Value, b: Value) => void;
}

type Relation = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
const opposite: Readonly<Record<Relation, Relation>> = {
  eq: "ne",
  ne: "eq",
  lt: "ge",
  le: "gt",
  gt: "le",
  ge: "lt",
};
const swapped: Readonly<Record<Relation, Relation>> = {
  eq: "eq",
  ne: "ne",
  lt: "gt",
  le: "ge",
  gt: "lt",
  ge: "le",
};
const isRelation = (fn: string): fn is Relation => Object.hasOwn(opposite, fn);

/** Learns what follows from `condition` being `holds`. */
export function refine(condition: Value, holds: boolean, k: Knowledge): void {
  const node = k.makerOf(condition);
  if (node?.op !== "scalar") return;
  const fn = String(node.attrs.fn);
  const [a, b] = node.operands;
  if (fn === "not") refine(a!, !holds, k);
  else if ((fn === "and" && holds) || (fn === "or" && !holds)) {
    refine(a!, holds, k);
    refine(b!, holds, k);
  } else if (fn === "isIntWithin" && holds) {
    const limit = k.read(b!).hi;
    learn(k, a!, integers(-limit, limit));
  } else if (isRelation(fn)) relate(k, holds ? fn : opposite[fn], a!, b!, holds);
}

/** NaN is in no relation but `ne`, so where one holds there is none; where one does not, there may be. */
function relate(k: Knowledge, relation: Relation, a: Value, b: Value, isStated: boolean): void {
  const isOrdered = isStated ? relation !== "ne" : relation === "eq";
  if (relation === "eq" && isStated) wholeAsItsInteger(k, a, b);
  if (isStated && relation === "lt") k.order(a, b);
  if (isStated && relation === "gt") k.order(b, a);
  const [left, right] = [k.read(a), k.read(b)];
  if (!isOrdered && (left.nan || right.nan)) return;
  learn(k, a, limit(left, relation, right));
  learn(k, b, limit(right, swapped[relation], left));
}

/** `trunc(x) === x`, and so with the other roundings. */
function wholeAsItsInteger(k: Knowledge, a: Value, b: Value): void {
  for (const [rounded, x] of [
    [a, b],
    [b, a],
  ] as const) {
    const node = k.makerOf(rounded);
    if (node?.op !== "scalar" || node.operands[0] !== x) continue;
    if (!/^(trunc|floor|ceil|round)$/.test(String(node.attrs.fn))) continue;
    learn(k, x, { ...k.read(x), whole: true, nan: false });
  }
}

function learn(k: Knowledge, v: Value, range: Range): void {
  const before = k.read(v);
  const now = meet(before, range);
  // Nothing gets there; what was known will do.
  if (!isEmpty(now)) k.learn(v, now);
}

/** The numbers that may stand so to one of `other`; of −0 nothing is said. */
function limit(r: Range, relation: Relation, other: Range): Range {
  const of = (lo: number, hi: number): Range => ({
    lo,
    hi,
    whole: false,
    negativeZero: true,
    nan: false,
  });
  switch (relation) {
    case "eq":
      return { ...of(other.lo, other.hi), whole: other.whole };
    case "ne": {
      // An end that is excluded moves the end.
      const single = other.lo === other.hi && r.whole ? other.lo : undefined;
      const [lo, hi] = [r.lo === single ? r.lo + 1 : r.lo, r.hi === single ? r.hi - 1 : r.hi];
      return { ...of(lo, hi), negativeZero: single !== 0, nan: r.nan };
    }
    case "lt":
      return of(-Infinity, r.whole ? Math.ceil(other.hi) - 1 : other.hi);
    case "le":
      return of(-Infinity, r.whole ? Math.floor(other.hi) : other.hi);
    case "gt":
      return of(r.whole ? Math.floor(other.lo) + 1 : other.lo, Infinity);
    case "ge":
      return of(r.whole ? Math.ceil(other.lo) : other.lo, Infinity);
  }
}
