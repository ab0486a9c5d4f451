/** Hyperbolic tangent. */
import { add, binary, div, type Expr, mul, select, sub } from "../expr.ts";
import { halfExpm1 } from "./expm1.ts";
import { atMost, splitSign, withSign } from "./float-format.ts";

/** tanh |x| = h / (h + 1) with h = (e^{2|x|} − 1)/2; from |x| = 22 on it is 1 in either format. */
export function tanh(x: Expr): Expr {
  const { magnitude, sign } = splitSign(x);
  const h = halfExpm1(atMost(add(magnitude, magnitude), 44));
  const q = div(h, add(h, 1));
  // Small h: the rounding of h + 1 would cost an ulp; as a correction q's error counts less.
  const y = select(binary("lt", h, 0.4375), sub(h, mul(h, q)), q);
  return withSign(y, sign);
}
