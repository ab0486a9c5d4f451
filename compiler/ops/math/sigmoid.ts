/** The logistic function 1 / (1 + e^−x). */
import { add, binary, constant, div, type Expr, mul, select, sub } from "../expr.ts";
import { expOfNegative } from "./exp.ts";
import { formatOf, signMask, withSign } from "./float-format.ts";

/** With e = e^−|x| it is 1/(1 + e) for x ≥ 0 and e/(1 + e) below, which keeps the small tail. */
export function sigmoid(x: Expr): Expr {
  const e = expOfNegative(withSign(x, signMask(formatOf(x))));
  const q = div(select(binary("lt", x, 0), e, constant(x.type, 1)), add(e, 1));
  // Small e: the rounding of 1 + e would cost an ulp; as a correction q's error counts less.
  return select(binary("lt", x, -0.75), sub(e, mul(e, q)), q);
}
