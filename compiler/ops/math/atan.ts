/** Inverse tangents. */
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
import { formatOf, integer, splitSign, withSign } from "./float-format.ts";

export function atan(x: Expr): Expr {
  const { magnitude, sign } = splitSign(x);
  const isSteep = binary("gt", magnitude, 1);
  const t = select(isSteep, div(constant(x.type, 1), magnitude), magnitude);
  return withSign(arctan(t, isSteep), sign);
}

/**
 * The angle of the point (x, y), in all four quadrants, from the smaller of both magnitudes over the
 * larger. Two zeros or two infinities are as Annex F says.
 */
export function atan2(y: Expr, x: Expr): Expr {
  const [ofY, ofX] = [splitSign(y), splitSign(x)];
  const [a, b] = [ofY.magnitude, ofX.magnitude];
  const isSteep = binary("gt", a, b);
  const [less, more] = [select(isSteep, b, a), select(isSteep, a, b)];
  const ofEqual = select(binary("eq", less, 0), less, constant(x.type, 1));
  const t = select(binary("eq", less, more), ofEqual, div(less, more));
  // −0 is to the left, too.
  const isLeft = binary("ne", ofX.sign, integer(formatOf(x), 0n));
  return withSign(arctan(t, isSteep, isLeft), ofY.sign);
}

/** π/2 as a sum of two floats. */
export const halfPiOf = (x: Expr): { readonly high: number; readonly low: number } =>
  x.type === "f32"
    ? { high: 1.5707963705062866, low: -4.371138828673793e-8 }
    : { high: Math.PI / 2, low: 6.123233995736766e-17 };

const none: Expr = constant("bool", 0);

/**
 * Where t is the smaller of two sides over the larger, the angle between the larger one and the
 * diagonal is arctan t; measured from the x axis it is that, or π/2 − that (steep), π − that (left),
 * π/2 + that (both). arctan t is u + u·z·P(z) with z = u²; in f64 it is π/4 + arctan u with
 * u = (t − 1)/(t + 1) above tan π/8. The polynomials' errors are 2⁻²⁸ and 2⁻⁵⁹.
 */
function arctan(t: Expr, isSteep: Expr, isLeft = none): Expr {
  const { high, low } = halfPiOf(t);
  const number = (value: number): Expr => constant(t.type, value);
  const fromLeft = (left: number, right: number): Expr =>
    isLeft === none ? number(right) : select(isLeft, number(left), number(right));
  const isNegative = isLeft === none ? isSteep : binary("xor", isSteep, isLeft);
  const signed = (u: Expr): Expr => select(isNegative, unary("neg", u), u);
  const base = select(isSteep, number(high), fromLeft(2 * high, 0));
  const baseLow = select(isSteep, number(low), fromLeft(2 * low, 0));
  if (t.type === "f32") return sumOf(base, baseLow, signed(t), arctanF32);
  const isUpper = binary("gt", t, Math.SQRT2 - 1);
  const u = select(isUpper, div(sub(t, 1), add(t, 1)), t);
  return sumOf(
    select(isUpper, fromLeft(2.356194490192345, high / 2), base),
    select(isUpper, fromLeft(9.184850993605148e-17, low / 2), baseLow),
    signed(u),
    arctanF64,
  );
}

function sumOf(high: Expr, low: Expr, u: Expr, coefficients: readonly number[]): Expr {
  const z = mul(u, u);
  const rest = mul(mul(u, z), polynomial(z, coefficients));
  return add(high, add(u, add(rest, low)));
}

const arctanF32 = [
  -0.0017827849369496107, 0.01086866669356823, -0.031097091734409332, 0.05788153037428856,
  -0.08399312198162079, 0.10950881242752075, -0.14264015853405, 0.1999852955341339,
  -0.33333298563957214,
];
const arctanF64 = [
  -0.017908263785644894, 0.038065343632142326, -0.05039328515503024, 0.058478931034095065,
  -0.06663104388298459, 0.07692060232766262, -0.09090897758566661, 0.111111107835202,
  -0.142857142801999, 0.19999999999953674, -0.333333333333332,
];
