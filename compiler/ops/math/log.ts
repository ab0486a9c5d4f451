/** Natural logarithm, and the pieces of it that log1p shares. */
import {
  add,
  binary,
  bits,
  constant,
  convert,
  div,
  type Expr,
  mul,
  polynomial,
  select,
  sub,
} from "../expr.ts";

export const log = (x: Expr): Expr => logF32(x);

function logF32(x: Expr): Expr {
  // Subnormals are scaled up by 2²³ first.
  const isSubnormal = binary("lt", x, 2 ** -126);
  const scaled = bits(select(isSubnormal, mul(x, 2 ** 23), x), "i32");
  const { k, m } = splitExponentF32(scaled);
  const shift = select(isSubnormal, constant("f32", -23), constant("f32", 0));
  return atEdgesOfLog(x, logSumF32(add(k, shift), sub(m, 1)));
}

/** x = 2ᵏ·m with √½ ≤ m < √2, from the bits of a normal positive x. */
export function splitExponentF32(pattern: Expr): { readonly k: Expr; readonly m: Expr } {
  const fromRootHalf = sub(pattern, 0x3f3504f3);
  const k = convert(binary("shrS", fromRootHalf, 23), "f32");
  const m = bits(add(binary("and", fromRootHalf, 0x7fffff), 0x3f3504f3), "f32");
  return { k, m };
}

/**
 * k·ln 2 + log(1 + f) + c for √½ − 1 ≤ f < √2 − 1. With s = f/(2 + f) and h = f²/2,
 * log(1 + f) = f − (h − s·(h + s²·P(s²))) as in FDLIBM; the result sees 2⁻³⁰ of P's error.
 */
export function logSumF32(k: Expr, f: Expr, c?: Expr): Expr {
  const s = div(f, add(f, 2));
  const z = mul(s, s);
  const p = polynomial(z, [0.29870858788490295, 0.39977583289146423, 0.6666677594184875]);
  const h = mul(mul(f, f), 0.5);
  const lowOfK = mul(k, 1.428606765330187e-6);
  const small = add(mul(s, add(h, mul(z, p))), c === undefined ? lowOfK : add(lowOfK, c));
  // The first part of ln 2 has 15 bits: its product with k is exact.
  return sub(mul(k, 0.693145751953125), sub(sub(h, small), f));
}

/** `y` for finite x > 0; ∞ for ∞, −∞ for ±0, NaN below and for NaN. */
export function atEdgesOfLog(x: Expr, y: Expr): Expr {
  const infinity = constant(x.type, Number.POSITIVE_INFINITY);
  const ofZero = constant(x.type, Number.NEGATIVE_INFINITY);
  const nan = constant(x.type, Number.NaN);
  const above = select(binary("lt", x, infinity), y, x);
  return select(binary("gt", x, 0), above, select(binary("eq", x, 0), ofZero, nan));
}
