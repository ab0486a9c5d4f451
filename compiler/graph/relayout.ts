/** Rearranges the elements of a constant from row-major order into a layout. */

import type { TensorData } from "./ir.ts";
import { extents, type Layout } from "./layout.ts";

/** The elements of a row-major tensor as they lie in `layout`; what fills up blocks is 0. */
export function relayout(data: TensorData, shape: readonly number[], layout: Layout): TensorData {
  const sizes = extents(layout, shape).map(Number);
  const total = sizes.reduce((n, d) => n * d, 1);
  const moved = emptyLike(data, total);
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((n, d) => n * d, 1));
  const at = sizes.map(() => 0);
  for (let i = 0; i < total; i++) {
    const from = sourceOf(at, shape, steps, layout);
    if (from !== undefined) moved[i] = data[from]!;
    for (let p = sizes.length - 1; p >= 0 && ++at[p]! === sizes[p]; p--) at[p] = 0;
  }
  return moved;
}

/** The row-major place of the element at a physical position; undefined where it only fills up. */
function sourceOf(
  at: readonly number[],
  shape: readonly number[],
  steps: readonly number[],
  layout: Layout,
): number | undefined {
  const index = shape.map(() => 0);
  layout.forEach((p, i) => {
    index[p.axis]! += at[i]! * (p.part === "outer" ? p.size : 1);
  });
  let from = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    if (index[axis]! >= shape[axis]!) return undefined;
    from += index[axis]! * steps[axis]!;
  }
  return from;
}

function emptyLike(data: TensorData, length: number): TensorData {
  if (data instanceof Float32Array) return new Float32Array(length);
  if (data instanceof Float64Array) return new Float64Array(length);
  if (data instanceof Int32Array) return new Int32Array(length);
  return data instanceof Int8Array ? new Int8Array(length) : new Uint8Array(length);
}
