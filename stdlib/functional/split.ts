/** Tensors taken apart along an axis. */

import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";
import { whenKnown } from "../../runtime/eager/when-known.ts";
import { axisOf } from "./axis.ts";

/** As many tensors as a literal list has entries. */
export type SplitOf<L extends readonly number[], D extends DType> = {
  readonly [K in keyof L]: AnyTensor<D>;
};
interface Tuples<T> {
  readonly 1: readonly [T];
  readonly 2: readonly [T, T];
  readonly 3: readonly [T, T, T];
  readonly 4: readonly [T, T, T, T];
  readonly 5: readonly [T, T, T, T, T];
  readonly 6: readonly [T, T, T, T, T, T];
  readonly 7: readonly [T, T, T, T, T, T, T];
  readonly 8: readonly [T, T, T, T, T, T, T, T];
}
/** A tuple of as many tensors as a small literal says, or a list. */
export type ChunksOf<N extends number, D extends DType> = N extends keyof Tuples<AnyTensor<D>>
  ? Tuples<AnyTensor<D>>[N]
  : readonly AnyTensor<D>[];

/**
 * Parts along the axis `dim`: of the sizes listed, or all of one size, of which the last may be smaller.
 */
export function split<D extends DType, const L extends readonly number[]>(
  x: AnyTensor<D>,
  sizes: L,
  dim?: number,
): SplitOf<L, D>;
export function split<D extends DType>(
  x: AnyTensor<D>,
  size: number,
  dim?: number,
): readonly AnyTensor<D>[];
export function split(
  x: AnyTensor,
  sizes: number | readonly number[],
  dim = 0,
): readonly AnyTensor[] {
  const axis = axisOf("split", dim, x.rank);
  const total = x.shape[axis]!;
  if (typeof sizes === "number") return parts(x, axis, sizes);
  let start = 0;
  const found = sizes.map((size) => {
    const part = x.narrow(axis, start, size);
    start += size;
    return part;
  });
  demand(start === total, `split: the sizes add up to ${start}, not to ${total}`);
  return found;
}

/** Parts of one size, of which the last may be smaller. */
function parts(x: AnyTensor, axis: number, size: number): readonly AnyTensor[] {
  if (!Number.isInteger(size) || size < 1) return refuse("argument", `split: ${size} is no size`);
  const total = x.shape[axis]!;
  const found = [x.narrow(axis, 0, Math.min(size, total))];
  for (let start = size; start < total; start += size) {
    found.push(x.narrow(axis, start, Math.min(size, total - start)));
  }
  return found;
}

/** At most `count` parts along the axis `dim`, all but the last of one size, as PyTorch cuts them. */
export function chunk<D extends DType, const N extends number>(
  x: AnyTensor<D>,
  count: N,
  dim?: number,
): ChunksOf<N, D>;
export function chunk(x: AnyTensor, count: number, dim = 0): readonly AnyTensor[] {
  const axis = axisOf("chunk", dim, x.rank);
  if (!Number.isInteger(count) || count < 1) {
    return refuse("argument", `chunk: there are no ${count} parts`);
  }
  const total = x.shape[axis]!;
  const size = Math.ceil(total / count);
  if (whenKnown(total) === "compiling") return parts(x, axis, Math.max(1, size));
  demand(size * count === total, `chunk: ${total} positions do not divide into ${count} parts`);
  return Array.from({ length: count }, (_, i) => x.narrow(axis, i * size, size));
}

/** `count` parts along the axis `dim`, of which the first ones may be larger by 1. */
export function tensorSplit<D extends DType>(
  x: AnyTensor<D>,
  count: number | readonly number[],
  dim = 0,
): readonly AnyTensor<D>[] {
  const axis = axisOf("tensorSplit", dim, x.rank);
  const total = x.shape[axis]!;
  const cuts = typeof count === "number" ? evenCuts(total, count) : count;
  const ends = [...cuts, total];
  let start = 0;
  return ends.map((cut) => {
    const end = Math.min(Math.max(cut < 0 ? cut + total : cut, 0), total);
    const part = x.narrow(axis, start, Math.max(0, end - start));
    start = end;
    return part;
  });
}

/** Where `total` positions are cut into `count` parts: larger ones first. */
function evenCuts(total: number, count: number): readonly number[] {
  const size = Math.floor(total / count);
  const larger = total - size * count;
  return Array.from({ length: count - 1 }, (_, i) => (i + 1) * size + Math.min(i + 1, larger));
}

/** The slices along the axis `dim`, which they lack. */
export function unbind<D extends DType>(x: AnyTensor<D>, dim = 0): readonly AnyTensor<D>[] {
  const axis = axisOf("unbind", dim, x.rank);
  return Array.from({ length: x.shape[axis]! }, (_, i) => x.narrow(axis, i, 1).squeeze(axis));
}

/** Parts along the second axis (of a list: the first): as many as `count` says, or cut at the positions. */
export function hsplit<D extends DType>(
  x: AnyTensor<D>,
  count: number | readonly number[],
): readonly AnyTensor<D>[] {
  if (x.rank === 0) return refuse("shape", "hsplit: a rank-0 tensor has no axis");
  return tensorSplit(x, evenly("hsplit", x, count, x.rank === 1 ? 0 : 1), x.rank === 1 ? 0 : 1);
}

/** Parts along the first axis of a matrix. */
export function vsplit<D extends DType>(
  x: AnyTensor<D>,
  count: number | readonly number[],
): readonly AnyTensor<D>[] {
  if (x.rank < 2) return refuse("shape", `vsplit: a tensor of rank ${x.rank} has no rows`);
  return tensorSplit(x, evenly("vsplit", x, count, 0), 0);
}

/** Parts along the third axis. */
export function dsplit<D extends DType>(
  x: AnyTensor<D>,
  count: number | readonly number[],
): readonly AnyTensor<D>[] {
  if (x.rank < 3) return refuse("shape", `dsplit: a tensor of rank ${x.rank} has no third axis`);
  return tensorSplit(x, evenly("dsplit", x, count, 2), 2);
}

/** A count must leave nothing over. */
function evenly(
  f: string,
  x: AnyTensor,
  count: number | readonly number[],
  axis: number,
): number | readonly number[] {
  if (typeof count !== "number") return count;
  const size = x.shape[axis]!;
  demand(size % count === 0, `${f}: axis ${axis} of size ${size} has no ${count} equal parts`);
  return count;
}
