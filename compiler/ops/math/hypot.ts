/** The length of a vector of two numbers. */
import { add, binary, constant, type Expr, mul, select, unary } from "../expr.ts";
import { splitSign } from "./float-format.ts";

/** √(x² + y²), scaled so that squares neither overflow nor vanish. ∞ beside NaN is ∞, as Annex F says. */
export function hypot(x: Expr, y: Expr): Expr {
  const [a, b] = [splitSign(x).magnitude, splitSign(y).magnitude];
  const number = (value: number): Expr => constant(x.type, value);
  const more = select(binary("lt", a, b), b, a);
  const isF32 = x.type === "f32";
  const edge = isF32 ? 2 ** 60 : 2 ** 500;
  const [down, up] = isF32 ? [2 ** -70, 2 ** 100] : [2 ** -600, 2 ** 700];
  const isHuge = binary("gt", more, edge);
  const isTiny = binary("lt", more, 1 / edge);
  const choose = (ofHuge: number, ofTiny: number): Expr =>
    select(isHuge, number(ofHuge), select(isTiny, number(ofTiny), number(1)));
  const scale = choose(down, up);
  const [p, q] = [mul(a, scale), mul(b, scale)];
  const length = mul(unary("sqrt", add(mul(p, p), mul(q, q))), choose(1 / down, 1 / up));
  const infinity = Number.POSITIVE_INFINITY;
  const hasInfinity = binary("or", binary("eq", a, infinity), binary("eq", b, infinity));
  return select(hasInfinity, number(infinity), length);
}
