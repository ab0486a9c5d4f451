/**
 * Elementary functions in fixed point, on integers that count units of 2⁻¹³⁰⁰: exact enough to judge
 * f64 results, subnormal ones and those of the largest angles included.
 */

export const bits = 1300n;
const one = 1n << bits;

/** The exact value of a finite f64. */
export function toFixed(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const pattern = view.getBigUint64(0);
  const exponent = (pattern >> 52n) & 0x7ffn;
  const fraction = pattern & 0xfffffffffffffn;
  const mantissa = exponent === 0n ? fraction : fraction | (1n << 52n);
  const scale = bits - 1074n + (exponent === 0n ? 0n : exponent - 1n);
  return (x < 0 ? -mantissa : mantissa) << scale;
}

const multiply = (a: bigint, b: bigint): bigint => (a * b) >> bits;
const divide = (a: bigint, b: bigint): bigint => (a << bits) / b;
const absolute = (a: bigint): bigint => (a < 0n ? -a : a);
const nearest = (a: bigint, b: bigint): bigint => {
  const doubled = 2n * a + b;
  return doubled / (2n * b) - (doubled < 0n ? 1n : 0n);
};

/** Σ ±z^{2i+1}/(2i+1), z = numerator/denominator: artanh z, or arctan z with alternating signs. */
function inverseTangent(z: bigint, alternate: boolean): bigint {
  const square = multiply(z, z);
  let [power, sum, sign] = [z, 0n, 1n];
  for (let i = 1n; power !== 0n && power !== -1n; i += 2n) {
    sum += (sign * power) / i;
    power = multiply(power, square);
    if (alternate) sign = -sign;
  }
  return sum;
}

const ln2 = 2n * inverseTangent(one / 3n, false);
const halfPi = 8n * inverseTangent(one / 5n, true) - 2n * inverseTangent(one / 239n, true);

/** Σ r^{start+k·step}/(start+k·step)!, with alternating signs if asked. */
function taylor(r: bigint, start: bigint, step: bigint, alternate: boolean): bigint {
  let term = start === 0n ? one : r;
  let sum = 0n;
  for (let i = start; term !== 0n && term !== -1n; i += step) {
    sum += term;
    for (let j = 1n; j <= step; j++) term = multiply(term, r) / (i + j);
    if (alternate) term = -term;
  }
  return sum;
}

/** What exceeds f64 is given as 2¹¹⁰⁰. */
export function exp(x: bigint): bigint {
  const n = nearest(x, ln2);
  if (n < -bits) return 0n;
  if (n > 1100n) return one << 1100n;
  const y = taylor(x - n * ln2, 0n, 1n, false);
  return n < 0n ? y >> -n : y << n;
}

export const expm1 = (x: bigint): bigint =>
  absolute(x) < one >> 1n ? taylor(x, 1n, 1n, false) : exp(x) - one;

/** For x > 0. */
export function log(x: bigint): bigint {
  const k = BigInt(x.toString(2).length) - 1n - bits;
  const m = k < 0n ? x << -k : x >> k;
  return k * ln2 + 2n * inverseTangent(divide(m - one, m + one), false);
}

export const log1p = (x: bigint): bigint =>
  absolute(x) < one >> 1n ? 2n * inverseTangent(divide(x, 2n * one + x), false) : log(one + x);

export const pow = (x: bigint, y: bigint): bigint => exp(multiply(y, log(x)));

export function tanh(x: bigint): bigint {
  if (absolute(x) > 400n * one) return x < 0n ? -one : one;
  const t = expm1(2n * x);
  return divide(t, t + 2n * one);
}

export const sigmoid = (x: bigint): bigint => {
  const bounded = x < -800n * one ? -800n * one : x > 800n * one ? 800n * one : x;
  return divide(one, one + exp(-bounded));
};

const sineOfQuarters = (n: bigint, r: bigint): bigint => {
  const y = n % 2n === 0n ? taylor(r, 1n, 2n, true) : taylor(r, 0n, 2n, true);
  return BigInt.asUintN(2, n) < 2n ? y : -y;
};
export function sin(x: bigint): bigint {
  const n = nearest(x, halfPi);
  return sineOfQuarters(n, x - n * halfPi);
}
export function cos(x: bigint): bigint {
  const n = nearest(x, halfPi);
  return sineOfQuarters(n + 1n, x - n * halfPi);
}

/** A quotient by 0 is given as 2¹¹⁰⁰. */
export function tan(x: bigint): bigint {
  const c = cos(x);
  return c === 0n ? one << 1100n : divide(sin(x), c);
}

/** By Newton's method, from above. */
export function sqrt(x: bigint): bigint {
  const square = x << bits;
  if (square === 0n) return 0n;
  let root = 1n << (BigInt(square.toString(2).length) / 2n + 1n);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

export function atan(x: bigint): bigint {
  if (x < 0n) return -atan(-x);
  if (x > one) return halfPi - atan(divide(one, x));
  // arctan x = 2 arctan (x / (1 + √(1 + x²))), until the series converges fast.
  let z = x;
  let halvings = 0n;
  for (; z > one >> 6n; halvings++) z = divide(z, one + sqrt(one + multiply(z, z)));
  return inverseTangent(z, true) << halvings;
}

export function atan2(y: bigint, x: bigint): bigint {
  if (x === 0n) return y < 0n ? -halfPi : halfPi;
  const angle = atan(divide(y, x));
  if (x > 0n) return angle;
  return y < 0n ? angle - 2n * halfPi : angle + 2n * halfPi;
}

export function asin(x: bigint): bigint {
  const rest = one - multiply(x, x);
  return rest === 0n ? (x < 0n ? -halfPi : halfPi) : atan(divide(x, sqrt(rest)));
}
export const acos = (x: bigint): bigint => halfPi - asin(x);

export function sinh(x: bigint): bigint {
  if (absolute(x) < one) return taylor(x, 1n, 2n, false);
  return (exp(x) - exp(-x)) >> 1n;
}
export const cosh = (x: bigint): bigint => (exp(x) + exp(-x)) >> 1n;

export function asinh(x: bigint): bigint {
  if (x < 0n) return -asinh(-x);
  const square = multiply(x, x);
  return log1p(x + divide(square, one + sqrt(square + one)));
}
export const acosh = (x: bigint): bigint => log(x + sqrt(multiply(x, x) - one));
export const atanh = (x: bigint): bigint => (log1p(x) - log1p(-x)) >> 1n;

export const exp2 = (x: bigint): bigint => exp(multiply(x, ln2));
export const log2 = (x: bigint): bigint => divide(log(x), ln2);
export const log10 = (x: bigint): bigint => divide(log(x), log(10n * one));
export const cbrt = (x: bigint): bigint => (x === 0n ? 0n : x < 0n ? -cbrt(-x) : exp(log(x) / 3n));
/** Scaled up, so that squares keep their digits. */
export const hypot = (x: bigint, y: bigint): bigint => {
  const [a, b] = [x << 1200n, y << 1200n];
  return sqrt(multiply(a, a) + multiply(b, b)) >> 1200n;
};
