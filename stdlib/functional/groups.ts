/** Elements that join groups along an axis, and each group reduced to one element. */

import { arange, where } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "./axis.ts";

type Floats = AnyTensor<FloatDType>;

/** How a group becomes one element. */
export type GroupReduction = "sum" | "prod" | "mean" | "amax" | "amin";

export interface GroupOptions {
  /** Whether the elements of `x` belong to their groups; true by default. */
  readonly includeSelf?: boolean;
}

/**
 * `x` where each element of `source` joins the group of its position along the axis `dim`, and each
 * group is reduced. What no element joins stays as it is.
 */
export function scatterReduce<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  dim: number,
  index: AnyTensor<"i32">,
  source: AnyTensor<D>,
  reduce: GroupReduction,
  options?: GroupOptions,
): AnyTensor<D>;
export function scatterReduce(
  x: Floats,
  dim: number,
  index: AnyTensor<"i32">,
  source: Floats,
  reduce: GroupReduction,
  { includeSelf = true }: GroupOptions = {},
): Floats {
  const axis = axisOf("scatterReduce", dim, x.rank);
  if (index.rank !== x.rank || source.rank !== x.rank) {
    refuse("shape", "scatterReduce: x, index and source have different ranks");
  }
  const size = x.shape[axis]!;
  const place = where(index.lt(0), index.add(size), index).unsqueeze(axis);
  const numbers = arange(size).reshape(
    Array.from({ length: x.rank + 1 }, (_, i) => (i === axis ? size : 1)),
  );
  const isMember = place.eq(numbers);
  const widths = x.shape.map((n, i): readonly [number, number] => [
    0,
    i === axis ? 0 : n - index.shape[i]!,
  ]);
  const count = isMember.sum(axis + 1).pad(widths);
  const value = reduceGroups(source.unsqueeze(axis), isMember, axis + 1, reduce).pad(widths);
  const isJoined = count.gt(0);
  if (!includeSelf) {
    const mean = reduce === "mean" ? value.div(count.maximum(1)) : value;
    return where(isJoined, mean, x);
  }
  switch (reduce) {
    case "sum":
      return x.add(value);
    case "prod":
      return where(isJoined, x.mul(value), x);
    case "mean":
      return x.add(value).div(count.add(1));
    case "amax":
      return where(isJoined, x.maximum(value), x);
    case "amin":
      return where(isJoined, x.minimum(value), x);
  }
}

/** The members of each group reduced along an axis; a mean is left to be divided. */
function reduceGroups(
  x: Floats,
  isMember: AnyTensor<"bool">,
  axis: number,
  reduce: GroupReduction,
): Floats {
  switch (reduce) {
    case "sum":
    case "mean":
      return where(isMember, x, 0).sum(axis);
    case "prod":
      return where(isMember, x, 1).prod(axis);
    case "amax":
      return where(isMember, x, Number.NEGATIVE_INFINITY).max(axis);
    case "amin":
      return where(isMember, x, Number.POSITIVE_INFINITY).min(axis);
  }
}

/** The same for slices of `source` along the axis `dim`, which join at the positions `index`. */
export function indexReduce<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  dim: number,
  index: AnyTensor<"i32">,
  source: AnyTensor<D>,
  reduce: GroupReduction,
  options?: GroupOptions,
): AnyTensor<D>;
export function indexReduce(
  x: Floats,
  dim: number,
  index: AnyTensor<"i32">,
  source: Floats,
  reduce: GroupReduction,
  options: GroupOptions = {},
): Floats {
  const axis = axisOf("indexReduce", dim, x.rank);
  const along = source.shape.map((size, i) => (i === axis ? size : 1));
  return scatterReduce(x, axis, index.reshape(along).expand(source.shape), source, reduce, options);
}

export interface SegmentOptions {
  /** How many elements each segment has. */
  readonly lengths?: AnyTensor<"i32">;
  /** Where each segment begins, and where the last one ends. */
  readonly offsets?: AnyTensor<"i32">;
  /** The axis that is cut; lengths or offsets are its last axis. 0 by default. */
  readonly dim?: number;
  /** What each reduction begins with: for segments without elements, the result. */
  readonly initial?: number;
}

/** The reduction of consecutive segments of an axis. (A mean adds `initial` to the sum, as PyTorch does.) */
export function segmentReduce<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  reduce: GroupReduction,
  options?: SegmentOptions,
): AnyTensor<D>;
export function segmentReduce(
  x: Floats,
  reduce: GroupReduction,
  { lengths, offsets, dim = 0, initial }: SegmentOptions = {},
): Floats {
  const axis = axisOf("segmentReduce", dim, x.rank);
  const [starts, ends] = bounds(lengths, offsets);
  const places = arange(x.shape[axis]!);
  const isIn = places.ge(starts.unsqueeze(-1)).logicalAnd(places.lt(ends.unsqueeze(-1)));
  const rest = x.shape.slice(axis + 1).map(() => 1);
  const isMember = isIn.reshape([...isIn.shape, ...rest]);
  const value = reduceGroups(x.unsqueeze(axis), isMember, axis + 1, reduce);
  const count = isMember.sum(axis + 1);
  switch (reduce) {
    case "sum":
      return value.add(initial ?? 0);
    case "prod":
      return value.mul(initial ?? 1);
    case "mean":
      return where(count.eq(0), initial ?? Number.NaN, value.add(initial ?? 0).div(count));
    case "amax":
      return initial === undefined ? value : value.maximum(initial);
    case "amin":
      return initial === undefined ? value : value.minimum(initial);
  }
}

/** Where the segments begin and end. */
function bounds(
  lengths: AnyTensor<"i32"> | undefined,
  offsets: AnyTensor<"i32"> | undefined,
): readonly [AnyTensor<"i32">, AnyTensor<"i32">] {
  if (lengths !== undefined) {
    const ends = lengths.cumsum(-1);
    return [ends.sub(lengths), ends];
  }
  if (offsets === undefined)
    return refuse("argument", "segmentReduce: lengths or offsets is missing");
  const count = offsets.shape[offsets.rank - 1]! - 1;
  return [offsets.narrow(-1, 0, count), offsets.narrow(-1, 1, count)];
}
