/** Places in sorted lists, and counts of what lies between bounds. */

import { arange, full, where } from "../../runtime/eager/primitives.ts";
import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";

type Floats = AnyTensor<FloatDType>;

export interface SearchOptions {
  /** Whether equal elements count as less: places after them instead of before. */
  readonly right?: boolean;
}

/**
 * Where each of `values` would stand in the sorted last axis of `sorted`: how many of its elements are
 * less. The other axes are the same, unless `sorted` is a list.
 */
export function searchsorted<D extends FloatDType = "f32">(
  sorted: AnyTensor<D>,
  values: AnyTensor<D>,
  options?: SearchOptions,
): AnyTensor<"i32">;
export function searchsorted(
  sorted: Floats,
  values: Floats,
  { right = false }: SearchOptions = {},
): AnyTensor<"i32"> {
  if (sorted.rank === 0) refuse("shape", "searchsorted: a single value is no sorted list");
  const each = values.unsqueeze(-1);
  const list = sorted.rank === 1 ? sorted : sorted.unsqueeze(-2);
  const isBefore = right ? each.ge(list) : each.gt(list);
  // NaN stands after all others.
  return isBefore.logicalOr(each.ne(each)).sum(-1);
}

/** The number of the interval between sorted `boundaries` in which each element of `x` lies. */
export function bucketize<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  boundaries: AnyTensor<D>,
  options?: SearchOptions,
): AnyTensor<"i32">;
export function bucketize(
  x: Floats,
  boundaries: Floats,
  { right = false }: SearchOptions = {},
): AnyTensor<"i32"> {
  if (boundaries.rank !== 1) refuse("shape", "bucketize: boundaries are a list");
  return searchsorted(boundaries, x, { right });
}

export interface HistcOptions {
  /** The bounds of all bins; where both are the same, the least and the greatest element. */
  readonly min?: number;
  readonly max?: number;
}

/** How many elements lie in each of `bins` intervals of one length; others are not counted. */
export function histc<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  bins?: number,
  options?: HistcOptions,
): AnyTensor<D>;
export function histc(x: Floats, bins = 100, { min = 0, max = 0 }: HistcOptions = {}): Floats {
  const list = x.reshape([-1]);
  const isGiven = min !== max;
  const least = isGiven ? full([], min) : list.min();
  const greatest = isGiven ? full([], max) : list.max();
  return countInBins(list, edgesOf(least, greatest, bins), undefined);
}

/** `count + 1` edges from `least` to `greatest`, half a unit apart from these where they are equal. */
function edgesOf(least: Floats, greatest: Floats, count: number): Floats {
  demand(count > 0, "histc: there must be a bin");
  const isPoint = least.eq(greatest);
  const from = where(isPoint, least.sub(0.5), least);
  const to = where(isPoint, greatest.add(0.5), greatest);
  const step = to.sub(from).div(count);
  const places = arange(count + 1);
  // Each half is counted from its own end, so that both ends are exact.
  const up = from.add(step.mul(places));
  const down = to.sub(step.mul(places.neg().add(count)));
  return where(places.mul(2).lt(count + 1), up, down);
}

function countInBins(list: Floats, edges: Floats, weights: Floats | undefined): Floats {
  const bins = edges.shape[0] - 1;
  const place = searchsorted(edges, list, { right: true }).sub(1);
  // The last bin has both its edges.
  const isLast = list.eq(edges.narrow(0, bins, 1));
  const bin = where(isLast, bins - 1, place).unsqueeze(-1);
  const isIn = bin.eq(arange(bins)).to("f32");
  return (weights === undefined ? isIn : isIn.mul(weights.reshape([-1, 1]))).sum(0);
}

export interface HistogramOptions<D extends FloatDType = "f32"> {
  /** The least and the greatest edge; by default of the elements. */
  readonly range?: readonly [number, number];
  /** How much each element counts. */
  readonly weight?: AnyTensor<D>;
  /** Whether the result is a density, whose integral is 1. */
  readonly density?: boolean;
}

/** How many elements lie in each bin; a number of bins of one length, or their edges. */
export function histogram<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  bins: number | AnyTensor<D>,
  options?: HistogramOptions<D>,
): { readonly counts: AnyTensor<D>; readonly edges: AnyTensor<D> };
export function histogram(
  x: Floats,
  bins: number | Floats,
  { range, weight, density = false }: HistogramOptions<FloatDType> = {},
): { readonly counts: Floats; readonly edges: Floats } {
  const list = x.reshape([-1]);
  const least = range === undefined ? list.min() : full([], range[0]);
  const greatest = range === undefined ? list.max() : full([], range[1]);
  const edges = typeof bins === "number" ? edgesOf(least, greatest, bins) : bins;
  const counts = countInBins(list, edges, weight);
  if (!density) return { counts, edges };
  const last = edges.shape[0] - 1;
  const widths = edges.narrow(0, 1, last).sub(edges.narrow(0, 0, last));
  return { counts: counts.div(counts.sum()).div(widths), edges };
}
