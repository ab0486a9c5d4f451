/** Inverse hyperbolic functions, by log(1 + w) with w = high + low. */
import { add, binary, constant, div, type Expr, mul, select, sub, unary } from "../expr.ts";
import { ln2Of } from "./exp.ts";
import { formatOf, splitSign, withSign } from "./float-format.ts";
import { logSum, splitExponentOfNormal } from "./log.ts";

/** log(1 + high + low) for finite high ≥ 0 and a small low; where high is ∞ or NaN, that. */
function log1pOfSum(high: Expr, low: Expr): Expr {
  const u = add(high, 1);
  const one = constant(high.type, 1);
  const lost = select(binary("gt", high, 1), sub(one, sub(u, high)), sub(high, sub(u, 1)));
  const { k, m } = splitExponentOfNormal(u);
  const y = logSum(k, sub(m, 1), div(add(lost, low), u));
  const isTiny = binary("lt", high, 2 ** -(formatOf(high).fractionBits + 1));
  return select(isTiny, high, select(binary("lt", high, Number.POSITIVE_INFINITY), y, high));
}

/** log(1 + a + q) where a ≥ q ≥ 0, to which log 2 is added if asked. */
function logOfTwoTerms(a: Expr, q: Expr, isDoubled?: Expr): Expr {
  const high = add(a, q);
  const y = log1pOfSum(high, sub(q, sub(high, a)));
  const ln2 = ln2Of(a);
  return isDoubled ? select(isDoubled, add(y, ln2.high + ln2.low), y) : y;
}

/** Where squares would overflow and 1 no longer counts: f(x) = log x + log 2. */
const isHuge = (x: Expr): Expr => binary("ge", x, 2 ** 60);

/** With q = x²/(1 + √(x² + 1)), e to the power of arsinh x is 1 + x + q. */
export function asinh(x: Expr): Expr {
  const { magnitude: a, sign } = splitSign(x);
  const square = mul(a, a);
  const q = div(square, add(unary("sqrt", add(square, 1)), 1));
  const doubled = isHuge(a);
  return withSign(logOfTwoTerms(a, select(doubled, constant(x.type, 0), q), doubled), sign);
}

/** With t = x − 1 and s = √(2t + t²), e to the power of arcosh x is 1 + t + s. NaN below 1. */
export function acosh(x: Expr): Expr {
  const t = sub(x, 1);
  const zero = constant(x.type, 0);
  const doubled = isHuge(x);
  const twice = add(t, t);
  const square = mul(t, t);
  const sum = add(twice, square);
  // What the sum lost, whichever of its terms is larger.
  const isNear = binary("lt", t, 2);
  const [more, less] = [select(isNear, twice, square), select(isNear, square, twice)];
  const s = unary("sqrt", sum);
  const sLow = div(sub(less, sub(sum, more)), add(s, s));
  const root = select(doubled, zero, s);
  const high = add(t, root);
  const far = select(isNear, sub(t, sub(high, root)), sub(root, sub(high, t)));
  const low = add(far, select(binary("gt", root, 0), sLow, zero));
  const y = log1pOfSum(high, low);
  const ln2 = ln2Of(x);
  const value = select(doubled, add(y, ln2.high + ln2.low), y);
  return select(binary("lt", x, 1), constant(x.type, Number.NaN), value);
}

/** Half of log(1 + 2a/(1 − a)) = log(1 + 2a + 2a²/(1 − a)). ±∞ at ±1, NaN beyond. */
export function atanh(x: Expr): Expr {
  const { magnitude: a, sign } = splitSign(x);
  const twice = add(a, a);
  const one = constant(x.type, 1);
  const q = div(mul(twice, a), sub(one, a));
  const high = add(twice, q);
  const isSmall = binary("lt", q, twice);
  const low = select(isSmall, sub(q, sub(high, twice)), sub(twice, sub(high, q)));
  const y = mul(log1pOfSum(high, low), 0.5);
  const number = (value: number): Expr => constant(x.type, value);
  const atEdge = select(binary("eq", a, 1), number(Number.POSITIVE_INFINITY), number(Number.NaN));
  const value = select(binary("lt", a, 1), y, atEdge);
  // Halving what was doubled would lose a digit of the smallest numbers.
  const isTiny = binary("lt", a, 2 ** -(formatOf(x).fractionBits + 1));
  return withSign(select(isTiny, a, value), sign);
}
