/** Owns `with`: a new tensor with other elements in place of those that `at` gives. */

import { arange, cat, full, where } from "../../runtime/eager/primitives.ts";
import { demand, refuse } from "../../runtime/eager/refuse.ts";
import { asSize } from "../../runtime/eager/run-sizes.ts";
import type { AnyTensor, DType, Operand } from "../../runtime/eager/tensor-types.ts";
import { whenKnown } from "../../runtime/eager/when-known.ts";
import { at } from "./at.ts";
import { type AxisIndex, type Index, isMask, placeIndices, type Range } from "./index-text.ts";

/**
 * A new tensor with `value`, a number or a tensor that broadcasts, in place of the elements that `at` gives
 * for the same index. A bool tensor as the only index replaces where it is true. Of several values
 * for one element, the last one stays.
 */
export function withAt<D extends DType = "f32">(
  x: AnyTensor<D>,
  index: Index | readonly Index[],
  value: Operand<D>,
): AnyTensor<D> {
  const parts = Array.isArray(index) ? index : [index];
  const only = parts[0];
  if (parts.length === 1 && isMask(only)) return where(overTrailing(x, only), value, x);
  if (typeof value !== "number" && value.dtype !== x.dtype) {
    return refuse("dtype", `with: x is ${x.dtype} and value ${value.dtype}; convert one with to()`);
  }
  const places = placeIndices("with", parts, x.shape);
  return places.every(isBlock) ? replaced(x, places, value) : scattered(x, parts, value);
}

/** A mask of the first axes, for all positions of the others. */
function overTrailing(x: AnyTensor, mask: AnyTensor<"bool">): AnyTensor<"bool"> {
  const after = x.shape.slice(mask.rank).map(() => 1);
  return mask.reshape([...mask.shape, ...after]);
}

const isBlock = (part: AxisIndex): boolean =>
  part.kind === "range" ? part.range.step === 1 : part.kind !== "many";

/** Any index: the values are put where `at` finds the elements' numbers. */
function scattered<D extends DType>(
  x: AnyTensor<D>,
  parts: readonly Index[],
  value: Operand<D>,
): AnyTensor<D> {
  const places = at(arange(x.length).reshape(x.shape), ...parts);
  const values = typeof value === "number" ? value : value.expand(places.shape).reshape([-1]);
  return x
    .reshape([-1])
    .scatter(0, places.reshape([-1]), values)
    .reshape(x.shape);
}

/** What is replaced of an axis; `place` is a position that is known only when running. */
interface Region {
  readonly start: number;
  readonly length: number;
  readonly place: number | undefined;
}

/** Ranges and single positions: a block of the tensor. */
function replaced<D extends DType>(
  x: AnyTensor<D>,
  parts: readonly AxisIndex[],
  value: Operand<D>,
): AnyTensor<D> {
  const regions: Region[] = [];
  const given: number[] = [];
  for (const part of parts) {
    if (part.kind === "new") given.push(1);
    else {
      const size = x.shape[regions.length]!;
      const region = part.kind === "one" ? ofOne(part.at, size) : ofRange(part, size);
      regions.push(region);
      if (part.kind === "range") given.push(region.length);
    }
  }
  // A position that is not known yet is one of its axis, which the value is repeated along.
  const sizes = regions.map((r) => (r.place === undefined ? r.length : 1));
  const values = typeof value === "number" ? value : value.expand(given).reshape(sizes);
  return put(x, 0, regions, values);
}

function ofOne(at: number, size: number): Region {
  if (whenKnown(at) !== "running")
    return { start: at < 0 ? size + at : at, length: 1, place: undefined };
  demand(at >= -size && at < size, `with: position ${at} is outside an axis of ${size}`);
  return { start: 0, length: size, place: at < 0 ? at + size : at };
}

function ofRange(part: AxisIndex, size: number): Region {
  const { start, stop } = part.kind === "range" ? part.range : { start: null, stop: null };
  const first = boundOf(start, size, 0);
  const end = boundOf(stop, size, size);
  const length = end - first;
  if (whenKnown(length) === "compiling, as a size" && whenKnown(first) !== "running") {
    return { start: first, length, place: undefined };
  }
  return { start: asSize(first), length: asSize(Math.max(0, length)), place: undefined };
}

/** A bound of a range, counted from the start; one outside is moved inside where sizes are known. */
function boundOf(bound: Range["start"], size: number, otherwise: number): number {
  if (bound === null) return otherwise;
  const place = bound < 0 ? size + bound : bound;
  const isSymbolic = whenKnown(size) !== "compiling" && whenKnown(place) !== "running";
  return isSymbolic ? place : Math.min(Math.max(place, 0), size);
}

/** Axis by axis, what stands before the block, the block, and what stands behind it. */
function put<D extends DType>(
  x: AnyTensor<D>,
  axis: number,
  regions: readonly Region[],
  value: Operand<D>,
): AnyTensor<D> {
  const region = regions[axis];
  if (region === undefined) return filled(x, regions, value);
  const { start, length } = region;
  const size = x.shape[axis]!;
  const rest = size - start - length;
  if (isZero(start) && isZero(rest)) return put(x, axis + 1, regions, value);
  const parts = [put(x.narrow(axis, start, length), axis + 1, regions, value)];
  if (!isZero(start)) parts.unshift(x.narrow(axis, 0, start));
  if (!isZero(rest)) parts.push(x.narrow(axis, start + length, rest));
  return cat(parts, axis);
}

const isZero = (n: number): boolean => whenKnown(n) === "compiling" && n === 0;

/** The block with its new elements. */
function filled<D extends DType>(
  x: AnyTensor<D>,
  regions: readonly Region[],
  value: Operand<D>,
): AnyTensor<D> {
  let chosen: AnyTensor<"bool"> | undefined;
  for (let axis = 0; axis < regions.length; axis++) {
    const { place } = regions[axis]!;
    if (place !== undefined) {
      const after = x.shape.slice(axis + 1).map(() => 1);
      const isPlace = arange(x.shape[axis]!)
        .eq(place)
        .reshape([x.shape[axis]!, ...after]);
      chosen = chosen === undefined ? isPlace : chosen.logicalAnd(isPlace);
    }
  }
  if (chosen !== undefined) return where(chosen, value, x);
  return typeof value === "number" ? where(full([], true), value, x) : value.expand(x.shape);
}
