/** Remainders of divisions, exact for all floats. */
import { add, binary, constant, convert, type Expr, mul, select, sub, unary } from "../expr.ts";
import { isInteger } from "../types.ts";

/** Bits of the quotient that one step finds. With 28 a quotient of f64 cannot round up to a whole number. */
const stepBits = 28;
/** Quotients of f32 are below 2²⁷⁸. */
const steps = 10;

/**
 * a − n·b, n being a/b without its fraction; the sign is that of a. On f32 the digits of n are found
 * from the highest on, 28 at a time, in f64: each product has at most 53 digits, and what is left
 * after it is exact; f64 has an operation of its own. NaN where a is infinite or b is 0.
 */
export function fmod(a: Expr, b: Expr): Expr {
  if (isInteger(a.type)) return remOfIntegers(a, b);
  if (a.type === "f64") return binary("rem", a, b);
  const divisor = unary("abs", convert(b, "f64"));
  let left = unary("abs", convert(a, "f64"));
  for (let step = steps - 1; step >= 0; step--) {
    const scaled = mul(divisor, 2 ** (stepBits * step));
    left = sub(left, mul(unary("trunc", binary("div", left, scaled)), scaled));
  }
  const size = convert(left, "f32");
  const isNegative = binary("lt", a, 0);
  const isSmaller = binary("lt", unary("abs", a), unary("abs", b));
  const rest = select(isNegative, unary("neg", size), size);
  // Keeps −0, and a beside an infinite b.
  return select(isSmaller, a, rest);
}

/** a − n·b with n = ⌊a/b⌋: the sign is that of b. */
export function remainder(a: Expr, b: Expr): Expr {
  const rest = fmod(a, b);
  const differs = binary("xor", binary("lt", rest, 0), binary("lt", b, 0));
  const isWrong = binary("and", differs, binary("ne", rest, 0));
  return select(isWrong, add(rest, b), rest);
}

/** By 0 it is 0. */
function remOfIntegers(a: Expr, b: Expr): Expr {
  return binary("rem", a, select(binary("eq", b, 0), constant(b.type, 1), b));
}
