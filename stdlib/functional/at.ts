/** Owns `at`: elements by their positions. */

import { tensor } from "../../runtime/eager/from-data.ts";
import { slice } from "../../runtime/eager/primitives.ts";
import { asSize } from "../../runtime/eager/run-sizes.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";
import { whenKnown } from "../../runtime/eager/when-known.ts";
import { movedim, select } from "./axes.ts";
import { commonShape } from "./broadcast.ts";
import { type Index, placeIndices, type Range } from "./index-text.ts";

/**
 * Elements by their positions, axis by axis: a number takes one and drops the axis, a text such as `"1:"`,
 * `":-1"`, `"::2"` or `"::-1"` a range as Python's slices do, an i32 tensor those it holds, a bool tensor
 * those where it is true (it stands for all of its axes), `null` adds an axis of size 1, and `"..."` stands for all axes between. Several tensors broadcast and are
 * read together; their axes stand where the first one stands, or at the front if others lie between.
 */
export function at<D extends DType = "f32">(
  x: AnyTensor<D>,
  ...index: readonly Index[]
): AnyTensor<D> {
  let result = x;
  let axis = 0;
  const axes: number[] = [];
  const positions: AnyTensor<"i32">[] = [];
  for (const part of placeIndices("at", index, x.shape)) {
    if (part.kind === "one") result = pick(result, axis, part.at);
    else {
      if (part.kind === "range") result = ranged(result, axis, part.range);
      else if (part.kind === "new") result = result.unsqueeze(axis);
      else {
        axes.push(axis);
        positions.push(part.at);
      }
      axis++;
    }
  }
  return positions.length === 0 ? result : takeTogether(result, axes, positions);
}

/** The slice at `index`, which may be known only when running. */
function pick<D extends DType>(x: AnyTensor<D>, axis: number, index: number): AnyTensor<D> {
  if (whenKnown(index) === "running") return x.take(tensor(index, "i32"), axis);
  return select(x, axis, index);
}

function ranged<D extends DType>(x: AnyTensor<D>, axis: number, range: Range): AnyTensor<D> {
  const { start, stop, step } = range;
  if (start === null && stop === null && step === 1) return x;
  if (isOfRun(start) || isOfRun(stop)) return clamped(x, axis, range);
  if (step > 0) return sliced(x, axis, range);
  // From the other end, a position p is size − 1 − p.
  const size = x.shape[axis]!;
  const first = start === null ? null : mirrored(start, size);
  const end = stop === null ? null : mirrored(stop, size);
  return sliced(x.flip(axis), axis, { start: first, stop: end, step: -step });
}

const isOfRun = (bound: number | null): boolean => bound !== null && whenKnown(bound) === "running";

/** A range whose bounds only the run tells. */
function clamped<D extends DType>(x: AnyTensor<D>, axis: number, range: Range): AnyTensor<D> {
  const { start, stop, step } = range;
  const size = x.shape[axis]!;
  const from = start === null ? (step > 0 ? 0 : size - 1) : inside(start, size, step);
  const end = stop === null ? (step > 0 ? size : -1) : inside(stop, size, step);
  const length = asSize(Math.max(0, step > 0 ? end - from : from - end));
  // Backwards, position p is size - 1 - p of the tensor turned round.
  const first = asSize(step > 0 ? from : size - 1 - from);
  const part = (step > 0 ? x : x.flip(axis)).narrow(axis, first, length);
  const by = Math.abs(step);
  return by === 1 ? part : sliced(part, axis, { start: null, stop: null, step: by });
}

/** A bound counted from the start, moved to where the axis begins or ends if it lies outside. */
function inside(bound: number, size: number, step: number): number {
  const place = bound < 0 ? bound + size : bound;
  return step > 0 ? Math.min(Math.max(place, 0), size) : Math.min(Math.max(place, -1), size - 1);
}

function mirrored(place: number, size: number): number {
  if (place < 0) return -1 - place;
  return whenKnown(size) === "compiling" ? Math.max(0, size - 1 - place) : size - 1 - place;
}

function sliced<D extends DType>(x: AnyTensor<D>, axis: number, range: Range): AnyTensor<D> {
  const only = (value: number | null): readonly (number | null)[] =>
    Array.from({ length: axis + 1 }, (_, i) => (i === axis ? value : null));
  return slice(x, only(range.start), only(range.stop), only(range.step));
}

/** The elements at positions of several axes, which broadcast to one shape. */
function takeTogether<D extends DType>(
  x: AnyTensor<D>,
  axes: readonly number[],
  positions: readonly AnyTensor<"i32">[],
): AnyTensor<D> {
  const isTogether = axes.every((axis, i) => axis === axes[0]! + i);
  const first = isTogether ? axes[0]! : 0;
  const arranged = isTogether
    ? x
    : movedim(
        x,
        axes,
        axes.map((_, i) => i),
      );
  const shape = commonShape(
    "at",
    positions.map((p) => p.shape),
  );
  let result = arranged.take(positions[0]!.expand(shape), first);
  // The axes of the positions stand before those that are still to be read.
  const next = first + shape.length;
  for (const place of positions.slice(1)) {
    const sizes = result.shape.map((size, i) => (i === next ? 1 : size));
    const after = sizes.slice(next).map(() => 1);
    const index = place
      .expand(shape)
      .reshape([...shape, ...after])
      .expand(sizes);
    result = result.gather(next, index).squeeze(next);
  }
  return result;
}
