/** Orders of elements, and elements added at positions. */

import type { ScatterLowering, SortLowering } from "../../../compiler/ops/lowering.ts";
import { type Affine, fixed } from "../../../compiler/ops/lowering.ts";
import type { Kernels } from "../kernels.ts";
import { placeOf } from "../plans/axes.ts";
import { IndexOutOfRange } from "../plans/index-plan.ts";
import { known, type Plan } from "../plans/plan.ts";
import { denseStrides, lengthOf, type Strided } from "../strided.ts";
import { locate, placesIn, placesOf } from "./places.ts";

/** NaN is the greatest; −0 equals +0. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return Number(a > b) - Number(a < b);
}

export function planSort(k: Kernels, { axis, descending }: SortLowering): Plan {
  return ([operand], out) => {
    const x = locate(k, operand!);
    const to = locate(k, out);
    const places = placesIn(x);
    const length = out.shape[axis]!;
    const lag = lengthOf(out.shape.slice(axis + 1));
    const sign = descending ? -1 : 1;
    for (let first = 0; first < places.length; first += length * lag) {
      for (let column = first; column < first + lag; column++) {
        const valueAt = (i: number): number => x.data[places[column + i * lag]!]!;
        // JavaScript's sort keeps the order of equals.
        const order = Array.from({ length }, (_, i) => i);
        order.sort((i, j) => sign * compare(valueAt(i), valueAt(j)));
        for (const [n, i] of order.entries()) to.data[to.first + column + n * lag] = i;
      }
    }
  };
}

/** A copy of the first operand, to which elements are added one after another. */
export function planScatterAdd(
  k: Kernels,
  lower: (operands: readonly Strided[], out: Strided) => ScatterLowering,
): Plan {
  return (operands, out) => {
    const { extents, data, index, source } = lower(operands, out);
    const [x, at, from] = operands.map((v) => locate(k, v));
    const to = locate(k, out);
    for (const [i, place] of placesIn(x!).entries()) to.data[to.first + i] = x!.data[place]!;
    const box = extents.map(known);
    const indexed = data.indexOf("index");
    const strides = denseStrides(out.shape);
    const own = data.map((d): Affine => (d === "index" ? fixed(0) : d));
    const placesBy = (position: readonly Affine[], by: readonly number[], first: number) => {
      const { by: steps, start } = placeOf(position, by, box.length);
      return placesOf(box, steps, start + first);
    };
    const targets = placesBy(own, strides, to.first);
    const positions = placesBy(index, at!.strides, at!.first);
    const sources = placesBy(source, from!.strides, from!.first);
    const size = out.shape[indexed]!;
    for (let i = 0; i < targets.length; i++) {
      const given = at!.data[positions[i]!]!;
      const position = given < 0 ? given + size : given;
      if (position < 0 || position >= size) throw new IndexOutOfRange(given, size);
      const place = targets[i]! + position * strides[indexed]!;
      to.data[place] = to.data[place]! + from!.data[sources[i]!]!;
    }
  };
}
