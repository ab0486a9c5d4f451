/** Signs of floats as bits: odd functions compute on |x| and put the sign back. */
import { binary, bits, type Expr } from "../expr.ts";

/** |x|, and the sign bit of x alone. */
export function splitSignF32(x: Expr): { readonly magnitude: Expr; readonly sign: Expr } {
  const pattern = bits(x, "i32");
  return {
    magnitude: bits(binary("and", pattern, 0x7fffffff), "f32"),
    sign: binary("and", pattern, -0x80000000),
  };
}

/** `y` with a sign bit put on; y ≥ 0. */
export const withSignF32 = (y: Expr, sign: Expr): Expr =>
  bits(binary("or", bits(y, "i32"), sign), "f32");
