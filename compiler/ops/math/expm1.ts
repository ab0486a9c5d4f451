/** eˣ − 1 without cancellation near 0, and the half of it that tanh uses. */
import { add, binary, bits, type Expr, mul, polynomial, select, sub, unary } from "../expr.ts";
import { atLeast, atMost } from "./bound.ts";
import { reduceExpF32 } from "./exp.ts";

export const expm1 = (x: Expr): Expr => expm1F32(x);

function expm1F32(x: Expr): Expr {
  // −1 from −17.5 down, ∞ from 89 up.
  const half = halfExpm1F32(atLeast(atMost(x, 89), -17.5));
  // Keeps −0 and subnormals, which halving would lose.
  const isTiny = binary("lt", unary("abs", x), 2 ** -24);
  return select(isTiny, x, add(half, half));
}

/**
 * (eˣ − 1)/2 for −80 < x < 89: with s = 2ⁿ⁻¹ it is (s − ½) + s·r + s·(r²·P(r)). The part of r
 * that is exact joins s − ½ first, and what is small comes last. P's own error is 2⁻²⁶.
 */
export function halfExpm1F32(x: Expr): Expr {
  const { n, high, low, r } = reduceExpF32(x);
  const p = polynomial(
    r,
    [
      0.0013837642036378384, 0.008367127738893032, 0.041667740792036057, 0.16666539013385773,
      0.4999999701976776,
    ],
  );
  const tail = add(mul(mul(r, r), p), low);
  const s = bits(add(binary("shl", n, 23), 0x3f000000), "f32");
  return add(add(sub(s, 0.5), mul(s, high)), mul(s, tail));
}
