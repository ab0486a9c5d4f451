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

export interface UniqueOptions {
  /** Compares what lies at the places of this axis, not elements; `inverse` is a list of its length then. */
  readonly dim?: number | undefined;
}

/**
 * The distinct elements in ascending order, or what is distinct along an axis, by its first elements, then its second
 * ones and so on. NaN equals nothing, and −0 is 0.
 */
export function unique<D extends DType = "f32">(
  x: AnyTensor<D>,
  { dim }: UniqueOptions = {},
): Distinct<D> {
  if (dim !== undefined) return uniqueAlong(x, dim, true);
  const list = x.reshape([-1]);
  const order = list.argsort();
  const { values, inverse, counts } = uniqueConsecutive(list.take(order));
  const back = full([list.shape[0]], 0, "i32").scatter(0, order, inverse);
  return { values, inverse: back.reshape(x.shape), counts };
}

/** The elements of the flattened operand, or what lies along an axis, that differ from the one before. */
export function uniqueConsecutive<D extends DType = "f32">(
  x: AnyTensor<D>,
  { dim }: UniqueOptions = {},
): Distinct<D> {
  if (dim !== undefined) return uniqueAlong(x, dim, false);
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

function uniqueAlong<D extends DType>(
  x: AnyTensor<D>,
  dim: number,
  isSorted: boolean,
): Distinct<D> {
  const moved = x.movedim(dim, 0);
  const [size, ...others] = moved.shape;
  const width = others.reduce((product, n) => product * n, 1);
  const rows = moved.reshape([size!, width]);
  const order = isSorted ? orderOfRows(rows) : arange(size!);
  const sorted = rows.take(order, 0);
  const rest = Math.max(size! - 1, 0);
  const before = cat([sorted.narrow(0, 0, size! - rest), sorted.narrow(0, 0, rest)]);
  const isFirst = arange(size!).eq(0).logicalOr(sorted.ne(before).any(1));
  const groups = isFirst.to("i32").cumsum(0).sub(1);
  const kept = at(sorted, isFirst);
  const count = kept.shape[0];
  const ones = full([size!], 1, "i32");
  return {
    values: kept.reshape([count, ...others]).movedim(0, dim),
    inverse: full([size!], 0, "i32").scatter(0, order, groups),
    counts: full([count], 0, "i32").scatterAdd(0, groups, ones),
  };
}

/** The places of rows in ascending order: sorting is stable, so the last column comes first. */
function orderOfRows(rows: AnyTensor): AnyTensor<"i32"> {
  const [size, width] = [rows.shape[0], rows.shape[1]];
  let order = arange(size);
  for (let column = width - 1; column >= 0; column--) {
    const keys = rows.narrow(1, column, 1).reshape([size]).take(order);
    order = order.take(keys.argsort());
  }
  return order;
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
