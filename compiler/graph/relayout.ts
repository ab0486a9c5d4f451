/** Rearranges the elements of a constant from row-major order into a layout. */

import type { TensorData } from "./ir.ts";
import { extents, type Layout } from "./layout.ts";

/** The elements of a row-major tensor as they lie in `layout`; what fills up blocks is 0. */
export function relayout(data: TensorData, shape: readonly number[], layout: Layout): TensorData {
  const sizes = extents(layout, shape).map(Number);
  const moved = emptyLike(
    data,
    sizes.reduce((n, d) => n * d, 1),
  );
  if (layout.length === 0) moved.set(data);
  else new Mover(data, moved, axesOf(layout, shape, sizes), shape).move(0, 0, 0);
  return moved;
}

/** One physical dimension: a step along it goes so far in the axis, and in both arrays of elements. */
interface MovedAxis {
  readonly axis: number;
  readonly size: number;
  readonly along: number;
  readonly from: number;
  readonly to: number;
}

function axesOf(
  layout: Layout,
  shape: readonly number[],
  sizes: readonly number[],
): readonly MovedAxis[] {
  const after = (list: readonly number[], i: number): number =>
    list.slice(i + 1).reduce((n, d) => n * d, 1);
  return layout.map((p, i) => {
    const along = p.part === "outer" ? p.size : 1;
    const from = along * after(shape, p.axis);
    return { axis: p.axis, size: sizes[i]!, along, from, to: after(sizes, i) };
  });
}

class Mover {
  readonly #data: TensorData;
  readonly #moved: TensorData;
  readonly #axes: readonly MovedAxis[];
  readonly #shape: readonly number[];
  /** Where each axis has come to: its block and the place in it. */
  readonly #index: number[];

  constructor(
    data: TensorData,
    moved: TensorData,
    axes: readonly MovedAxis[],
    shape: readonly number[],
  ) {
    this.#data = data;
    this.#moved = moved;
    this.#axes = axes;
    this.#shape = shape;
    this.#index = shape.map(() => 0);
  }

  /** Moves what lies in the physical dimensions from `depth` on; what is beyond an axis's end stays 0. */
  move(depth: number, from: number, to: number): void {
    const { axis, size, along, from: fromStep, to: toStep } = this.#axes[depth]!;
    const left = this.#shape[axis]! - this.#index[axis]!;
    const count = Math.min(size, Math.ceil(left / along));
    if (depth === this.#axes.length - 1) {
      const [data, moved] = [this.#data, this.#moved];
      for (let i = 0; i < count; i++) moved[to + i] = data[from + i * fromStep]!;
      return;
    }
    for (let i = 0; i < count; i++) {
      this.move(depth + 1, from + i * fromStep, to + i * toStep);
      this.#index[axis]! += along;
    }
    this.#index[axis]! -= count * along;
  }
}

function emptyLike(data: TensorData, length: number): TensorData {
  if (data instanceof Float32Array) return new Float32Array(length);
  if (data instanceof Float64Array) return new Float64Array(length);
  if (data instanceof Int32Array) return new Int32Array(length);
  return data instanceof Int8Array ? new Int8Array(length) : new Uint8Array(length);
}
