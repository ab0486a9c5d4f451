/** eˣ − 1 without cancellation near 0, and the half of it that tanh uses. */
import { add, binary, type Expr, mul, polynomial, select, sub, unary } from "../expr.ts";
import { expTailF64, reduceExp } from "./exp.ts";
import { atLeast, atMost, formatOf, powerOfTwo } from "./float-format.ts";

export function expm1(x: Expr): Expr {
  const isF32 = x.type === "f32";
  // −1 and ∞ beyond these bounds.
  const half = halfExpm1(atLeast(atMost(x, isF32 ? 89 : 710), isF32 ? -17.5 : -38));
  // Keeps −0 and subnormals, which halving would lose.
  const isTiny = binary("lt", unary("abs", x), 2 ** -(formatOf(x).fractionBits + 1));
  return select(isTiny, x, add(half, half));
}

/**
 * (eˣ − 1)/2 up to the largest float: with s = 2ⁿ⁻¹ it is (s − ½) + s·r + s·(eʳ − 1 − r). The part
 * of r that is exact joins s − ½ first, and what is small comes last.
 */
export function halfExpm1(x: Expr): Expr {
  const { n, high, low, r } = reduceExp(x);
  const tail = add(x.type === "f32" ? expTailF32(r) : expTailF64(r), low);
  const s = powerOfTwo(n, -1);
  return add(add(sub(s, 0.5), mul(s, high)), mul(s, tail));
}

/** eʳ − 1 − r = r²·P(r); eʳ − 1 sees an error of 2⁻²⁶. */
const expTailF32 = (r: Expr): Expr =>
  mul(
    mul(r, r),
    polynomial(
      r,
      [
        0.0013837642036378384, 0.008367127738893032, 0.041667740792036057, 0.16666539013385773,
        0.4999999701976776,
      ],
    ),
  );
