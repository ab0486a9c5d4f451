/** The two float formats as the functions see them: field widths, masks, bounds. */
import { add, binary, bits, constant, type Expr, select, sub } from "../expr.ts";

export interface FloatFormat {
  readonly type: "f32" | "f64";
  /** The integer type of the same width. */
  readonly integer: "i32" | "i64";
  readonly width: number;
  readonly fractionBits: number;
  readonly bias: number;
  readonly smallestNormal: number;
}

const f32: FloatFormat = {
  type: "f32",
  integer: "i32",
  width: 32,
  fractionBits: 23,
  bias: 127,
  smallestNormal: 2 ** -126,
};
const f64: FloatFormat = {
  type: "f64",
  integer: "i64",
  width: 64,
  fractionBits: 52,
  bias: 1023,
  smallestNormal: 2 ** -1022,
};

/** The format of a float expression. */
export function formatOf(x: Expr): FloatFormat {
  if (x.type === "f32") return f32;
  if (x.type === "f64") return f64;
  throw new Error(`${x.type} is no float type`);
}

/** An integer of the format's width. */
export const integer = (format: FloatFormat, value: bigint): Expr =>
  format.integer === "i32"
    ? constant("i32", Number(BigInt.asIntN(32, value)))
    : constant("i64", BigInt.asIntN(64, value));

/** The bits of `x`, and the bits of an integer as a float of `format`. */
export const toBits = (x: Expr): Expr => bits(x, formatOf(x).integer);
export const fromBits = (pattern: Expr): Expr =>
  bits(pattern, pattern.type === "i32" ? "f32" : "f64");

export const signMask = (format: FloatFormat): Expr =>
  integer(format, 1n << BigInt(format.width - 1));

/** |x|, and the sign bit of x alone. Odd functions compute on |x| and put the sign back. */
export function splitSign(x: Expr): { readonly magnitude: Expr; readonly sign: Expr } {
  const format = formatOf(x);
  const pattern = toBits(x);
  const others = integer(format, (1n << BigInt(format.width - 1)) - 1n);
  return {
    magnitude: fromBits(binary("and", pattern, others)),
    sign: binary("and", pattern, signMask(format)),
  };
}

/** `y` ≥ 0 with a sign bit put on. */
export const withSign = (y: Expr, sign: Expr): Expr => fromBits(binary("or", toBits(y), sign));

/** `x` without its low `count` bits. */
export const withoutLowBits = (x: Expr, count: number): Expr =>
  fromBits(binary("and", toBits(x), integer(formatOf(x), -1n << BigInt(count))));

/** About half of the digits of x: products of two such values are exact. */
export const topHalf = (x: Expr): Expr => withoutLowBits(x, x.type === "f32" ? 12 : 27);

/** `x > high ? high : x`, where NaN stays. A select, because engines run it faster than min. */
export const atMost = (x: Expr, high: number): Expr =>
  select(binary("gt", x, high), constant(x.type, high), x);

/** `x < low ? low : x`, where NaN stays. */
export const atLeast = (x: Expr, low: number): Expr =>
  select(binary("lt", x, low), constant(x.type, low), x);

export interface Rounded {
  /** round(x) as a float. */
  readonly value: Expr;
  /** The same in the low bits of an integer; the high bits are arbitrary. */
  readonly inLowBits: Expr;
}

/** The nearest integer of a small x: adding 1.5·2^fractionBits leaves it in the low bits. */
export function roundToInteger(x: Expr): Rounded {
  const rounder = 1.5 * 2 ** formatOf(x).fractionBits;
  const shifted = add(x, rounder);
  return { value: sub(shifted, rounder), inLowBits: toBits(shifted) };
}

/** 2^(n + shift), for n in the low bits of an integer; the result must be a normal number. */
export function powerOfTwo(n: Expr, shift = 0): Expr {
  const format = n.type === "i32" ? f32 : f64;
  const bias = integer(format, BigInt(format.bias + shift) << BigInt(format.fractionBits));
  return fromBits(add(binary("shl", n, format.fractionBits), bias));
}
