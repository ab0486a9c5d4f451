/** The logistic function 1 / (1 + e^−x). */
import { add, binary, bits, constant, div, type Expr, mul, select, sub } from "../expr.ts";
import { expOfNegative } from "./exp.ts";

export const sigmoid = (x: Expr): Expr => sigmoidF32(x);

/** With e = e^−|x| it is 1/(1 + e) for x ≥ 0 and e/(1 + e) below, which keeps the small tail. */
function sigmoidF32(x: Expr): Expr {
  const e = expOfNegative(bits(binary("or", bits(x, "i32"), -0x80000000), "f32"));
  const q = div(select(binary("lt", x, 0), e, constant("f32", 1)), add(e, 1));
  // Small e: the rounding of 1 + e would cost an ulp; as a correction q's error counts less.
  return select(binary("lt", x, -0.75), sub(e, mul(e, q)), q);
}
