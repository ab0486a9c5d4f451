/** Sine and cosine, of angles of any size. */
import { add, binary, constant, type Expr, mul, polynomial, select, sub } from "../expr.ts";
import { formatOf, fromBits, integer, signMask, splitSign, toBits } from "./float-format.ts";
import { reduceAngle } from "./reduce-angle.ts";

export function sin(x: Expr): Expr {
  const { magnitude, sign } = splitSign(x);
  const { n, r } = reduceAngle(magnitude);
  return sineOfQuarters(magnitude, n, r, sign);
}

export function cos(x: Expr): Expr {
  const { magnitude } = splitSign(x);
  const { n, r } = reduceAngle(magnitude);
  return sineOfQuarters(magnitude, add(n, 1), r, integer(formatOf(x), 0n));
}

/** sin(n·π/2 + r) with its sign flipped by the bit `sign`; NaN where |x| is ∞ or NaN. */
function sineOfQuarters(magnitude: Expr, n: Expr, r: Expr, sign: Expr): Expr {
  const format = formatOf(r);
  const isOdd = binary("ne", binary("and", n, 1), 0);
  const flip = binary("and", binary("shl", n, format.width - 2), signMask(format));
  const z = mul(r, r);
  const y = toBits(select(isOdd, cosine(z), sine(r, z)));
  const signed = fromBits(binary("xor", y, binary("xor", flip, sign)));
  const hasValue = binary("lt", magnitude, Number.POSITIVE_INFINITY);
  return select(hasValue, signed, constant(r.type, Number.NaN));
}

/** r + r·z·P(z) with z = r² for |r| ≤ 1; relative error of the polynomial 2⁻³¹ in f32, 2⁻⁶² in f64. */
function sine(r: Expr, z: Expr): Expr {
  return add(r, mul(mul(r, z), polynomial(z, r.type === "f32" ? sineF32 : sineF64)));
}

/** 1 − (z/2 − z²·P(z)) with z = r² for |r| ≤ 1; relative error of the polynomial 2⁻²⁹ in f32, 2⁻⁵⁸ in f64. */
function cosine(z: Expr): Expr {
  const p = polynomial(z, z.type === "f32" ? cosineF32 : cosineF64);
  return sub(constant(z.type, 1), sub(mul(z, 0.5), mul(mul(z, z), p)));
}

const sineF32 = [
  2.726313368839328e-6, -0.00019842384790536016, 0.008333354257047176, -0.1666666716337204,
];
const sineF64 = [
  -7.53362410581149e-13, 1.6057175773056803e-10, -2.5052092417379724e-8, 2.7557319148824466e-6,
  -0.0001984126984108023, 0.008333333333333106, -0.16666666666666666,
];
const cosineF32 = [2.4201613996410742e-5, -0.001388469710946083, 0.04166657477617264];
const cosineF64 = [
  -1.1287909124864563e-11, 2.087394415344101e-9, -2.7557297221593374e-7, 2.480158721044423e-5,
  -0.0013888888888702537, 0.041666666666665235,
];
