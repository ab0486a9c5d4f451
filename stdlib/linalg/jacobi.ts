/**
 * Jacobi's method in rounds: the columns are split in two halves, and column `i` of one is rotated
 * against column `i` of the other, all pairs at once. Between rounds the columns move on as players
 * of a tournament do, so that after `size − 1` rounds each has met each. The matrices stay permuted;
 * who uses this sorts in the end.
 */

import { arange, cat, full, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";

type Floats = AnyTensor<FloatDType>;

/** No matrix of f32 needs more sweeps; those that have NaN stop at once. */
export const mostSweeps = 30;

export interface Rotation<D extends FloatDType = "f32"> {
  readonly cos: AnyTensor<D>;
  readonly sin: AnyTensor<D>;
}

/**
 * The rotation that makes `[[a, b], [b, c]]` diagonal, after Rutishauser: the smaller of the two
 * angles, and none where `b` is 0.
 */
export function rotation<D extends FloatDType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  c: AnyTensor<D>,
): Rotation<D>;
export function rotation(a: Floats, b: Floats, c: Floats): Rotation<FloatDType> {
  const isNone = b.eq(0);
  // Where there is nothing to turn, no gradient may come from a division by 0.
  const ratio = c.sub(a).div(where(isNone, 1, b).mul(2));
  const size = ratio.abs().add(ratio.square().add(1).sqrt());
  const tangent = where(isNone, 0, where(ratio.lt(0), -1, 1).to("f32").div(size));
  const cos = full([], 1).div(tangent.square().add(1).sqrt());
  return { cos, sin: tangent.mul(cos) };
}

/** Turns the halves of the axis `dim` (−1 or −2) against each other. */
export function rotate<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  dim: number,
  cos: AnyTensor<D>,
  sin: AnyTensor<D>,
): AnyTensor<D>;
export function rotate(x: Floats, dim: number, cos: Floats, sin: Floats): Floats {
  const half = x.shape[x.rank + dim]! / 2;
  const first = x.narrow(dim, 0, half);
  const second = x.narrow(dim, half, half);
  return cat([first.mul(cos).sub(second.mul(sin)), first.mul(sin).add(second.mul(cos))], dim);
}

/**
 * Who sits where in the next round: the first of the first half stays, the others move on along the
 * first half, then back along the second.
 */
export function nextPlaces(size: number): AnyTensor<"i32"> {
  const half = size / 2;
  const place = arange(size);
  const first = where(place.eq(1), half, where(place.eq(0), 0, place.sub(1)));
  const second = where(place.eq(size - 1), half - 1, place.add(1));
  return where(place.lt(half), half === 1 ? place : first, half === 1 ? place : second);
}

/** The positions of the elements along the last axis in ascending order; equal ones stay in order. */
export function ascendingOrder<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<"i32">;
export function ascendingOrder(x: Floats): AnyTensor<"i32"> {
  const count = x.shape[x.rank - 1]!;
  const [own, other] = [x.unsqueeze(-1), x.unsqueeze(-2)];
  const before = arange(count).lt(arange(count).reshape([count, 1]));
  const smaller = other.lt(own).logicalOr(other.eq(own).logicalAnd(before));
  const rank = smaller.to("i32").sum(-1);
  return rank
    .unsqueeze(-2)
    .eq(arange(count).reshape([count, 1]))
    .to("i32")
    .argmax(-1);
}
