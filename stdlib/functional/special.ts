/** The gamma function and its derivatives. docs/functions.md has their measured errors. */

import { where } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType, Float, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { withGradient } from "../../runtime/eager/with-gradient.ts";
import { toFloat } from "./float.ts";

type Floats = AnyTensor<FloatDType>;

/** (−1)ᵏ (ζ(k) − 1) / k for k = 2, 3, …: log Γ(2 + z) = (1 − γ)·z + Σ aₖ·zᵏ. */
const nearTwo = [
  0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986,
  0.0028905103307415234, -0.001192753911703261, 0.0005096695247430425, -0.00022315475845357939,
  9.945751278180853e-5, -4.492623673813314e-5, 2.050721277567069e-5, -9.439488275268397e-6,
  4.374866789907488e-6, -2.039215753801366e-6, 9.55141213040742e-7, -4.492469198764566e-7,
  2.1207184805554665e-7, -1.0043224823968099e-7, 4.7698101693639804e-8, -2.2711094608943164e-8,
  1.0838659214896955e-8, -5.183475041970047e-9, 2.4836745438024785e-9, -1.1921401405860912e-9,
];
/** 1 − γ */
const slopeAtTwo = 0.42278433509846713;
/** Bernoulli's numbers B₂, B₄, … */
const bernoulli = [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
  -174611 / 330,
];
/** log(2π) / 2 */
const logOfRoot = 0.9189385332046727;

/** From here on, the asymptotic series are as exact as the dtype. */
const far = 8.5;
/** What takes positive numbers beyond. */
const ahead = 9;

/** The terms of a series that count in the dtype of `x`. */
const counted = (terms: readonly number[], x: Floats, inF32: number): readonly number[] =>
  x.dtype === "f64" ? terms : terms.slice(0, inF32);

/**
 * The logarithm of `|Γ(x)|`; ∞ at 0, −1, −2, … Its error is relative to the greater of the result and 1 below 0,
 * where the result crosses 0 between whole numbers.
 */
export function lgamma<D extends DType>(x: AnyTensor<D>): AnyTensor<Float<D>>;
export function lgamma(x: AnyTensor): Floats {
  return withGradient(
    (y: Floats) => ({ value: logOfGamma(y), saved: y }),
    (y, g) => [g.mul(logarithmicSlope(y))],
    [toFloat(x)],
  );
}

/** The derivative of `lgamma`. NaN at −1, −2, …; at 0, ∞ of the other sign. */
export function digamma<D extends DType>(x: AnyTensor<D>): AnyTensor<Float<D>>;
export function digamma(x: AnyTensor): Floats {
  return polygamma(0, x);
}

/** The derivative of `digamma`, taken `order` times. */
export function polygamma<D extends DType>(order: number, x: AnyTensor<D>): AnyTensor<Float<D>>;
export function polygamma(order: number, x: AnyTensor): Floats {
  if (order < 0 || Math.floor(order) !== order) {
    return refuse("argument", `polygamma: the order must be 0, 1, 2, …, not ${order}`);
  }
  return withGradient(
    (y: Floats) => ({ value: derivative(order, y), saved: y }),
    (y, g) => [g.mul(derivative(order + 1, y))],
    [toFloat(x)],
  );
}

function logOfGamma(x: Floats): Floats {
  // Γ(x)·Γ(1 − x) = π / sin(πx)
  const isBelow = x.lt(0);
  const positive = where(isBelow, x.neg().add(1), x);
  const above = logAbove(positive);
  const mirrored = sineOfPi(x).abs().log().neg().add(logOfPi).sub(above);
  const isPole = isBelow.logicalAnd(x.eq(x.floor())).logicalOr(x.eq(Number.NEGATIVE_INFINITY));
  return where(isPole, Number.POSITIVE_INFINITY, where(isBelow, mirrored, above));
}

const logOfPi = 1.1447298858494002;

/** log Γ for x ≥ 0. */
function logAbove(x: Floats): Floats {
  // Γ(x) = (x − 1)·(x − 2)·…·Γ(t), with t from 1.5 to 2.5.
  const isFar = x.ge(far);
  const small = where(isFar, 2, x);
  const down = small.sub(1.5).floor().maximum(0);
  const rest = small.sub(down);
  let product = rest.mul(0).add(1);
  for (let i = 0; i < 7; i++) product = where(down.gt(i), product.mul(rest.add(i)), product);
  // Γ(x) = Γ(x + 1) / x, once or twice.
  const isTiny = rest.lt(0.5);
  const isLow = rest.lt(1.5);
  const z = where(isTiny, rest, where(isLow, rest.sub(1), rest.sub(2)));
  const near = series(z);
  const lower = where(isLow, near.sub(z.log1p()), near.add(product.log()));
  const lowest = where(isTiny, lower.sub(where(isTiny, rest, 1).log()), lower);
  return where(isFar, stirling(where(isFar, x, far)), lowest);
}

/** log Γ(2 + z), exact where it is nearly 0. */
function series(z: Floats): Floats {
  let sum = z.mul(0);
  for (const term of counted(nearTwo, z, 12).toReversed()) sum = sum.add(term).mul(z);
  return sum.add(slopeAtTwo).mul(z);
}

