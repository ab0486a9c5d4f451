/** 2ˣ, and the piece of it that powers share. */
import { add, type Expr, mul, polynomial, sub } from "../expr.ts";
import { expOfReduced, orZeroBelow, timesPowerOfTwo } from "./exp.ts";
import { atMost, roundToInteger, topHalf } from "./float-format.ts";

export function exp2(x: Expr): Expr {
  // Beyond these bounds the result rounds to ∞ or 0, and 2ⁿ needs no more than two factors.
  const [low, high] = x.type === "f32" ? [-151, 129] : [-1076, 1025];
  return orZeroBelow(x, low, atMost(x, high), (bounded) => {
    const n = roundToInteger(bounded);
    return timesPowerOfTwo(exp2OfFraction(sub(bounded, n.value)), n.inLowBits);
  });
}

/** 2^(high + low) for |high + low| ≤ ½. */
export function exp2OfFraction(high: Expr, low?: Expr): Expr {
  if (high.type === "f64") return exp2F64(high, low);
  return polynomial(low ? add(high, low) : high, exp2F32);
}

/** Its own error is 2⁻²⁷. */
const exp2F32 = [
  0.00015816632367204875, 0.0013418341986835003, 0.009617088362574577, 0.05550271272659302,
  0.24022655189037323, 0.6931472420692444, 1,
];

/** e^{(high + low)·ln 2}. */
function exp2F64(high: Expr, low: Expr | undefined): Expr {
  const tHigh = topHalf(low ? add(high, low) : high);
  const rest = sub(high, tHigh);
  const tLow = low ? add(rest, low) : rest;
  const product = mul(tHigh, 0.6931471824645996);
  const small = add(mul(tLow, Math.LN2), mul(tHigh, -1.904654299957768e-9));
  return expOfReduced({ high: product, low: small, r: add(product, small) });
}
