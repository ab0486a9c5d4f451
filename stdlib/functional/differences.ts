/** Differences and sums of neighbours: derivatives and integrals of samples. */

import { cat, full } from "../../runtime/eager/primitives.ts";
import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, Axes, DType, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { axesOf, axisOf } from "./axis.ts";

type Floats = AnyTensor<FloatDType>;

export interface DiffOptions<D extends DType> {
  /** What stands before the first and after the last element. */
  readonly prepend?: AnyTensor<D>;
  readonly append?: AnyTensor<D>;
}

/** Each element less the one before it along the axis `dim`, `n` times, each of which shortens it. */
export function diff<D extends DType = "f32">(
  x: AnyTensor<D>,
  n = 1,
  dim = -1,
  { prepend, append }: DiffOptions<D> = {},
): AnyTensor<D> {
  const axis = axisOf("diff", dim, x.rank);
  const before = prepend === undefined ? x : cat([prepend, x], axis);
  let result = append === undefined ? before : cat([before, append], axis);
  for (let i = 0; i < n; i++) {
    result = lessPrevious(result, axis, result.shape[axis]!);
  }
  return result;
}

function lessPrevious<D extends DType>(x: AnyTensor<D>, axis: number, count: number): AnyTensor<D> {
  const [later, earlier] = [x.narrow(axis, 1, count - 1), x.narrow(axis, 0, count - 1)];
  return x.dtype === "bool" ? later.ne(earlier).to(x.dtype) : later.sub(earlier).to(x.dtype);
}

/**
 * The areas between neighbours along the axis `dim`. `x` has the places of the elements, or is the
 * distance of neighbours.
 */
function areas(f: string, y: Floats, x: Floats | number, dim: number): Floats {
  const axis = axisOf(f, dim, y.rank);
  const count = y.shape[axis]!;
  const both = y.narrow(axis, 0, count - 1).add(y.narrow(axis, 1, count - 1));
  if (typeof x === "number") return both.mul(x).div(2);
  if (x.rank > 1) return both.mul(diff(x, 1, axis - y.rank)).div(2);
  return both.mul(diff(x, 1, 0).reshape(sizesAlong(count - 1, axis, y.rank))).div(2);
}

/** The shape of a list of `length` along an axis. */
const sizesAlong = (length: number, axis: number, rank: number): readonly number[] =>
  Array.from({ length: rank }, (_, i) => (i === axis ? length : 1));

/** The integral along the axis `dim` by the trapezoidal rule. */
export function trapezoid<D extends FloatDType = "f32">(
  y: AnyTensor<D>,
  x?: AnyTensor<D> | number,
  dim?: number,
): AnyTensor<D>;
export function trapezoid(y: Floats, x: Floats | number = 1, dim = -1): Floats {
  return areas("trapezoid", y, x, dim).sum(dim);
}

/** The integral up to each place along the axis `dim`; one shorter. */
export function cumulativeTrapezoid<D extends FloatDType = "f32">(
  y: AnyTensor<D>,
  x?: AnyTensor<D> | number,
  dim?: number,
): AnyTensor<D>;
export function cumulativeTrapezoid(y: Floats, x: Floats | number = 1, dim = -1): Floats {
  return areas("cumulativeTrapezoid", y, x, dim).cumsum(dim);
}

export interface GradientOptions {
  /** The distance of neighbours, or their places, for all axes or each; 1 by default. */
  readonly spacing?: number | readonly (number | Floats)[];
  readonly dim?: Axes;
  /** 1 (the default) takes the ends' differences with their neighbours; 2 also the next ones. */
  readonly edgeOrder?: 1 | 2;
}

/** The derivative along each of the axes: differences of the neighbours on both sides. */
export function gradient<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: GradientOptions,
): readonly AnyTensor<D>[];
export function gradient(
  x: Floats,
  { spacing = 1, dim, edgeOrder = 1 }: GradientOptions = {},
): readonly Floats[] {
  const axes = axesOf("gradient", dim, x.rank);
  if (typeof spacing !== "number" && spacing.length !== axes.length) {
    refuse("argument", `gradient: ${spacing.length} spacings for ${axes.length} axes`);
  }
  return axes.map((axis, i) =>
    derivative(x, axis, typeof spacing === "number" ? spacing : spacing[i]!, edgeOrder),
  );
}

/**
 * Parabolas through three neighbours: `h` and `k` are the distances of the middle one from the others,
 * and what is taken from each is exact for them.
 */
function derivative(x: Floats, axis: number, spacing: number | Floats, edgeOrder: 1 | 2): Floats {
  const count = x.shape[axis]!;
  demand(count > edgeOrder, `gradient: ${count} elements are too few`);
  const all = typeof spacing === "number" ? full([count - 1], spacing) : diff(spacing, 1, 0);
  const step = (from: number, length: number): Floats =>
    all.narrow(0, from, length).reshape(sizesAlong(length, axis, x.rank));
  const part = (from: number, length: number): Floats => x.narrow(axis, from, length);
  const slopes = part(1, count - 1)
    .sub(part(0, count - 1))
    .div(step(0, count - 1));
  const first = slopes.narrow(axis, 0, 1);
  const last = slopes.narrow(axis, count - 2, 1);
  if (count === 2) return cat([first, last], axis);
  const [h, k] = [step(0, count - 2), step(1, count - 2)];
  const [before, after] = [slopes.narrow(axis, 0, count - 2), slopes.narrow(axis, 1, count - 2)];
  const bends = after.sub(before).div(h.add(k));
  const middle = before.add(bends.mul(h));
  if (edgeOrder === 1) return cat([first, middle, last], axis);
  const start = first.sub(bends.narrow(axis, 0, 1).mul(step(0, 1)));
  const end = last.add(bends.narrow(axis, count - 3, 1).mul(step(count - 2, 1)));
  return cat([start, middle, end], axis);
}
