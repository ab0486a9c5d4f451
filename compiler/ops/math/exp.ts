/** eˣ, and the pieces of it that its relatives share. */
import { add, binary, constant, div, type Expr, mul, polynomial, select, sub } from "../expr.ts";
import { atMost, formatOf, powerOfTwo, roundToInteger } from "./float-format.ts";

export const exp = (x: Expr): Expr => expOfBounded(x, atMost(x, x.type === "f32" ? 89 : 710));

/** eˣ for x ≤ 0. */
export const expOfNegative = (x: Expr): Expr => expOfBounded(x, x);

/** Beyond these bounds the result rounds to ∞ or 0, and 2ⁿ needs no more than two factors. */
const expOfBounded = (x: Expr, bounded: Expr): Expr =>
  orZeroBelow(x, x.type === "f32" ? -104 : -746, bounded, scaledExp);

/**
 * `f(bounded)` for a function that is 0 where x is below `low`. It gets 0 there: products that underflow take
 * processors a hundred times as long as others, and masks of attention are full of −∞.
 */
export function orZeroBelow(x: Expr, low: number, bounded: Expr, f: (x: Expr) => Expr): Expr {
  const isBelow = binary("lt", x, low);
  const zero = constant(x.type, 0);
  return select(isBelow, zero, f(select(isBelow, zero, bounded)));
}

function scaledExp(x: Expr): Expr {
  const reduced = reduceExp(x);
  return timesPowerOfTwo(expOfReduced(reduced), reduced.n);
}

/** y·2ⁿ in two steps, of which only the second can leave the normal range, so that it rounds once. */
export function timesPowerOfTwo(y: Expr, n: Expr): Expr {
  const half = binary("shrS", n, 1);
  return mul(mul(y, powerOfTwo(half)), powerOfTwo(sub(n, half)));
}

/** x = n·ln 2 + r, where r = high + low, |r| ≤ 0.3466; n is in the low bits of `n`. */
export interface ReducedExp {
  readonly n: Expr;
  readonly high: Expr;
  readonly low: Expr;
  readonly r: Expr;
}

interface Ln2 {
  readonly inverse: number;
  /** Short enough that its product with n is exact, and the rest of it. */
  readonly high: number;
  readonly low: number;
}

export function ln2Of(x: Expr): Ln2 {
  return formatOf(x).type === "f32"
    ? { inverse: 1.4426950216293335, high: 0.693145751953125, low: 1.428606765330187e-6 }
    : {
        inverse: Math.LOG2E,
        high: 0.6931471806019545,
        low: -4.2009150726810846e-11,
      };
}

export function reduceExp(x: Expr): ReducedExp {
  const ln2 = ln2Of(x);
  const { value, inLowBits } = roundToInteger(mul(x, ln2.inverse));
  const high = sub(x, mul(value, ln2.high));
  const low = mul(value, -ln2.low);
  return { n: inLowBits, high, low, r: add(high, low) };
}

/** eʳ for a reduced r. The approximations' own errors: 2⁻²⁸ in f32, 2⁻⁶¹ in f64. */
export function expOfReduced({ high, low, r }: Omit<ReducedExp, "n">): Expr {
  if (r.type === "f64") return add(add(high, add(low, expTailF64(r))), 1);
  return polynomial(
    r,
    [
      0.0013832207769155502, 0.008369049057364464, 0.041668131947517395, 0.16666516661643982,
      0.4999999403953552, 1, 1,
    ],
  );
}

/**
 * eʳ − 1 − r as r·c/(2 − c), where c = r − r²·P(r²) approximates 2 − r·coth(r/2) + r. It takes half
 * the operations of a polynomial, and its chain of dependent ones is shorter.
 */
export function expTailF64(r: Expr): Expr {
  const t = mul(r, r);
  const p = polynomial(
    t,
    [
      4.1360298530871133e-8, -1.65338367581708e-6, 6.613756249847131e-5, -0.002777777777669582,
      0.16666666666666555,
    ],
  );
  const c = sub(r, mul(t, p));
  return div(mul(r, c), sub(constant("f64", 2), c));
}
