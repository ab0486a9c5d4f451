/** Natural logarithm, and the pieces of it that its relatives share. */
import {
  add,
  binary,
  constant,
  convert,
  div,
  type Expr,
  mul,
  polynomial,
  select,
  sub,
} from "../expr.ts";
import { ln2Of } from "./exp.ts";
import { formatOf, fromBits, integer, toBits } from "./float-format.ts";

export function log(x: Expr): Expr {
  const { k, m } = splitExponent(x);
  return atEdgesOfLog(x, logSum(k, sub(m, 1)));
}

export interface Split {
  /** A whole number, as a float. */
  readonly k: Expr;
  readonly m: Expr;
}

/** x = 2ᵏ·m with √½ ≤ m < √2, for finite x > 0. */
export function splitExponent(x: Expr): Split {
  const { fractionBits, smallestNormal } = formatOf(x);
  const isSubnormal = binary("lt", x, smallestNormal);
  const { k, m } = splitExponentOfNormal(select(isSubnormal, mul(x, 2 ** fractionBits), x));
  const shift = select(isSubnormal, constant(x.type, -fractionBits), constant(x.type, 0));
  return { k: add(k, shift), m };
}

/** The same where x is not subnormal. */
export function splitExponentOfNormal(x: Expr): Split {
  const format = formatOf(x);
  const rootHalf = integer(format, format.type === "f32" ? 0x3f3504f3n : 0x3fe6a09e667f3bcdn);
  const fromRootHalf = sub(toBits(x), rootHalf);
  const k = convert(binary("shrS", fromRootHalf, format.fractionBits), format.type);
  const fraction = binary("and", fromRootHalf, 2 ** format.fractionBits - 1);
  return { k, m: fromBits(add(fraction, rootHalf)) };
}

/**
 * k·ln 2 + log(1 + f) + c for √½ − 1 ≤ f < √2 − 1 and tiny c. With s = f/(2 + f) and h = f²/2,
 * log(1 + f) = f − (h − s·(h + s²·P(s²))), as in FDLIBM. The result sees 2⁻³⁰ (2⁻⁵⁹) of P's error.
 */
export function logSum(k: Expr, f: Expr, c?: Expr): Expr {
  const ln2 = ln2Of(f);
  const { h, rest } = logParts(f);
  const lowOfK = mul(k, ln2.low);
  const small = add(rest, c === undefined ? lowOfK : add(lowOfK, c));
  return sub(mul(k, ln2.high), sub(sub(h, small), f));
}

/** log(1 + f) = f − (h − rest). */
export interface LogParts {
  readonly f: Expr;
  readonly h: Expr;
  readonly rest: Expr;
}

export function logParts(f: Expr): LogParts {
  const s = div(f, add(f, 2));
  const z = mul(s, s);
  const p = polynomial(z, f.type === "f32" ? logF32 : logF64);
  const h = mul(mul(f, f), 0.5);
  return { f, h, rest: mul(s, add(h, mul(z, p))) };
}

const logF32 = [0.29870858788490295, 0.39977583289146423, 0.6666677594184875];
const logF64 = [
  0.14795829144763736, 0.15314067176582113, 0.1818356346277571, 0.22222198594965495,
  0.2857142874210683, 0.39999999999416413, 0.6666666666666734,
];

/** `y` for finite x > 0; ∞ for ∞, −∞ for ±0, NaN below and for NaN. */
export function atEdgesOfLog(x: Expr, y: Expr): Expr {
  const infinity = constant(x.type, Number.POSITIVE_INFINITY);
  const ofZero = constant(x.type, Number.NEGATIVE_INFINITY);
  const nan = constant(x.type, Number.NaN);
  const above = select(binary("lt", x, infinity), y, x);
  return select(binary("gt", x, 0), above, select(binary("eq", x, 0), ofZero, nan));
}
