/** eˣ, and the pieces of it that tanh, sigmoid and erf share. */
import { add, binary, bits, type Expr, mul, polynomial, sub } from "../expr.ts";
import { atLeast, atMost } from "./bound.ts";

export const exp = (x: Expr): Expr => scaledExpF32(atLeast(atMost(x, 89), -104));

/** eˣ for x ≤ 0. */
export const expOfNegative = (x: Expr): Expr => scaledExpF32(atLeast(x, -104));

/** x = n·ln 2 + r with r = high + low, |r| ≤ 0.3466; n is in the low 9 bits of `n`. |x| < 178. */
export interface ExpReduction {
  readonly n: Expr;
  readonly high: Expr;
  readonly low: Expr;
  readonly r: Expr;
}

export function reduceExpF32(x: Expr): ExpReduction {
  // Adding 1.5·2²³ leaves the nearest integer in the low bits.
  const shifted = add(mul(x, 1.4426950216293335), 12582912);
  const n = sub(shifted, 12582912);
  // ln 2 in two parts; the first has 15 bits, so that its product with n is exact.
  const high = sub(x, mul(n, 0.693145751953125));
  const low = mul(n, -1.428606765330187e-6);
  return { n: bits(shifted, "i32"), high, low, r: add(high, low) };
}

/** eʳ for |r| ≤ 0.3466; the polynomial's own error is 2⁻²⁸. */
export const expPolynomialF32 = (r: Expr): Expr =>
  polynomial(
    r,
    [
      0.0013832207769155502, 0.008369049057364464, 0.041668131947517395, 0.16666516661643982,
      0.4999999403953552, 1, 1,
    ],
  );

/** 2ⁿ for n in the low bits of `n`, −127 < n < 128. */
export const powerOfTwoF32 = (n: Expr): Expr => bits(add(binary("shl", n, 23), 0x3f800000), "f32");

/**
 * eˣ for −104 ≤ x ≤ 89, which covers 0 and ∞. 2ⁿ is applied as two factors: n goes down to −150
 * and up to 128, and only the second product rounds, into a subnormal.
 */
function scaledExpF32(x: Expr): Expr {
  const { n, r } = reduceExpF32(x);
  const half = binary("shrS", n, 1);
  const scaled = mul(expPolynomialF32(r), powerOfTwoF32(half));
  return mul(scaled, powerOfTwoF32(sub(n, half)));
}
