/** Integers of eight bits in interpreters, which compute with i32: the same expressions with what keeps eight bits. */

import { arg, binary, childrenOf, constant, convert, type Expr, type ScalarType } from "./expr.ts";
import { withChildren } from "./expr-key.ts";
import { isFloat, isNarrow, rangeOf } from "./types.ts";

/** Operations whose result of eight bits may have more: it wraps around. */
const leavesRange: ReadonlySet<string> = new Set([
  ...["add", "sub", "mul", "div", "shl", "shrU"],
  ...["neg", "abs", "not"],
]);

/** `root`, in which every u8 and i8 is an i32 within their range. */
export function withoutNarrow(root: Expr): Expr {
  const done = new Map<Expr, Expr>();
  const visit = (e: Expr): Expr => {
    const known = done.get(e);
    if (known) return known;
    const made = widened(e, childrenOf(e).map(visit));
    done.set(e, made);
    return made;
  };
  return visit(root);
}

function widened(e: Expr, children: readonly Expr[]): Expr {
  const { type } = e;
  if (e.op === "convert") return converted(children[0]!, e.a.type, type);
  if (!isNarrow(type)) return withChildren(e, children);
  if (e.op === "arg") return arg(e.index, "i32");
  if (e.op === "const") return constant("i32", e.value);
  const made: Expr = { ...withChildren(e, children), type: "i32" };
  return leavesRange.has(e.op) ? wrapped(made, type) : made;
}

function converted(a: Expr, from: ScalarType, to: ScalarType): Expr {
  if (!isNarrow(to)) return a.type === to ? a : convert(a, to);
  const whole = a.type === "i32" ? a : convert(a, "i32");
  return isFloat(from) ? clamped(whole, to) : wrapped(whole, to);
}

/** An i32 as the nearest value of eight bits. */
export function clamped(a: Expr, to: "u8" | "i8"): Expr {
  const [least, greatest] = rangeOf(to);
  return binary("min", binary("max", a, constant("i32", least)), constant("i32", greatest));
}

function wrapped(a: Expr, to: "u8" | "i8"): Expr {
  if (to === "u8") return binary("and", a, constant("i32", 255));
  const places = constant("i32", 24);
  return binary("shrS", binary("shl", a, places), places);
}
