/** Arithmetic that treats some numbers, NaN or 0, in its own way. */

import { math } from "../../runtime/eager/math.ts";
import { full, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType, Tensor } from "../../runtime/eager/tensor-types.ts";
import { isnan, signbit } from "./float-tests.ts";

type Floats = AnyTensor<FloatDType>;

/** The magnitude of `x` with the sign of `y`. */
export function copysign<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  y: AnyTensor<D>,
): AnyTensor<D>;
export function copysign(x: Floats, y: Floats): Floats {
  const size = x.abs();
  return where(signbit(y), size.neg(), size);
}

/** 0 below 0, 1 above, and the elements of `values` at 0. NaN gives 0. */
export function heaviside<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  values: AnyTensor<D>,
): AnyTensor<D>;
export function heaviside(x: Floats, values: Floats): Floats {
  return where(x.eq(0), values, x.gt(0).to("f32"));
}

/** `x · log y`, and 0 where `x` is 0, unless `y` is NaN. */
export function xlogy<D extends FloatDType = "f32">(x: AnyTensor<D>, y: AnyTensor<D>): AnyTensor<D>;
export function xlogy(x: Floats, y: Floats): Floats {
  return where(x.eq(0).logicalAnd(y.eq(y)), 0, x.mul(y.log()));
}

/** `√(x² + y²)`, which does not overflow before its result does. */
export function hypot<D extends FloatDType = "f32">(x: AnyTensor<D>, y: AnyTensor<D>): AnyTensor<D>;
export function hypot(x: Floats, y: Floats): Floats {
  const [a, b] = [x.abs(), y.abs()];
  const greater = a.maximum(b);
  // 0 and ∞ have no share; NaN comes through the maximum, unless beside ∞.
  const isEnd = greater.eq(0).logicalOr(greater.eq(Number.POSITIVE_INFINITY));
  const share = a.minimum(b).div(where(isEnd, 1, greater));
  const length = greater.mul(share.square().add(1).sqrt());
  const isInfinite = a.eq(Number.POSITIVE_INFINITY).logicalOr(b.eq(Number.POSITIVE_INFINITY));
  return where(isInfinite, Number.POSITIVE_INFINITY, where(isEnd, greater, length));
}

/** The greater element; where one is NaN, the other. */
export function fmax<D extends FloatDType = "f32">(x: AnyTensor<D>, y: AnyTensor<D>): AnyTensor<D>;
export function fmax(x: Floats, y: Floats): Floats {
  return where(isnan(x), y, where(isnan(y), x, x.maximum(y)));
}

/** The lesser element; where one is NaN, the other. */
export function fmin<D extends FloatDType = "f32">(x: AnyTensor<D>, y: AnyTensor<D>): AnyTensor<D>;
export function fmin(x: Floats, y: Floats): Floats {
  return where(isnan(x), y, where(isnan(y), x, x.minimum(y)));
}

/** `x · 2^exponent`. */
export function ldexp<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  exponent: AnyTensor,
): AnyTensor<D>;
export function ldexp(x: Floats, exponent: AnyTensor): Floats {
  return x.mul(full([], 2, x.dtype).pow(exponent.to(x.dtype)));
}

/** `mantissa · 2^exponent = x` with ½ ≤ |mantissa| < 1; 0, ±∞ and NaN are their own mantissas. */
export function frexp(x: Tensor) {
  const size = x.abs();
  const isOrdinary = size.gt(0).logicalAnd(size.lt(Number.POSITIVE_INFINITY));
  let mantissa = where(isOrdinary, x, 0.5);
  let exponent = full(x.shape, 0, "i32");
  // Powers of two are exact factors: halving the exponent's range step by step finds it.
  for (const step of [64, 64, 32, 16, 8, 4, 2, 1]) {
    const power = math.pow(2, step);
    const isLarge = mantissa.abs().ge(power / 2);
    const isSmall = mantissa.abs().lt(1 / power);
    const scaled = where(
      isLarge,
      mantissa.div(power),
      where(isSmall, mantissa.mul(power), mantissa),
    );
    const change = where(isLarge, full([], step, "i32"), where(isSmall, full([], -step, "i32"), 0));
    mantissa = scaled;
    exponent = exponent.add(change);
  }
  return { mantissa: where(isOrdinary, mantissa, x), exponent };
}

export interface NanToNumOptions {
  /** In place of NaN; 0 by default. */
  readonly nan?: number;
  /** In place of +∞; the greatest number by default. */
  readonly posinf?: number;
  /** In place of −∞; the least number by default. */
  readonly neginf?: number;
}

const greatestOf = (x: Floats): number =>
  x.dtype === "f64" ? Number.MAX_VALUE : 3.4028234663852886e38;

/** Numbers in place of NaN and infinities. */
export function nanToNum<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: NanToNumOptions,
): AnyTensor<D>;
export function nanToNum(
  x: Floats,
  { nan = 0, posinf = greatestOf(x), neginf = -greatestOf(x) }: NanToNumOptions = {},
): Floats {
  const below = where(x.eq(Number.NEGATIVE_INFINITY), neginf, x);
  return where(isnan(x), nan, where(x.eq(Number.POSITIVE_INFINITY), posinf, below));
}

/** Degrees as radians. */
export function deg2rad<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function deg2rad(x: Floats): Floats {
  return x.mul(Math.PI / 180);
}

/** Radians as degrees. */
export function rad2deg<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function rad2deg(x: Floats): Floats {
  return x.mul(180 / Math.PI);
}

/** What is left of each element without its whole part: of its own sign. */
export function frac<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function frac(x: Floats): Floats {
  return x.sub(where(x.lt(0), x.ceil(), x.floor()));
}

/** `x · log(1 + y)`, and 0 where `x` is 0, unless `y` is NaN. */
export function xlog1py<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  y: AnyTensor<D>,
): AnyTensor<D>;
export function xlog1py(x: Floats, y: Floats): Floats {
  return where(x.eq(0).logicalAnd(y.eq(y)), 0, x.mul(y.log1p()));
}

/** `−x · log x`: 0 at 0, −∞ below. */
export function entr<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function entr(x: Floats): Floats {
  const inside = where(x.gt(0), x, 1);
  const value = inside.mul(inside.log()).neg();
  const rest = where(x.eq(0), 0, where(x.lt(0), Number.NEGATIVE_INFINITY, x));
  return where(x.gt(0), value, rest);
}

/** The distribution function of the normal distribution. */
export function ndtr<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function ndtr(x: Floats): Floats {
  return x.mul(-Math.SQRT1_2).erfc().mul(0.5);
}
