/** eˣ, and the pieces of it that tanh, sigmoid, erf and their kin share. */
import { add, binary, bits, constant, type Expr, mul, polynomial, select, sub } from "../expr.ts";

export const exp = (x: Expr): Expr => expF32(x);

/** `x < low ? low : x > high ? high : x`; a NaN stays. */
export const clamp = (x: Expr, low: number, high: number): Expr =>
  atLeast(atMost(x, high), low);
export const atMost = (x: Expr, high: number): Expr =>
  select(binary("gt", x, high), constant(x.type, high), x);
export const atLeast = (x: Expr, low: number): Expr =>
  select(binary("lt", x, low), constant(x.type, low), x);

/** 1.5·2²³: adding it to an f32 |v| < 2²² leaves v, rounded to an integer, in the low bits. */
const roundingF32 = 12582912;

/** x = n·ln 2 + r with |r| ≤ 0.3466; n sits in the low bits of `shifted`. Good for |x| < 178. */
export function reduceExpF32(x: Expr): { readonly shifted: Expr; readonly r: Expr } {
  const shifted = add(mul(x, 1.4426950216293335), roundingF32);
  const n = sub(shifted, roundingF32);
  // ln 2 in two parts; the first has 15 bits, so that its product with n is exact.
  const r = sub(sub(x, mul(n, 0.693145751953125)), mul(n, 1.428606765330187e-6));
  return { shifted: bits(shifted, "i32"), r };
}

/** eʳ for |r| ≤ 0.3466, error of the polynomial 2⁻²⁸. */
export const expPolynomialF32 = (r: Expr): Expr =>
  polynomial(r, [
    0.0013832207769155502, 0.008369049057364464, 0.041668131947517395, 0.16666516661643982,
    0.4999999403953552, 1, 1,
  ]);

/** 2ⁿ as f32, for n in the low bits of `shifted` and −127 < n < 128. */
export const powerOfTwoF32 = (shifted: Expr): Expr =>
  bits(add(binary("shl", shifted, 23), 0x3f800000), "f32");

/** eˣ for −150 < n < 130: two scalings, so that the product passes into subnormals with one rounding. */
function expF32(x: Expr): Expr {
  // e^−104 rounds to 0 and e^89 to ∞.
  const { shifted, r } = reduceExpF32(clamp(x, -104, 89));
  const half = binary("shrS", shifted, 1);
  const rest = sub(shifted, half);
  return mul(mul(expPolynomialF32(r), powerOfTwoF32(half)), powerOfTwoF32(rest));
}
