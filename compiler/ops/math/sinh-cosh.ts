/** Hyperbolic sine and cosine. */
import { add, binary, constant, div, type Expr, mul, polynomial, select, sub } from "../expr.ts";
import { expOfReduced, reduceExp, timesPowerOfTwo } from "./exp.ts";
import { atMost, splitSign, withSign } from "./float-format.ts";

/** x + x·z·P(z) with z = x² below 1, and t − 1/(4t) with t = eˣ/2 above; an error of P of 2⁻³¹, 2⁻⁵⁹. */
export function sinh(x: Expr): Expr {
  const { magnitude, sign } = splitSign(x);
  const z = mul(magnitude, magnitude);
  const p = polynomial(z, x.type === "f32" ? sinhF32 : sinhF64);
  const small = add(magnitude, mul(mul(magnitude, z), p));
  const t = halfExp(magnitude);
  const large = sub(t, div(constant(x.type, 0.25), t));
  return withSign(select(binary("lt", magnitude, 1), small, large), sign);
}

/** t + 1/(4t) with t = e^|x|/2. */
export function cosh(x: Expr): Expr {
  const t = halfExp(splitSign(x).magnitude);
  return add(t, div(constant(x.type, 0.25), t));
}

/** eˣ/2 for x ≥ 0, up to the largest float. */
function halfExp(x: Expr): Expr {
  // Beyond these bounds the result rounds to ∞.
  const reduced = reduceExp(atMost(x, x.type === "f32" ? 90 : 711));
  return timesPowerOfTwo(expOfReduced(reduced), sub(reduced.n, 1));
}

const sinhF32 = [
  2.7822131869470468e-6, 0.00019842895562760532, 0.00833331048488617, 0.1666666716337204,
];
const sinhF64 = [
  6.476205558512816e-15, 7.503236731766071e-13, 1.6061339522837958e-10, 2.505208941068962e-8,
  2.755731931009624e-6, 0.00019841269841061154, 0.008333333333333573, 0.16666666666666666,
];
