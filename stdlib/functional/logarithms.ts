/** Sums of what is given by its logarithms, and odds. */

import { linearScan, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "./axis.ts";

type Floats = AnyTensor<FloatDType>;

/** `log(eᵃ + eᵇ)`, without overflow. */
export function logaddexp<D extends FloatDType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
): AnyTensor<D>;
export function logaddexp(a: Floats, b: Floats): Floats {
  const greatest = a.maximum(b);
  // Of equal infinities the difference is NaN; it counts as 0.
  const gap = where(a.eq(b), 0, a.sub(b)).abs().neg();
  return greatest.add(gap.exp().log1p());
}

/** `log₂(2ᵃ + 2ᵇ)`, without overflow. */
export function logaddexp2<D extends FloatDType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
): AnyTensor<D>;
export function logaddexp2(a: Floats, b: Floats): Floats {
  const greatest = a.maximum(b);
  const gap = where(a.eq(b), 0, a.sub(b)).abs().neg();
  return greatest.add(gap.exp2().log1p().mul(Math.LOG2E));
}

/** The logarithm of the sum of `eˣ` so far along the axis `dim`, without overflow. */
export function logcumsumexp<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  dim: number,
): AnyTensor<D>;
export function logcumsumexp(x: Floats, dim: number): Floats {
  const axis = axisOf("logcumsumexp", dim, x.rank);
  const greatest = x.cummax(axis);
  const isInfinite = greatest.abs().eq(Number.POSITIVE_INFINITY);
  const shift = where(isInfinite, 0, greatest);
  const widths = x.shape.map((_, i): readonly [number, number] => [i === axis ? 1 : 0, 0]);
  const nothing = { value: Number.NEGATIVE_INFINITY };
  const before = shift.pad(widths, nothing).narrow(axis, 0, x.shape[axis]!);
  // What was summed is scaled anew wherever a greater element comes.
  const scale = before.sub(shift).exp();
  const sums = linearScan(scale, x.sub(shift).exp(), axis);
  return where(greatest.eq(Number.POSITIVE_INFINITY), greatest, sums.log().add(shift));
}

/** `log(x / (1 − x))`: the inverse of `sigmoid`. With `eps`, x is first moved into `eps … 1 − eps`. */
export function logit<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: { readonly eps?: number | undefined },
): AnyTensor<D>;
export function logit(x: Floats, { eps }: { readonly eps?: number | undefined } = {}): Floats {
  const p = eps === undefined ? x : x.clamp(eps, 1 - eps);
  return p.div(p.neg().add(1)).log();
}

/** `sin(πx) / (πx)`, 1 at 0. */
export function sinc<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function sinc(x: Floats): Floats {
  const angle = where(x.eq(0), 1, x.mul(Math.PI));
  return where(x.eq(0), 1, angle.sin().div(angle));
}
