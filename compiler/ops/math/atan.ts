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
  const one = constant(x.type, 1);
  const [less, more] = [select(isSteep, one, magnitude), select(isSteep, magnitude, one)];
  return withSign(arctan({ less, more, t: div(less, more) }, isSteep), sign);
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
  return withSign(arctan({ less, more, t }, isSteep, isLeft), ofY.sign);
}

/** Two sides of a triangle, and the smaller over the larger. */
interface Sides {
  readonly less: Expr;
  readonly more: Expr;
  readonly t: Expr;
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
 * π/2 + that (both). arctan t is u + u·z·P(z) with z = u²; in f64 it is π/4 + arctan u above ½, with
 * u = (less − more)/(less + more), whose difference is exact. The polynomials' errors are 2⁻²⁸ and 2⁻⁶².
 */
function arctan({ less, more, t }: Sides, isSteep: Expr, isLeft = none): Expr {
  const { high, low } = halfPiOf(t);
  const number = (value: number): Expr => constant(t.type, value);
  const fromLeft = (left: number, right: number): Expr =>
    isLeft === none ? number(right) : select(isLeft, number(left), number(right));
  const isNegative = isLeft === none ? isSteep : binary("xor", isSteep, isLeft);
  const signed = (u: Expr): Expr => select(isNegative, unary("neg", u), u);
  const base = select(isSteep, number(high), fromLeft(2 * high, 0));
  const baseLow = select(isSteep, number(low), fromLeft(2 * low, 0));
  if (t.type === "f32") return sumOf(base, baseLow, signed(t), arctanF32);
  const isUpper = binary("gt", t, 0.5);
  const scale = select(binary("gt", more, 2 ** 1000), number(0.25), number(1));
  const [a, b] = [mul(less, scale), mul(more, scale)];
  const ofUpper = select(binary("eq", t, 1), number(0), div(sub(a, b), add(a, b)));
  const u = select(isUpper, ofUpper, t);
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
  -0.0083654749741848, 0.023655344023651936, -0.03711955930240424, 0.045895133949234154,
  -0.05230041191765289, 0.05877814848663, -0.06666224912786589, 0.0769227763482297,
  -0.09090907705096513, 0.1111111107003232, -0.14285714284998008, 0.19999999999993764,
  -0.33333333333333315,
];
