/** Inverse sine and cosine. */
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
import { halfPiOf } from "./atan.ts";
import { splitSign, topHalf, withSign } from "./float-format.ts";

/**
 * arcsin m = m + m·p for m ≤ ½, where p = m²·P(m²). Above, arcsin m = π/2 − 2·arcsin s with
 * s = √((1 − m)/2), whose rounding error c counts; NaN from 1 on.
 */
interface Halves {
  readonly isLarge: Expr;
  readonly p: Expr;
  /** The root in two parts: the first has half of a float's digits. */
  readonly sHigh: Expr;
  readonly c: Expr;
  readonly s: Expr;
}

function halvesOf(magnitude: Expr): Halves {
  const { type } = magnitude;
  const isLarge = binary("gt", magnitude, 0.5);
  const half = mul(sub(constant(type, 1), magnitude), 0.5);
  const z = select(isLarge, half, mul(magnitude, magnitude));
  const s = unary("sqrt", half);
  const sHigh = topHalf(s);
  // The last term is lost in the sum, and keeps 0/0 away.
  const c = div(sub(half, mul(sHigh, sHigh)), add(add(s, sHigh), 2 ** -100));
  const p = mul(z, polynomial(z, type === "f32" ? arcsinF32 : arcsinF64));
  return { isLarge, p, sHigh, c, s };
}

export function asin(x: Expr): Expr {
  const { magnitude, sign } = splitSign(x);
  const { isLarge, p, sHigh, c, s } = halvesOf(magnitude);
  const { high, low } = halfPiOf(x);
  const rest = add(c, mul(s, p));
  const whole = sub(constant(x.type, high), add(sHigh, sHigh));
  const large = sub(whole, sub(add(rest, rest), low));
  return withSign(select(isLarge, large, add(magnitude, mul(magnitude, p))), sign);
}

export function acos(x: Expr): Expr {
  const { magnitude } = splitSign(x);
  const { isLarge, p, sHigh, c, s } = halvesOf(magnitude);
  const { high, low } = halfPiOf(x);
  const number = (value: number): Expr => constant(x.type, value);
  const arc = add(sHigh, add(c, mul(s, p)));
  const beyond = sub(number(high), add(sHigh, sub(add(c, mul(s, p)), low)));
  const ofLarge = select(binary("lt", x, 0), beyond, arc);
  const ofSmall = sub(number(high), sub(x, sub(number(low), mul(x, p))));
  return select(isLarge, add(ofLarge, ofLarge), ofSmall);
}

const arcsinF32 = [
  0.04216641187667847, 0.02418077364563942, 0.045469772070646286, 0.07495306432247162,
  0.16666752099990845,
];
const arcsinF64 = [
  0.03264891663943552, -0.021030068575933206, 0.02172827097447684, 0.0036983303608603673,
  0.010782252964426763, 0.011398582726256995, 0.013980857038562661, 0.017351609335969735,
  0.022372215112153048, 0.030381942704465335, 0.04464285717465011, 0.07499999999970808,
  0.1666666666666676,
];
