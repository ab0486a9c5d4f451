/** Copies of tensors with other elements at some positions. */

import { arange, full, where } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";
import { movedim } from "./axes.ts";
import { axisOf } from "./axis.ts";
import type { DiagonalAxes } from "./diagonal.ts";

type Index = AnyTensor<"i32">;

/** Elements of `x` at the positions `index` along the axis `dim`; the other axes broadcast. */
export function takeAlongDim<D extends DType = "f32">(
  x: AnyTensor<D>,
  index: Index,
  dim?: number,
): AnyTensor<D> {
  if (dim === undefined) return x.reshape([-1]).gather(0, index.reshape([-1]));
  const axis = axisOf("takeAlongDim", dim, x.rank);
  if (index.rank !== x.rank) {
    refuse("shape", `takeAlongDim: the ranks ${x.rank} and ${index.rank} are different`);
  }
  const sizes = [x, index].map((t) => t.shape.map((size, i) => (i === axis ? 1 : size)));
  const common = full(sizes[0]!, 0).add(full(sizes[1]!, 0)).shape;
  const along = (size: number): readonly number[] => common.map((n, i) => (i === axis ? size : n));
  return x.expand(along(x.shape[axis]!)).gather(axis, index.expand(along(index.shape[axis]!)));
}

/** `x` with `value` in the slices at the positions `index` along the axis `dim`. */
export function indexFill<D extends DType = "f32">(
  x: AnyTensor<D>,
  dim: number,
  index: Index,
  value: number,
): AnyTensor<D> {
  return where(isAmong(x, axisOf("indexFill", dim, x.rank), index), value, x);
}

/** Which elements of `x` are at one of the positions along an axis. */
function isAmong(x: AnyTensor, axis: number, index: Index): AnyTensor<"bool"> {
  const size = x.shape[axis]!;
  const place = where(index.lt(0), index.add(size), index).reshape([-1, 1]);
  const found = place.eq(arange(size)).sum(0).gt(0);
  return found.reshape(x.shape.map((n, i) => (i === axis ? n : 1)));
}

/** `x` with the slices of `source` at the positions `index` along the axis `dim`; the last one stays. */
export function indexCopy<D extends DType = "f32">(
  x: AnyTensor<D>,
  dim: number,
  index: Index,
  source: AnyTensor<D>,
): AnyTensor<D> {
  const axis = axisOf("indexCopy", dim, x.rank);
  return x.scatter(axis, spread(index, axis, source), source);
}

/** Positions along an axis, repeated for each element of the slices of `source`. */
function spread(index: Index, axis: number, source: AnyTensor): Index {
  const along = source.shape.map((size, i) => (i === axis ? size : 1));
  return index.reshape(along).expand(source.shape);
}

export interface PutOptions {
  /** Whether elements are added to those that stand there; otherwise they take their place. */
  readonly accumulate?: boolean;
}

/** `x` with the elements of `source` at the positions `index` of the flattened tensor. */
export function put<D extends "f32" | "i32" = "f32">(
  x: AnyTensor<D>,
  index: Index,
  source: AnyTensor<D>,
  { accumulate = false }: PutOptions = {},
): AnyTensor<D> {
  const [flat, at, values] = [x.reshape([-1]), index.reshape([-1]), source.reshape([-1])];
  const result = accumulate ? flat.scatterAdd(0, at, values) : flat.scatter(0, at, values);
  return result.reshape(x.shape).to(x.dtype);
}

/** `x` with the first elements of `source`, in order, where `mask` is true. */
export function maskedScatter<D extends DType = "f32">(
  x: AnyTensor<D>,
  mask: AnyTensor<"bool">,
  source: AnyTensor<D>,
): AnyTensor<D> {
  const chosen = mask.expand(x.shape);
  const before = chosen.reshape([-1]).to("i32").cumsum(0).sub(1);
  const place = where(chosen.reshape([-1]), before, 0);
  return where(chosen, source.reshape([-1]).take(place).reshape(x.shape), x);
}

/** `x` with `source` in place of the slice at `index` along the axis `dim`. */
export function selectScatter<D extends DType = "f32">(
  x: AnyTensor<D>,
  source: AnyTensor<D>,
  dim: number,
  index: number,
): AnyTensor<D> {
  const axis = axisOf("selectScatter", dim, x.rank);
  const size = x.shape[axis]!;
  const at = index < 0 ? index + size : index;
  const isThere = arange(size)
    .eq(at)
    .reshape(x.shape.map((n, i) => (i === axis ? n : 1)));
  return where(isThere, source.unsqueeze(axis), x);
}

export interface SliceScatterOptions {
  readonly dim?: number;
  readonly start?: number;
  /** The position after the last. */
  readonly end?: number;
  readonly step?: number;
}

/** `x` with `source` in place of a slice along an axis. */
export function sliceScatter<D extends DType = "f32">(
  x: AnyTensor<D>,
  source: AnyTensor<D>,
  { dim = 0, start = 0, step = 1 }: SliceScatterOptions = {},
): AnyTensor<D> {
  const axis = axisOf("sliceScatter", dim, x.rank);
  const first = start < 0 ? start + x.shape[axis]! : start;
  return indexCopy(x, axis, arange(source.shape[axis]!).mul(step).add(first), source);
}

/** `x` with `source` in place of a diagonal: the places of the diagonal are the last axis of `source`. */
export function diagonalScatter<D extends DType = "f32">(
  x: AnyTensor<D>,
  source: AnyTensor<D>,
  offset = 0,
  { dim1 = 0, dim2 = 1 }: DiagonalAxes = {},
): AnyTensor<D> {
  const rows = axisOf("diagonalScatter", dim1, x.rank);
  const columns = axisOf("diagonalScatter", dim2, x.rank);
  const turned = movedim(x, [rows, columns], [-2, -1]);
  const place = arange(source.shape[source.rank - 1]!);
  const [down, across] = [place.sub(Math.min(offset, 0)), place.add(Math.max(offset, 0))];
  const isThere = arange(x.shape[rows]!)
    .reshape([-1, 1, 1])
    .eq(down)
    .logicalAnd(arange(x.shape[columns]!).reshape([-1, 1]).eq(across));
  const values = where(isThere, source.unsqueeze(-2).unsqueeze(-2), full([], 0, source.dtype));
  const placed = where(isThere.sum(-1).gt(0), values.sum(-1).to(x.dtype), turned);
  return movedim(placed, [-2, -1], [rows, columns]);
}
