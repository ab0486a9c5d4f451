/** Elements that a mask chooses, distinct elements, and how often each is there: only a run tells how many. */

import { assert } from "../../runtime/eager/assert.ts";
import { arange, cat, full } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";
import { at } from "./at.ts";

/** The elements where the mask is true, which broadcasts with `x`, in row-major order. */
export function maskedSelect<D extends DType = "f32">(
  x: AnyTensor<D>,
  mask: AnyTensor<"bool">,
): AnyTensor<D> {
  const shape = x.eq(x).logicalAnd(mask).shape;
  return at(x.expand(shape).reshape([-1]), mask.expand(shape).reshape([-1]));
}

export interface Distinct<D extends DType = "f32"> {
  readonly values: AnyTensor<D>;
  /** For each element of the operand, in its shape, where its value stands among the values. */
  readonly inverse: AnyTensor<"i32">;
  /** How often each value is there. */
  readonly counts: AnyTensor<"i32">;
}

/** The distinct elements in ascending order. NaN equals nothing, and −0 is 0. */
export function unique<D extends DType = "f32">(x: AnyTensor<D>): Distinct<D> {
  const list = x.reshape([-1]);
  const order = list.argsort();
  const { values, inverse, counts } = uniqueConsecutive(list.take(order));
  const back = full([list.shape[0]], 0, "i32").scatter(0, order, inverse);
  return { values, inverse: back.reshape(x.shape), counts };
}

/** The elements of the flattened operand that differ from the one before. */
export function uniqueConsecutive<D extends DType = "f32">(x: AnyTensor<D>): Distinct<D> {
  const list = x.reshape([-1]);
  const size = list.shape[0];
  const rest = Math.max(size - 1, 0);
  const before = cat([list.narrow(0, 0, size - rest), list.narrow(0, 0, rest)]);
  const isFirst = arange(size).eq(0).logicalOr(list.ne(before));
  const inverse = isFirst.to("i32").cumsum(0).sub(1);
  const values = at(list, isFirst);
  const counts = full([values.shape[0]], 0, "i32").scatterAdd(0, inverse, full([size], 1, "i32"));
  return { values, inverse: inverse.reshape(x.shape), counts };
}

export interface BincountOptions {
  /** What each element counts; 1 by default. */
  readonly weights?: AnyTensor<"f32"> | undefined;
  /** The least number of counts. */
  readonly minLength?: number;
}

/** How often each of the numbers 0, 1, … is among the elements of a list. */
export function bincount(x: AnyTensor<"i32">): AnyTensor<"i32">;
export function bincount(
  x: AnyTensor<"i32">,
  options: BincountOptions & { readonly weights?: undefined },
): AnyTensor<"i32">;
export function bincount(
  x: AnyTensor<"i32">,
  options: BincountOptions & { readonly weights: AnyTensor<"f32"> },
): AnyTensor<"f32">;
export function bincount(
  x: AnyTensor<"i32">,
  { weights, minLength = 0 }: BincountOptions = {},
): AnyTensor<"i32"> | AnyTensor<"f32"> {
  if (x.rank !== 1)
    return refuse("shape", `bincount: takes a list, not a tensor of rank ${x.rank}`);
  const least = cat([x, full([1], 0, "i32")])
    .min()
    .item();
  assert(least >= 0, `bincount: ${least} is not 0 or more`);
  const most = cat([x, full([1], minLength - 1, "i32")]).max();
  const places = arange(most.item() + 1);
  if (weights === undefined)
    return full(places.shape, 0, "i32").scatterAdd(0, x, full(x.shape, 1, "i32"));
  return full(places.shape, 0).scatterAdd(0, x, weights);
}
