/** Conditions that ranges decide, and what conditions with known parts come down to. */

import type { Node, Value } from "../../../graph/ir.ts";
import { isInt, type Range } from "./range.ts";

/** True, false, the operand that the condition is, or undefined. */
export function decided(
  fn: string,
  operands: readonly Value[],
  given: readonly Range[],
  known: (v: Value) => boolean | undefined,
  makerOf: (v: Value) => Node | undefined,
): boolean | Value | undefined {
  const [a, b] = operands;
  const [x, y] = given;
  switch (fn) {
    case "not": {
      const of = known(a!);
      return of === undefined ? undefined : !of;
    }
    case "and":
      return combined(a!, b!, known, false);
    case "or":
      return combined(a!, b!, known, true);
    case "eq":
    case "ne":
      if (a === b && !x!.nan) return fn === "eq";
      if (areApart(x!, y!)) return fn === "ne";
      return fn === "eq" ? chosen(a!, b!, makerOf) : undefined;
    case "isIntWithin":
      return isInt(x!) && x!.lo >= -y!.lo && x!.hi <= y!.lo ? true : undefined;
    case "lt":
    case "ge":
    case "le":
    case "gt":
      return compared(fn, x!, y!);
    default:
      return undefined;
  }
}

/** `a && b` or `a || b`; `strong` is the operand that decides alone. */
function combined(
  a: Value,
  b: Value,
  known: (v: Value) => boolean | undefined,
  strong: boolean,
): boolean | Value | undefined {
  const [x, y] = [known(a), known(b)];
  if (x === strong || y === strong) return strong;
  if (x !== undefined && y !== undefined) return !strong;
  if (x !== undefined) return b;
  return y === undefined ? undefined : a;
}

const areApart = (x: Range, y: Range): boolean => x.hi < y.lo || y.hi < x.lo;

/** Nothing is decided of what may be NaN. */
function compared(fn: "lt" | "ge" | "le" | "gt", x: Range, y: Range): boolean | undefined {
  if (x.nan || y.nan || x.lo > x.hi || y.lo > y.hi) return undefined;
  switch (fn) {
    case "lt":
      return x.hi < y.lo ? true : x.lo >= y.hi ? false : undefined;
    case "le":
      return x.hi <= y.lo ? true : x.lo > y.hi ? false : undefined;
    case "gt":
      return x.lo > y.hi ? true : x.hi <= y.lo ? false : undefined;
    case "ge":
      return x.lo >= y.hi ? true : x.hi < y.lo ? false : undefined;
  }
}

/** `choose(c, m, n) === m ⇒ c` for numbers m and n that are not equal. */
function chosen(a: Value, b: Value, makerOf: (v: Value) => Node | undefined): Value | undefined {
  for (const [choice, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const node = makerOf(choice);
    const wanted = makerOf(other);
    if (node?.attrs.fn !== "choose" || wanted?.op !== "number") continue;
    const [c, m, n] = node.operands;
    const [whenTrue, whenFalse] = [makerOf(m!), makerOf(n!)];
    if (whenTrue?.op !== "number" || whenFalse?.op !== "number") continue;
    const [x, y, z] = [whenTrue, whenFalse, wanted].map((o) => Number(o.attrs.value));
    if (x === z && y !== z) return c;
  }
  return undefined;
}
