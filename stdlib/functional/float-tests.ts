/** What kind of number each element is, and whether numbers are equal. */

import { full } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, DType, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { all, any } from "./counting.ts";

type Floats = AnyTensor<FloatDType>;

type Bools = AnyTensor<"bool">;

/** Which elements are NaN. */
export function isnan(x: AnyTensor): Bools {
  return x.ne(x);
}

/** Which elements are infinite. */
export function isinf(x: AnyTensor): Bools {
  return x.abs().eq(Number.POSITIVE_INFINITY);
}

/** Which elements are neither infinite nor NaN. */
export function isfinite<D extends FloatDType = "f32">(x: AnyTensor<D>): Bools;
export function isfinite(x: Floats): Bools {
  return x.sub(x).eq(0);
}

/** Which elements are +∞. */
export function isposinf<D extends FloatDType = "f32">(x: AnyTensor<D>): Bools;
export function isposinf(x: Floats): Bools {
  return x.eq(Number.POSITIVE_INFINITY);
}

/** Which elements are −∞. */
export function isneginf<D extends FloatDType = "f32">(x: AnyTensor<D>): Bools;
export function isneginf(x: Floats): Bools {
  return x.eq(Number.NEGATIVE_INFINITY);
}

/** Which elements are negative, −0 included; never NaN, whose sign is not part of a result. */
export function signbit<D extends FloatDType = "f32">(x: AnyTensor<D>): Bools;
export function signbit(x: Floats): Bools {
  // 1 / −0 is −∞.
  return x.lt(0).logicalOr(x.eq(0).logicalAnd(full([], 1).div(x).lt(0)));
}

export interface IscloseOptions {
  /** The distance that is allowed as a share of the second number; 1e-5 by default. */
  readonly rtol?: number;
  /** The distance that is allowed besides; 1e-8 by default. */
  readonly atol?: number;
  /** Whether NaN is close to NaN; false by default. */
  readonly equalNan?: boolean;
}

/** Where `|x − y| ≤ atol + rtol · |y|`; infinities are close to themselves. */
export function isclose<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  y: AnyTensor<D>,
  options?: IscloseOptions,
): Bools;
export function isclose(
  x: Floats,
  y: Floats,
  { rtol = 1e-5, atol = 1e-8, equalNan = false }: IscloseOptions = {},
): Bools {
  const distance = x.sub(y).abs();
  const isNear = isfinite(distance).logicalAnd(distance.le(y.abs().mul(rtol).add(atol)));
  const close = x.eq(y).logicalOr(isNear);
  return equalNan ? close.logicalOr(isnan(x).logicalAnd(isnan(y))) : close;
}

/** Whether all elements are close: a single bool. */
export function allclose<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  y: AnyTensor<D>,
  options?: IscloseOptions,
): Bools;
export function allclose(x: Floats, y: Floats, options: IscloseOptions = {}): Bools {
  return all(isclose(x, y, options));
}

/** Whether two tensors of one shape have equal elements: a single bool. */
export function equal<D extends DType>(x: AnyTensor<D>, y: AnyTensor<D>): Bools {
  if (x.rank !== y.rank) return full([], 0, "bool");
  for (let i = 0; i < x.rank; i++) if (x.shape[i] !== y.shape[i]) return full([], 0, "bool");
  return all(x.eq(y));
}

/** Which elements of `x` are among those of `values`. */
export function isin<D extends DType>(x: AnyTensor<D>, values: AnyTensor<D>): Bools {
  return any(x.unsqueeze(-1).eq(values.reshape([-1])), -1);
}

/** The exclusive or of bools. */
export function logicalXor(x: Bools, y: Bools): Bools {
  return x.ne(y);
}
