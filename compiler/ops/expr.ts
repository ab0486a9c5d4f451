/**
 * Scalar expressions: what a `map` computes for one element, as data. Every operation here is exact
 * and means the same on one element and on four lanes, so one expression serves every builder.
 */

/**
 * Types of values inside an expression. `i64` exists for the bit patterns of f64. Operations on u8 and
 * i8 are those on i32, whose result wraps around to eight bits.
 */
export type ScalarType = "f32" | "f64" | "i32" | "i64" | "u8" | "i8" | "bool";

/** `min`/`max` propagate NaN and order −0 below +0; `nearest` rounds ties to even. */
export type UnaryName = "neg" | "abs" | "sqrt" | "floor" | "ceil" | "trunc" | "nearest" | "not";
export type ArithmeticName = "add" | "sub" | "mul" | "div" | "min" | "max";
/**
 * Integers only; `and`, `or`, `xor` on bool too. `rem` and `div` of i32 truncate as C does. There is
 * `rem` of f64, too: exact, with the sign of the dividend.
 */
export type BitName = "and" | "or" | "xor" | "shl" | "shrS" | "shrU" | "rem";
export type CompareName = "eq" | "ne" | "lt" | "le" | "gt" | "ge";

export type Expr =
  /** The element of operand `index`. */
  | { readonly op: "arg"; readonly type: ScalarType; readonly index: number }
  /** The position along axis `axis` of the result. */
  | { readonly op: "index"; readonly type: "i32"; readonly axis: number }
  | {
      readonly op: "const";
      readonly type: ScalarType;
      readonly value: number | bigint;
    }
  | { readonly op: UnaryName; readonly type: ScalarType; readonly a: Expr }
  | {
      readonly op: ArithmeticName | BitName | CompareName;
      readonly type: ScalarType;
      readonly a: Expr;
      readonly b: Expr;
    }
  /** `c ? a : b`, both computed. */
  | {
      readonly op: "select";
      readonly type: ScalarType;
      readonly c: Expr;
      readonly a: Expr;
      readonly b: Expr;
    }
  /**
   * Conversion of value: to bool is `≠ 0`, from bool is 0 or 1, float to integer truncates and
   * saturates with NaN ⇒ 0, integer to a narrower one wraps around, integer to float and f64 to f32
   * round to nearest even.
   */
  | { readonly op: "convert"; readonly type: ScalarType; readonly a: Expr }
  /** The same bits read as another type of the same width (f32 ↔ i32, f64 ↔ i64). */
  | { readonly op: "bits"; readonly type: ScalarType; readonly a: Expr };

const compares = new Set<string>(["eq", "ne", "lt", "le", "gt", "ge"]);
export const isCompare = (op: string): op is CompareName => compares.has(op);

export const arg = (index: number, type: ScalarType): Expr => ({
  op: "arg",
  type,
  index,
});
export const constant = (type: ScalarType, value: number | bigint): Expr => ({
  op: "const",
  type,
  value,
});
export const unary = (op: UnaryName, a: Expr): Expr => ({
  op,
  type: a.type,
  a,
});
export const binary = (
  op: ArithmeticName | BitName | CompareName,
  a: Expr,
  b: Expr | number,
): Expr => ({
  op,
  type: isCompare(op) ? "bool" : a.type,
  a,
  b: typeof b === "number" ? constant(a.type, a.type === "i64" ? BigInt(b) : b) : b,
});
export const add = (a: Expr, b: Expr | number): Expr => binary("add", a, b);
export const sub = (a: Expr, b: Expr | number): Expr => binary("sub", a, b);
export const mul = (a: Expr, b: Expr | number): Expr => binary("mul", a, b);
export const div = (a: Expr, b: Expr | number): Expr => binary("div", a, b);
export const select = (c: Expr, a: Expr, b: Expr): Expr => ({
  op: "select",
  type: a.type,
  c,
  a,
  b,
});
export const convert = (a: Expr, type: ScalarType): Expr =>
  a.type === type ? a : { op: "convert", type, a };
export const bits = (a: Expr, type: ScalarType): Expr => ({
  op: "bits",
  type,
  a,
});
/** `c0·xⁿ + c1·xⁿ⁻¹ + …` by Horner's rule, one rounding per operation. */
export const polynomial = (x: Expr, coefficients: readonly number[]): Expr =>
  coefficients.slice(1).reduce((sum, c) => add(mul(sum, x), c), constant(x.type, coefficients[0]!));

/** The operands of an expression node, in order. */
export function childrenOf(e: Expr): readonly Expr[] {
  switch (e.op) {
    case "arg":
    case "index":
    case "const":
      return [];
    case "select":
      return [e.c, e.a, e.b];
    default:
      return "b" in e ? [e.a, e.b] : [e.a];
  }
}

/** The numbers of the arguments that `e` reads. */
export function argumentsOf(e: Expr): ReadonlySet<number> {
  const found = new Set<number>();
  const seen = new Set<Expr>();
  const visit = (node: Expr): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.op === "arg") found.add(node.index);
    else childrenOf(node).forEach(visit);
  };
  visit(e);
  return found;
}
