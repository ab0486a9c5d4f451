/** log(1 + x) without cancellation near 0. */
import { add, binary, bits, constant, div, type Expr, select, sub, unary } from "../expr.ts";
import { atEdgesOfLog, logSumF32, splitExponentF32 } from "./log.ts";

export const log1p = (x: Expr): Expr => log1pF32(x);

/** With u = 1 + x rounded and c what the rounding lost, log(1 + x) = log u + c/u. */
function log1pF32(x: Expr): Expr {
  const u = add(x, 1);
  const lost = select(binary("gt", x, 1), sub(constant("f32", 1), sub(u, x)), sub(x, sub(u, 1)));
  const { k, m } = splitExponentF32(bits(u, "i32"));
  const y = atEdgesOfLog(u, logSumF32(k, sub(m, 1), div(lost, u)));
  // Keeps −0; there is no other digit below.
  return select(binary("lt", unary("abs", x), 2 ** -24), x, y);
}
