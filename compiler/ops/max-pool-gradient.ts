/** The gradient of max-pooling, made of slices: one pass over the places for each element of the window. */

import type { Dim } from "./dim.ts";
import type { GradientMath } from "./gradient-math.ts";
import type { PoolAttrs } from "./pool.ts";

/**
 * For each element of the window, in order: where it equals the greatest (or both are NaN) and no
 * earlier one did, the place's cotangent belongs to it. Those cotangents are put back where the element
 * was read and added up. Padding is −∞ and marked, so that it takes nothing where all is −∞.
 */
export function maxPoolGradient<V>(
  m: GradientMath<V>,
  x: V,
  y: V,
  g: V,
  { kernel, stride, padding, dilation }: PoolAttrs,
): V {
  const shape = m.shapeOf(x);
  const leading = shape.length - kernel.length;
  const isPadded = padding.some((p) => p > 0);
  const widths = shape.map((_, i): readonly [number, number] => {
    const p = padding[i - leading] ?? 0;
    return [p, p];
  });
  const source = isPadded ? m.pad(x, widths, Number.NEGATIVE_INFINITY) : x;
  const isInside = isPadded
    ? m.pad(m.full(shape.slice(leading), 1, "bool"), widths.slice(leading))
    : undefined;
  const steps = shape.map((_, i) => stride[i - leading] ?? 1);
  const places = m.shapeOf(y);
  const yIsNaN = m.ne(y, y);

  let isOpen: V | undefined;
  let sum: V | undefined;
  for (const element of elementsOf(kernel)) {
    const start = shape.map((_, i) =>
      i < leading ? 0 : element[i - leading]! * dilation[i - leading]!,
    );
    const read = (from: V, axis: number): V =>
      m.slice(from, start.slice(axis), places.slice(axis), steps.slice(axis));
    const value = read(source, 0);
    let isTaken = m.or(m.eq(value, y), m.and(m.ne(value, value), yIsNaN));
    if (isInside !== undefined) isTaken = m.and(isTaken, read(isInside, leading));
    if (isOpen !== undefined) isTaken = m.and(isTaken, isOpen);
    isOpen = isOpen === undefined ? m.not(isTaken) : m.and(isOpen, m.not(isTaken));
    const part = m.unslice(m.where(isTaken, g, 0), start, steps, m.shapeOf(source));
    sum = sum === undefined ? part : m.add(sum, part);
  }
  return isPadded ? withoutFrame(m, sum!, widths, shape) : sum!;
}

const withoutFrame = <V>(
  m: GradientMath<V>,
  x: V,
  widths: readonly (readonly [number, number])[],
  shape: readonly Dim[],
): V =>
  m.slice(
    x,
    widths.map(([before]) => before),
    shape,
    shape.map(() => 1),
  );

/** Positions in a window, row-major. */
function elementsOf(kernel: readonly number[]): readonly (readonly number[])[] {
  let positions: readonly (readonly number[])[] = [[]];
  for (const size of kernel) {
    positions = positions.flatMap((p) => Array.from({ length: size }, (_, i) => [...p, i]));
  }
  return positions;
}