/** `(x − ½)·(log x − 1) + (log(2π) − 1) / 2 + Σ B₂ₖ / (2k·(2k − 1)·x²ᵏ⁻¹)`, without ∞ − ∞. */
function stirling(x: Floats): Floats {
  const inverse = x.reciprocal();
  const square = inverse.mul(inverse);
  let sum = x.mul(0);
  const terms = counted(bernoulli, x, 3).map((b, i) => b / ((2 * i + 2) * (2 * i + 1)));
  for (const term of terms.toReversed()) sum = sum.mul(square).add(term);
  const main = x.sub(0.5).mul(x.log().sub(1));
  return main.add(sum.mul(inverse).add(logOfRoot - 0.5));
}

/** sin(πx), exact near whole numbers. */
const sineOfPi = (x: Floats): Floats => x.sub(x.round()).mul(Math.PI).sin();

function derivative(order: number, x: Floats): Floats {
  if (order === 0) return logarithmicSlope(x);
  const isBelow = x.lt(0);
  const above = slopesAbove(order, where(isBelow, x.neg().add(1), x));
  // ψₙ(x) = (−1)ⁿ ψₙ(1 − x) − πⁿ⁺¹ Pₙ(cot πx)
  const turned = cotangentOfPi(x);
  let sum = x.mul(0);
  for (const factor of slopeOfCotangent(order).toReversed()) sum = sum.mul(turned).add(factor);
  let power = Math.PI;
  for (let i = 0; i < order; i++) power *= Math.PI;
  const isOdd = order % 2 === 1;
  const mirrored = (isOdd ? above.neg() : above).sub(sum.mul(power));
  const pole = isOdd ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return where(isBelow, where(x.eq(x.floor()), pole, mirrored), above);
}

/** The factors of Pₙ, with which πⁿ·Pₙ(cot πx) is the n-th derivative of cot πx: Pₙ₊₁(c) = −(1 + c²)·Pₙ′(c). */
function slopeOfCotangent(order: number): readonly number[] {
  let factors = [0, 1];
  for (let n = 0; n < order; n++) {
    const slope = factors.slice(1).map((factor, i) => -(i + 1) * factor);
    factors = [...slope, 0, 0].map((factor, i) => factor + (i < 2 ? 0 : slope[i - 2]!));
  }
  return factors;
}

/** cot(πx), exact near whole numbers. */
const cotangentOfPi = (x: Floats): Floats => x.sub(x.round()).mul(Math.PI).tan().reciprocal();

/** ψ */
function logarithmicSlope(x: Floats): Floats {
  // ψ(1 − x) − ψ(x) = π / tan(πx)
  const isBelow = x.lt(0);
  const positive = where(isBelow, x.neg().add(1), x);
  const isNear = positive.lt(far);
  const moved = where(isNear, positive.add(ahead), positive);
  let passed = x.mul(0);
  for (let i = ahead - 1; i >= 0; i--) passed = passed.add(positive.add(i).reciprocal());
  const inverse = moved.reciprocal();
  const square = inverse.mul(inverse);
  let sum = square.mul(0);
  const terms = counted(bernoulli, x, 3).map((b, i) => -b / (2 * i + 2));
  for (const term of terms.toReversed()) sum = sum.add(term).mul(square);
  const beyond = moved.log().sub(inverse.mul(0.5)).add(sum);
  const above = where(isNear, beyond.sub(passed), beyond);
  return where(
    isBelow,
    where(x.eq(x.floor()), Number.NaN, above.sub(cotangentOfPi(x).mul(Math.PI))),
    above,
  );
}

/**
 * `(−1)ⁿ⁺¹·n!·ζ(n + 1, x)` for x ≥ 0: the first terms, and the rest by Euler and Maclaurin's formula.
 */
function slopesAbove(n: number, x: Floats): Floats {
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  const moved = x.add(ahead);
  const inverse = moved.reciprocal();
  const square = inverse.mul(inverse);
  // n!·ζ(n + 1, y) = (n − 1)!/yⁿ + n!/(2·yⁿ⁺¹) + Σ B₂ₖ·(2k + n − 1)! / ((2k)!·y²ᵏ⁺ⁿ), over n!
  const terms: number[] = [];
  let ratio = 1;
  for (const [i, b] of counted(bernoulli, x, 5).entries()) {
    const even = 2 * i + 2;
    ratio *= i === 0 ? (n + 1) / 2 : ((n + even - 1) * (n + even - 2)) / (even * (even - 1));
    terms.push(b * ratio);
  }
  let sum = square.mul(0);
  for (const term of terms.toReversed()) sum = sum.add(term).mul(square);
  const rest = power(inverse, n).mul(sum.add(inverse.mul(0.5)).add(1 / n));
  let total = rest;
  for (let i = ahead - 1; i >= 0; i--) total = total.add(power(x.add(i).reciprocal(), n + 1));
  return total.mul(n % 2 === 1 ? factorial : -factorial);
}

function power(x: Floats, n: number): Floats {
  let result = x;
  for (let i = 1; i < n; i++) result = result.mul(x);
  return result;
}

/** The logarithm of the multivariate gamma function of dimension `p`. */
export function mvlgamma<D extends DType>(x: AnyTensor<D>, p: number): AnyTensor<Float<D>>;
export function mvlgamma(x: AnyTensor, p: number): Floats {
  if (p < 1 || Math.floor(p) !== p) {
    return refuse("argument", `mvlgamma: the dimension must be 1, 2, …, not ${p}`);
  }
  const y = toFloat(x);
  let sum: Floats = y.mul(0).add((p * (p - 1) * logOfPi) / 4);
  for (let j = 0; j < p; j++) sum = sum.add(lgamma(y.sub(j / 2)));
  return sum;
}
