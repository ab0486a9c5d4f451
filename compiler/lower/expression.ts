/** Turns a scalar expression into Loop IR, for one element or for four neighbours at once. */

import type { FuncBuilder } from "../loop/build.ts";
import { binary, bits, compare, constant, convert, select, unary } from "../loop/build.ts";
import type { LoopExpr, LoopType } from "../loop/ir.ts";
import { fourOf, isVector, isWide } from "../loop/operation-types.ts";
import type { Expr, ScalarType } from "../ops/expr.ts";
import { isFloat, isNarrow } from "../ops/types.ts";

export type Lanes = 1 | 4;

/**
 * The Loop IR type that holds a value of `type`: a bool is an i32, 0 or 1, or a mask of lanes; u8 and i8
 * are i32 within their range.
 */
export function loopType(type: ScalarType, lanes: Lanes): LoopType {
  if (lanes === 1) return type === "bool" || isNarrow(type) ? "i32" : type;
  return fourOf[type === "bool" || isNarrow(type) ? "i32" : type];
}

const one = (lanes: Lanes): LoopExpr => constant(lanes === 1 ? "i32" : "v4i32", 1);

/** A known bool: 0 or 1, or a mask of 0 or −1 (never −0, which is no integer). */
const boolBits = (value: number | bigint, lanes: Lanes): number =>
  Number(value) === 0 ? 0 : lanes === 1 ? 1 : -1;

/** A bool value (0/1 or mask) as the integer 0 or 1 in each lane. */
export const boolToInt = (a: LoopExpr): LoopExpr =>
  a.type === "v4i32" ? binary("and", a, one(4)) : a;

/** An integer value as a bool: a mask for vectors, 0 or 1 for scalars. */
export const intToBool = (a: LoopExpr): LoopExpr => compare("ne", a, constant(a.type, 0));

export interface ExpressionInput {
  /** The operands, already of the types that `arg` nodes state. */
  readonly args: readonly LoopExpr[];
  readonly lanes: Lanes;
  /** Position along an axis of the result, for `index` nodes. */
  readonly indexOf: (axis: number) => LoopExpr;
}

/**
 * The value of `e`. Every node that is used more than once becomes a local of `b`; so does every
 * operand that is not already a local or a constant.
 */
export function lowerExpr(b: FuncBuilder, e: Expr, input: ExpressionInput): LoopExpr {
  const uses = countUses(e);
  const done = new Map<Expr, LoopExpr>();
  const visit = (node: Expr): LoopExpr => {
    const known = done.get(node);
    if (known) return known;
    let result = lowerNode(node, input, visit);
    const simple = result.k === "local" || result.k === "const";
    if (!simple && (uses.get(node) ?? 0) > 1) result = b.let("t", result);
    done.set(node, result);
    return result;
  };
  return visit(e);
}

function countUses(root: Expr): ReadonlyMap<Expr, number> {
  const uses = new Map<Expr, number>();
  const visit = (e: Expr): void => {
    const n = uses.get(e) ?? 0;
    uses.set(e, n + 1);
    if (n > 0) return;
    switch (e.op) {
      case "arg":
      case "index":
      case "const":
        return;
      case "select":
        visit(e.c);
        visit(e.a);
        visit(e.b);
        return;
      default:
        visit(e.a);
        if ("b" in e) visit(e.b);
    }
  };
  visit(root);
  return uses;
}

function lowerNode(e: Expr, input: ExpressionInput, visit: (e: Expr) => LoopExpr): LoopExpr {
  const type = loopType(e.type, input.lanes);
  switch (e.op) {
    case "arg":
      return input.args[e.index]!;
    case "index":
      return input.indexOf(e.axis);
    case "const":
      return constant(type, e.type === "bool" ? boolBits(e.value, input.lanes) : e.value);
    case "select":
      return lowerSelect(visit(e.c), visit(e.a), visit(e.b));
    case "convert":
      return lowerConvert(visit(e.a), e.a.type, e.type, type);
    case "bits":
      return bits(visit(e.a), type);
    case "not":
      // Of one bool it is 0 or 1; of an integer all bits, as of a mask of lanes.
      if (e.type === "bool" || isVector(type)) return wrapped(unary("not", visit(e.a)), e.type);
      return wrapped(
        binary("xor", visit(e.a), constant(type, e.type === "i64" ? -1n : -1)),
        e.type,
      );
    case "neg":
    case "abs":
    case "sqrt":
    case "floor":
    case "ceil":
    case "trunc":
    case "nearest":
      return wrapped(unary(e.op, visit(e.a)), e.type);
    case "eq":
    case "ne":
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return compare(e.op, visit(e.a), visit(e.b));
    default:
      if (e.op === "rem" && e.type === "f64") return remainder(visit(e.a), visit(e.b));
      return leavesRange.has(e.op)
        ? wrapped(binary(e.op, visit(e.a), visit(e.b)), e.type)
        : binary(e.op, visit(e.a), visit(e.b));
  }
}

