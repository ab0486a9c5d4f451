/** Where elements lie: the places of a box of positions, in row-major order. */

import { type Elements, elementsIn } from "../elements.ts";
import type { Kernels } from "../kernels.ts";
import { denseStrides, type Strided } from "../strided.ts";

/** A tensor's elements in the kernels' memory: `data[first + place]`. */
export interface Located {
  readonly data: Elements;
  readonly first: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

export const locate = (k: Kernels, x: Strided): Located => ({
  ...elementsIn(k.u8, x),
  shape: x.shape,
  strides: x.strides,
});

/** For each position of a box of `extents`, what its steps of `by` add up to, from `start` on. */
export function placesOf(
  extents: readonly number[],
  by: readonly number[],
  start: number,
): Int32Array {
  let places = Int32Array.of(start);
  for (const [axis, extent] of extents.entries()) {
    const step = by[axis]!;
    const next = new Int32Array(places.length * extent);
    for (let i = 0, n = 0; i < places.length; i++) {
      for (let j = 0; j < extent; j++) next[n++] = places[i]! + j * step;
    }
    places = next;
  }
  return places;
}

/** The places of all elements. */
export const placesIn = ({ shape, strides, first }: Located): Int32Array =>
  placesOf(shape, strides, first);

/** Strides of an operand that broadcasts to `shape`. */
export function broadcastStrides({ shape, strides }: Located, to: readonly number[]): number[] {
  const leading = to.length - shape.length;
  return to.map((_, axis) => {
    const own = axis - leading;
    return own < 0 || shape[own] === 1 ? 0 : strides[own]!;
  });
}

export const isDenseIn = (x: Located, to: readonly number[]): boolean => {
  const dense = denseStrides(to);
  return broadcastStrides(x, to).every((s, axis) => s === dense[axis] || to[axis] === 1);
};
