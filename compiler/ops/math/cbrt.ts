/** The cube root. */
import { add, binary, constant, convert, div, type Expr, mul, select, sub } from "../expr.ts";
import {
  formatOf,
  fromBits,
  integer,
  splitSign,
  toBits,
  topHalf,
  withSign,
} from "./float-format.ts";

export function cbrt(x: Expr): Expr {
  const { magnitude, sign } = splitSign(x);
  const { type, fractionBits, smallestNormal } = formatOf(x);
  // Subnormal numbers are multiplied by a cube, so that they have all their digits.
  const third = Math.ceil(fractionBits / 3) + 1;
  const isSubnormal = binary("lt", magnitude, smallestNormal);
  const a = select(isSubnormal, mul(magnitude, 2 ** (3 * third)), magnitude);
  const root = rootOfNormal(a);
  const scaled = select(isSubnormal, mul(root, 2 ** -third), root);
  const hasRoot = binary(
    "and",
    binary("gt", magnitude, 0),
    binary("lt", magnitude, Number.POSITIVE_INFINITY),
  );
  return withSign(select(hasRoot, scaled, add(magnitude, constant(type, 0))), sign);
}

/**
 * A third of the bits is a root good to 5 bits; each of Halley's steps triples them. The last step is
 * taken from half of the digits, whose square is exact: only its own rounding counts.
 */
function rootOfNormal(a: Expr): Expr {
  const format = formatOf(a);
  const bias = Math.round(((format.bias * 2) / 3 - 0.033) * 2 ** format.fractionBits);
  const pattern = convert(mul(convert(toBits(a), format.type), 1 / 3), format.integer);
  let t = fromBits(add(pattern, integer(format, BigInt(bias))));
  for (let step = format.type === "f32" ? 1 : 2; step > 0; step--) {
    const ratio = mul(mul(t, t), div(t, a));
    t = mul(t, div(add(ratio, 2), add(add(ratio, ratio), 1)));
  }
  const half = topHalf(t);
  const other = div(a, mul(half, half));
  return add(half, div(mul(half, sub(other, half)), add(add(half, half), other)));
}
