/** Elements by their rank: medians, quantiles, the most frequent. */

import { full, where } from "../../runtime/eager/primitives.ts";
import { demand } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType, FloatDType, Keep } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "./axis.ts";
import { any } from "./counting.ts";
import { isnan } from "./float-tests.ts";
import { type Ordered, sort } from "./sort.ts";

type Floats = AnyTensor<FloatDType>;

/** The `k`-th least element along the axis `dim`, the least being the first, and its position. */
export function kthvalue<D extends DType = "f32">(
  x: AnyTensor<D>,
  k: number,
  dim = -1,
  { keepDim = false }: Keep = {},
): Ordered<D> {
  const axis = axisOf("kthvalue", dim, x.rank);
  demand(k >= 1 && k <= x.shape[axis]!, `kthvalue: there is no element number ${k}`);
  const { values, indices } = sort(x, axis);
  const [value, index] = [values.narrow(axis, k - 1, 1), indices.narrow(axis, k - 1, 1)];
  if (keepDim) return { values: value, indices: index };
  return { values: value.squeeze(axis), indices: index.squeeze(axis) };
}

/** The middle element in order, of two the lesser; NaN if there is one. */
export function median(x: Floats): Floats;
/** The same along an axis, and its position. */
export function median(x: Floats, dim: number, options?: Keep): Ordered<FloatDType>;
export function median(
  x: Floats,
  dim?: number,
  { keepDim = false }: Keep = {},
): Floats | Ordered<FloatDType> {
  const axis = dim === undefined ? 0 : axisOf("median", dim, x.rank);
  const list = dim === undefined ? x.reshape([-1]) : x;
  // NaN stands last: its rank is asked for where there is one.
  const count = full([], list.shape[axis]!, "i32");
  const hasNan = any(isnan(list), axis, { keepDim: true });
  const rank = where(hasNan, count.sub(1), half(count.sub(1)));
  const found = atRank(list, axis, rank, keepDim);
  return dim === undefined ? found.values : found;
}

/** The middle element of those that are not NaN, of two the lesser. */
export function nanmedian(x: Floats): Floats;
/** The same along an axis, and its position. */
export function nanmedian(x: Floats, dim: number, options?: Keep): Ordered<FloatDType>;
export function nanmedian(
  x: Floats,
  dim?: number,
  { keepDim = false }: Keep = {},
): Floats | Ordered<FloatDType> {
  const axis = dim === undefined ? 0 : axisOf("nanmedian", dim, x.rank);
  const list = dim === undefined ? x.reshape([-1]) : x;
  const count = list.eq(list).sum(axis, { keepDim: true });
  const found = atRank(list, axis, half(count.sub(1).maximum(0)), keepDim);
  return dim === undefined ? found.values : found;
}

const half = (n: AnyTensor<"i32">): AnyTensor<"i32"> => n.to("f32").div(2).floor().to("i32");

function atRank(
  x: Floats,
  axis: number,
  rank: AnyTensor<"i32">,
  keepDim: boolean,
): Ordered<FloatDType> {
  const { values, indices } = sort(x, axis);
  const at = rank.expand(x.shape.map((size, i) => (i === axis ? 1 : size)));
  const found = { values: values.gather(axis, at), indices: indices.gather(axis, at) };
  if (keepDim) return found;
  return { values: found.values.squeeze(axis), indices: found.indices.squeeze(axis) };
}

/** The most frequent element along the axis `dim`, of several the least, and its last position. */
export function mode<D extends DType = "f32">(
  x: AnyTensor<D>,
  dim = -1,
  { keepDim = false }: Keep = {},
): Ordered<D> {
  const axis = axisOf("mode", dim, x.rank);
  const { values, indices } = sort(x, axis);
  const counts = values
    .unsqueeze(axis + 1)
    .eq(values.unsqueeze(axis))
    .sum(axis + 1);
  const first = counts.argmax(axis, { keepDim: true });
  const last = first.add(counts.gather(axis, first)).sub(1);
  const found = { values: values.gather(axis, last), indices: indices.gather(axis, last) };
  if (keepDim) return found;
  return { values: found.values.squeeze(axis), indices: found.indices.squeeze(axis) };
}

