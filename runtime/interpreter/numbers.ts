/** Functions of numbers exactly as JavaScript has them. */

import { isNan } from "../heap/number-arguments";

/** ⌊x⌋, or ⌊x⌋ + 1 where x − ⌊x⌋ ≥ ½ (exact); the sign of zero is x's. */
export function round(x: f64): f64 {
  const low = floor(x);
  return copysign(x - low >= 0.5 ? low + 1 : low, x);
}

/**
 * JavaScript's `%`, exact: the divisor, shifted up by powers of two, is subtracted wherever it fits. Every
 * subtraction is exact, because both numbers are multiples of the divisor's last place and the difference
 * is smaller than either.
 */
export function remainder(x: f64, y: f64): f64 {
  let r = abs(x);
  const d = abs(y);
  if (isNan(y) || d === 0 || !(r < Infinity)) return NaN;
  if (r < d) return x;
  const whole = <i64>r;
  const divisor = <i64>d;
  // Below 2⁵³ all is exact; larger numbers take the long way.
  if (r < 9007199254740992 && <f64>whole === r && <f64>divisor === d) {
    return copysign(<f64>(whole % divisor), x);
  }
  let step = d;
  // Compared with half of r, so that doubling never overflows.
  while (step <= r * 0.5) step += step;
  while (true) {
    if (r >= step) r -= step;
    if (step <= d) break;
    step *= 0.5;
  }
  return copysign(r, x);
}
