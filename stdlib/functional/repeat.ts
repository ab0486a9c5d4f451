/** Elements repeated, and put in another order along axes. */

import { arange, cat, where } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, Axes, DType } from "../../runtime/eager/tensor-types.ts";
import { whenKnown } from "../../runtime/eager/when-known.ts";
import { axesOf, axisOf } from "./axis.ts";

/** The tensor `counts[i]` times along axis i; more counts than axes add axes at the front. */
export function repeat<D extends DType>(x: AnyTensor<D>, counts: readonly number[]): AnyTensor<D> {
  const added = counts.length - x.rank;
  if (added < 0) {
    return refuse("argument", `repeat: ${counts.length} counts for a tensor of rank ${x.rank}`);
  }
  const before: number[] = [];
  const wide: number[] = [];
  const after: number[] = [];
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    const size = i < added ? 1 : x.shape[i - added]!;
    if (count !== 1) {
      before.push(1);
      wide.push(count);
    }
    before.push(size);
    wide.push(size);
    after.push(count * size);
  }
  return x.reshape(before).expand(wide).reshape(after);
}

/** `repeat`, where fewer counts than axes are for the last axes. */
export function tile<D extends DType>(x: AnyTensor<D>, counts: readonly number[]): AnyTensor<D> {
  const missing = Array.from({ length: Math.max(0, x.rank - counts.length) }, () => 1);
  return repeat(x, [...missing, ...counts]);
}

/** Each slice along the axis `dim` `count` times, one copy after the other; all elements without an axis. */
export function repeatInterleave<D extends DType>(
  x: AnyTensor<D>,
  count: number,
  dim?: number,
): AnyTensor<D> {
  if (dim === undefined) return repeatInterleave(x.reshape([-1]), count, 0);
  const axis = axisOf("repeatInterleave", dim, x.rank);
  if (whenKnown(count) === "compiling" && !(Number.isInteger(count) && count >= 0)) {
    return refuse("argument", `repeatInterleave: no element is repeated ${count} times`);
  }
  const [before, after] = [x.shape.slice(0, axis + 1), x.shape.slice(axis + 1)];
  const wide = x.unsqueeze(axis + 1).expand([...before, count, ...after]);
  return wide.flatten(axis, axis + 1);
}

/** Moved by `shift` along the axis `dim`, what falls off coming in at the other end. */
export function roll<D extends DType>(x: AnyTensor<D>, shift: Axes, dim?: Axes): AnyTensor<D> {
  if (dim === undefined) return roll(x.reshape([-1]), shift, 0).reshape(x.shape);
  const axes = axesOf("roll", dim, x.rank);
  const shifts = typeof shift === "number" ? [shift] : shift;
  if (shifts.length !== axes.length) {
    return refuse("argument", `roll: ${shifts.length} shifts for ${axes.length} axes`);
  }
  let result = x;
  for (let i = 0; i < axes.length; i++) result = rollAxis(result, shifts[i]!, axes[i]!);
  return result;
}

function rollAxis<D extends DType>(x: AnyTensor<D>, shift: number, axis: number): AnyTensor<D> {
  const size = x.shape[axis]!;
  const by = shift % Math.max(1, size);
  // The position that comes to stand at 0.
  const start = by > 0 ? size - by : -by;
  if (whenKnown(size) === "compiling") {
    if (start === 0) return x;
    return cat([x.narrow(axis, start, size - start), x.narrow(axis, 0, start)], axis);
  }
  const places = arange(size).add(start);
  return x.take(where(places.ge(size), places.sub(size), places), axis);
}

/** Turned by `turns` quarter turns from the first towards the second of two axes. */
export function rot90<D extends DType>(
  x: AnyTensor<D>,
  turns = 1,
  dims: readonly [number, number] = [0, 1],
): AnyTensor<D> {
  const a = axisOf("rot90", dims[0], x.rank);
  const b = axisOf("rot90", dims[1], x.rank);
  if (a === b) return refuse("axis", `rot90: axis ${a} is given twice`);
  const quarter = ((turns % 4) + 4) % 4;
  if (quarter === 0) return x;
  if (quarter === 2) return x.flip([a, b]);
  return quarter === 1 ? x.flip(b).transpose(a, b) : x.transpose(a, b).flip(b);
}

/** Left and right exchanged: axis 1 reversed. */
export function fliplr<D extends DType>(x: AnyTensor<D>): AnyTensor<D> {
  return x.flip(1);
}

/** Up and down exchanged: axis 0 reversed. */
export function flipud<D extends DType>(x: AnyTensor<D>): AnyTensor<D> {
  return x.flip(0);
}