/** Of integers of eight bits the results of other operations have eight bits, too. */
const leavesRange: ReadonlySet<string> = new Set(["add", "sub", "mul", "div", "shl", "shrU"]);

/** The result of an operation on i32 as a value of `type`: u8 and i8 keep the lowest eight bits. */
export function wrapped(a: LoopExpr, type: ScalarType): LoopExpr {
  if (type === "u8") return binary("and", a, constant(a.type, 255));
  if (type !== "i8") return a;
  const places = constant(a.type, 24);
  return binary("shrS", binary("shl", a, places), places);
}

/** The name of the function of numbers that modules carry for `rem` of f64. */
export const remainderName = "number.rem";
const remainder = (a: LoopExpr, b: LoopExpr): LoopExpr => ({
  k: "call",
  type: "f64",
  callee: remainderName,
  args: [a, b],
});

/**
 * `x < c ? c : x ⇒ pmax(x, c)` and `c < x ? c : x ⇒ pmin(x, c)`: the same bits for every input,
 * NaN and −0 included, in one instruction where min and max take several.
 */
function lowerSelect(c: LoopExpr, a: LoopExpr, b: LoopExpr): LoopExpr {
  if (c.k === "compare" && (a.type === "v4f32" || a.type === "v4f64")) {
    const [x, y] = c.op === "gt" ? [c.b, c.a] : [c.a, c.b];
    if (c.op === "lt" || c.op === "gt") {
      if (sameValue(x, b) && sameValue(y, a)) return binary("pmax", b, a);
      if (sameValue(y, b) && sameValue(x, a)) return binary("pmin", b, a);
    }
  }
  // A mask of lanes of 64 bits is put together only where it is used.
  return isWide(a.type) ? select(c, a, b) : (selectOrZero(c, a, b) ?? select(c, a, b));
}

/** Lanes of which one side is +0 keep or lose all bits of the other: one instruction, where a selection takes up to three. */
function selectOrZero(c: LoopExpr, a: LoopExpr, b: LoopExpr): LoopExpr | undefined {
  if (c.type !== "v4i32" || !(isZero(a) || isZero(b))) return undefined;
  const mask = isZero(a) ? unary("not", c) : c;
  const kept = isZero(a) ? b : a;
  if (kept.type === "v4i32") return binary("and", kept, mask);
  return bits(binary("and", bits(kept, "v4i32"), mask), "v4f32");
}

const isZero = (e: LoopExpr): boolean => e.k === "const" && Object.is(Number(e.value), 0);

const sameValue = (a: LoopExpr, b: LoopExpr): boolean =>
  a === b ||
  (a.k === "local" && b.k === "local" && a.name === b.name) ||
  (a.k === "const" && b.k === "const" && a.type === b.type && Object.is(a.value, b.value));

function lowerConvert(a: LoopExpr, from: ScalarType, to: ScalarType, type: LoopType): LoopExpr {
  if (to === "bool") return compare("ne", a, constant(a.type, 0));
  const value = from === "bool" ? boolToInt(a) : a;
  if (!isNarrow(to)) return convert(value, type);
  const whole = convert(value, isVector(a.type) ? "v4i32" : "i32");
  return isFloat(from) ? withinRange(whole, to) : wrapped(whole, to);
}

function withinRange(a: LoopExpr, type: "u8" | "i8"): LoopExpr {
  const [low, high] = type === "u8" ? [0, 255] : [-128, 127];
  return binary("min", binary("max", a, constant(a.type, low)), constant(a.type, high));
}
