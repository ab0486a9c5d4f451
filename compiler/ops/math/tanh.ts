/** Hyperbolic tangent. */
import { add, binary, div, type Expr, mul, select, sub } from "../expr.ts";
import { atMost } from "./bound.ts";
import { halfExpm1F32 } from "./expm1.ts";
import { splitSignF32, withSignF32 } from "./sign.ts";

export const tanh = (x: Expr): Expr => tanhF32(x);

/** tanh |x| = h / (h + 1) with h = (e^{2|x|} − 1)/2, and 1 from |x| = 9.1 on. */
function tanhF32(x: Expr): Expr {
  const { magnitude, sign } = splitSignF32(x);
  const h = halfExpm1F32(atMost(add(magnitude, magnitude), 18.25));
  const q = div(h, add(h, 1));
  // Small h: the rounding of h + 1 would cost an ulp; as a correction q's error counts less.
  const y = select(binary("lt", h, 0.4375), sub(h, mul(h, q)), q);
  return withSignF32(y, sign);
}