export interface QuantileOptions extends Keep {
  /** What is given between two elements; by default the point on the line between them. */
  readonly interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest";
}

/**
 * The element that stands at the share `q` of the way through the elements in order, along the axis
 * `dim` or among all; a list of shares gives a new first axis. NaN if there is one.
 */
export function quantile<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  q: number | AnyTensor<D>,
  dim?: number,
  options?: QuantileOptions,
): AnyTensor<D>;
export function quantile(
  x: Floats,
  q: number | Floats,
  dim?: number,
  options: QuantileOptions = {},
): Floats {
  const { lines, shares } = linesOf("quantile", x, q, dim);
  const count = full([], lines.shape[lines.rank - 1]!);
  const hasNan = any(isnan(lines), -1, { keepDim: true });
  const found = where(hasNan, Number.NaN, between(lines, shares.mul(count.sub(1)), options));
  return inPlace(found, x, q, dim, options);
}

/** The same among the elements that are not NaN. */
export function nanquantile<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  q: number | AnyTensor<D>,
  dim?: number,
  options?: QuantileOptions,
): AnyTensor<D>;
export function nanquantile(
  x: Floats,
  q: number | Floats,
  dim?: number,
  options: QuantileOptions = {},
): Floats {
  const { lines, shares } = linesOf("nanquantile", x, q, dim);
  const count = lines.eq(lines).to("f32").sum(-1, { keepDim: true });
  const place = shares.mul(count.sub(1).maximum(0));
  return inPlace(between(lines, place, options), x, q, dim, options);
}

/** The elements with the axis last, and the shares as a list. */
function linesOf(f: string, x: Floats, q: number | Floats, dim: number | undefined) {
  const shares = (typeof q === "number" ? full([], q) : q).reshape([-1]);
  if (dim === undefined) return { lines: x.reshape([-1]), shares };
  const axis = axisOf(f, dim, x.rank);
  const order = x.shape.map((_, i) => i).filter((i) => i !== axis);
  return { lines: x.permute([...order, axis]), shares };
}

/** The elements at places between ranks: `place` ends with an axis for the shares. */
function between(
  lines: Floats,
  place: Floats,
  { interpolation = "linear" }: QuantileOptions,
): Floats {
  const { values } = sort(lines, -1);
  const at = (rank: Floats): Floats => {
    const index = rank.to("i32");
    const shares = index.shape[index.rank - 1]!;
    return values.gather(-1, index.expand([...lines.shape.slice(0, -1), shares]));
  };
  switch (interpolation) {
    case "lower":
      return at(place.floor());
    case "higher":
      return at(place.ceil());
    case "nearest":
      return at(place.round());
    case "midpoint":
      return at(place.floor()).add(at(place.ceil())).div(2);
    case "linear": {
      const low = at(place.floor());
      const high = at(place.ceil());
      return low.add(high.sub(low).mul(place.sub(place.floor())));
    }
  }
}

/** The axis of the shares first, or left out, and the axis that was reduced as asked for. */
function inPlace(
  found: Floats,
  x: Floats,
  q: number | Floats,
  dim: number | undefined,
  { keepDim = false }: QuantileOptions,
): Floats {
  const last = found.rank - 1;
  const others = found.shape.map((_, i) => i).filter((i) => i < last);
  const turned = found.permute([last, ...others]);
  const kept = keepDim ? withAxes(turned, x, dim) : turned;
  return typeof q === "number" || q.rank === 0 ? kept.squeeze(0) : kept;
}

function withAxes(turned: Floats, x: Floats, dim: number | undefined): Floats {
  if (dim !== undefined) return turned.unsqueeze(axisOf("quantile", dim, x.rank) + 1);
  return turned.reshape([turned.shape[0], ...x.shape.map(() => 1)]);
}
