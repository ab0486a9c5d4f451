/** The tangent, of angles of any size. */
import { add, binary, constant, div, type Expr, mul, polynomial, select, sub } from "../expr.ts";
import { halfPiOf } from "./atan.ts";
import { formatOf, fromBits, integer, splitSign, toBits } from "./float-format.ts";
import { reduceAngle } from "./reduce-angle.ts";

/**
 * r + (r·z·P(z) + low·(1 + z)) with z = r² is tan(r + low) for |r| ≤ π/4; the polynomial's error is 2⁻²⁹
 * in f32 and 2⁻⁵⁸ in f64. tan(n·π/2 + r + low) is tan(r + low) for even n and −1/tan(r + low) for odd n.
 */
export function tan(x: Expr): Expr {
  const { magnitude, sign } = splitSign(x);
  const format = formatOf(x);
  const large = reduceAngle(magnitude);
  const { high, low: rest } = halfPiOf(x);
  // From π/4 to 1, where the reduction leaves the angle as it is, the nearest multiple is 1.
  const isMiddle = binary("and", binary("gt", magnitude, Math.PI / 4), binary("lt", magnitude, 1));
  const beyond = sub(magnitude, high);
  const middle = sub(beyond, rest);
  const r = select(isMiddle, middle, large.r);
  const low = select(isMiddle, sub(sub(beyond, middle), rest), large.low);
  const isOdd = binary(
    "or",
    isMiddle,
    binary("ne", binary("and", large.n, integer(format, 1n)), 0),
  );
  const z = mul(r, r);
  const p = polynomial(z, format.type === "f32" ? tangentF32 : tangentF64);
  const t = add(r, add(mul(mul(r, z), p), mul(low, add(z, 1))));
  const y = select(isOdd, div(constant(x.type, -1), t), t);
  const signed = fromBits(binary("xor", toBits(y), sign));
  const hasValue = binary("lt", magnitude, Number.POSITIVE_INFINITY);
  return select(hasValue, signed, constant(x.type, Number.NaN));
}

const tangentF32 = [
  0.004380230791866779, 8.409591828240082e-5, 0.010837556794285774, 0.021282808855175972,
  0.05405944213271141, 0.1333267241716385, 0.33333349227905273,
];
const tangentF64 = [
  9.801166772310537e-6, -2.428188127675112e-5, 4.864879737458197e-5, -2.5645391917887676e-5,
  6.722810499511808e-5, 8.355710213174318e-5, 0.00024375121905852575, 0.0005888646583224579,
  0.00145604552570618, 0.003592100883271147, 0.008863237922307246, 0.021869488399315677,
  0.05396825397290325, 0.13333333333325342, 0.3333333333333338,
];
