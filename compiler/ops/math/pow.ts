/** xʸ. */
import {
  add,
  binary,
  constant,
  div,
  type Expr,
  mul,
  polynomial,
  select,
  sub,
  unary,
} from "../expr.ts";
import { timesPowerOfTwo } from "./exp.ts";
import { exp2OfFraction } from "./exp2.ts";
import {
  atLeast,
  atMost,
  fromBits,
  roundToInteger,
  splitSign,
  toBits,
  topHalf,
} from "./float-format.ts";
import { splitExponent } from "./log.ts";

/** xʸ = 2^{y·log₂ |x|}, where the product is carried in two parts. */
export function pow(x: Expr, y: Expr): Expr {
  const { magnitude, sign } = splitSign(x);
  // Beyond this bound every result is 0, 1 or ∞, and the product must not overflow.
  const bound = x.type === "f32" ? 2 ** 33 : 2 ** 65;
  const power = multiply(atLeast(atMost(y, bound), -bound), log2Sum(magnitude));
  const value = atEdgesOfBase(magnitude, y, exp2OfSum(power));
  return atEdges(x, y, sign, value);
}

/** A value as a sum; `high` has half of a float's digits, so that products of two are exact. */
interface Sum {
  readonly high: Expr;
  readonly low: Expr;
}

/** y·x, where only the sum of both parts counts. */
function multiply(y: Expr, x: Sum): Sum {
  const yHigh = topHalf(y);
  return {
    high: mul(yHigh, x.high),
    low: add(mul(sub(y, yHigh), x.high), mul(y, x.low)),
  };
}

/**
 * log₂ x to a relative error of 2⁻³⁴ (f64: 2⁻⁶⁴). With x = 2ᵏ·m, s = (m − 1)/(m + 1) and z = s² it
 * is k + 2/(3 ln 2)·s·(3 + z + z²·Q(z)); what matters is carried in two parts, as FDLIBM's pow does.
 */
function log2Sum(x: Expr): Sum {
  const { k, m } = splitExponent(x);
  const { q, scale } = x.type === "f32" ? logF32 : logF64;
  const f = sub(m, 1);
  const d = add(m, 1);
  const inverse = div(constant(x.type, 1), d);
  const sHigh = topHalf(mul(f, inverse));
  const dHigh = topHalf(d);
  const dLow = sub(m, sub(dHigh, 1));
  const sLow = mul(inverse, sub(sub(f, mul(sHigh, dHigh)), mul(sHigh, dLow)));
  const s = add(sHigh, sLow);

  const z = mul(s, s);
  const zHigh = mul(sHigh, sHigh);
  const rest = add(mul(mul(z, z), polynomial(z, q)), mul(sLow, add(sHigh, s)));
  const tHigh = topHalf(add(add(zHigh, 3), rest));
  const tLow = sub(rest, sub(sub(tHigh, 3), zHigh));

  const u = mul(sHigh, tHigh);
  const v = add(mul(sLow, tHigh), mul(tLow, s));
  const pHigh = topHalf(add(u, v));
  const pLow = sub(v, sub(pHigh, u));
  const high = mul(pHigh, scale.high);
  const low = add(mul(pHigh, scale.low), mul(pLow, scale.all));
  const sum = topHalf(add(add(high, low), k));
  return { high: sum, low: sub(low, sub(sub(sum, k), high)) };
}

/** Q, whose error the result sees as 2⁻³⁷ and 2⁻⁶⁶, and 2/(3 ln 2) in two parts. */
const logF32 = {
  q: [0.35129374265670776, 0.42820635437965393, 0.6000022888183594],
  scale: { high: 0.9619140625, low: -0.00011736857413779944, all: 0.9617967009544373 },
};
const logF64 = {
  q: [
    0.19794531554983216, 0.19885223665340382, 0.2308013607238688, 0.2727267655018981,
    0.3333333377987655, 0.42857142855149466, 0.6000000000000338,
  ],
  scale: { high: 0.9617967009544373, low: -7.028461650952758e-9, all: 0.9617966939259756 },
};

/** 2^(high + low), with 0 and ∞ beyond the range. */
function exp2OfSum({ high, low }: Sum): Expr {
  const clamp = (v: Expr, lowest: number, highest: number): Expr =>
    atLeast(atMost(v, highest), lowest);
  const isF32 = high.type === "f32";
  const total = clamp(add(high, low), isF32 ? -152 : -1078, isF32 ? 130 : 1026);
  const n = roundToInteger(total);
  // Where the sum was clamped, these are out of range too; elsewhere their bounds change nothing.
  const t = { high: clamp(sub(high, n.value), -0.75, 0.75), low: clamp(low, -0.25, 0.25) };
  return timesPowerOfTwo(exp2OfFraction(t.high, t.low), n.inLowBits);
}

/** 0 and ∞ raised to y: 0, or ∞ if exactly one of them is turned round. */
function atEdgesOfBase(magnitude: Expr, y: Expr, value: Expr): Expr {
  const zero = constant(y.type, 0);
  const infinity = constant(y.type, Number.POSITIVE_INFINITY);
  const isLarge = binary("xor", binary("gt", magnitude, 1), binary("lt", y, 0));
  const isEdge = binary("or", binary("eq", magnitude, 0), binary("eq", magnitude, infinity));
  return select(isEdge, select(isLarge, infinity, zero), value);
}

/** Signs, NaN and the ones that even NaN gives: x⁰ and 1ʸ. `value` is |x|ʸ. */
function atEdges(x: Expr, y: Expr, sign: Expr, value: Expr): Expr {
  const one = constant(x.type, 1);
  const nan = constant(x.type, Number.NaN);
  const isWhole = binary("eq", unary("trunc", y), y);
  const half = mul(y, 0.5);
  const isOdd = binary("and", isWhole, binary("ne", unary("trunc", half), half));
  const flip = select(isOdd, sign, constant(sign.type, 0));
  const signed = fromBits(binary("xor", toBits(value), flip));

  const isNegative = binary("and", binary("lt", x, 0), binary("gt", x, Number.NEGATIVE_INFINITY));
  const isRootOfNegative = binary("and", isNegative, binary("ne", unary("trunc", y), y));
  const hasNaN = binary("or", binary("ne", x, x), binary("ne", y, y));
  const isOne = binary("or", binary("eq", x, 1), binary("eq", y, 0));
  return select(isOne, one, select(binary("or", hasNaN, isRootOfNegative), nan, signed));
}
