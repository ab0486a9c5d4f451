/** log(1 + x) without cancellation near 0. */
import { add, binary, constant, div, type Expr, select, sub, unary } from "../expr.ts";
import { formatOf } from "./float-format.ts";
import { atEdgesOfLog, logSum, splitExponentOfNormal } from "./log.ts";

/** With u = 1 + x rounded and c what the rounding lost, log(1 + x) = log u + c/u. */
export function log1p(x: Expr): Expr {
  const u = add(x, 1);
  const one = constant(x.type, 1);
  const lost = select(binary("gt", x, 1), sub(one, sub(u, x)), sub(x, sub(u, 1)));
  const { k, m } = splitExponentOfNormal(u);
  const y = atEdgesOfLog(u, logSum(k, sub(m, 1), div(lost, u)));
  // Keeps −0; below this there is no other digit.
  const isTiny = binary("lt", unary("abs", x), 2 ** -(formatOf(x).fractionBits + 1));
  return select(isTiny, x, y);
}
