/** Axes moved, added and joined with others. */

import { cat } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, Axes, DType } from "../../runtime/eager/tensor-types.ts";
import { axesOf, axisOf } from "./axis.ts";
import { commonShape } from "./broadcast.ts";

/** The axes `source` moved to the places `destination`; the others keep their order. */
export function movedim<D extends DType>(
  x: AnyTensor<D>,
  source: Axes,
  destination: Axes,
): AnyTensor<D> {
  const from = axesOf("movedim", source, x.rank);
  const to = axesOf("movedim", destination, x.rank);
  if (from.length !== to.length) {
    return refuse("argument", `movedim: ${from.length} axes to ${to.length} places`);
  }
  const others = x.shape.map((_, i) => i).filter((i) => !from.includes(i));
  const dims: number[] = [];
  let next = 0;
  for (let i = 0; i < x.rank; i++) {
    const moved = to.indexOf(i);
    if (moved >= 0) dims.push(from[moved]!);
    else {
      dims.push(others[next]!);
      next++;
    }
  }
  return x.permute(dims);
}

/** One axis as several of the given sizes, of which one may be −1. */
export function unflatten<D extends DType>(
  x: AnyTensor<D>,
  dim: number,
  sizes: readonly number[],
): AnyTensor<D> {
  const axis = axisOf("unflatten", dim, x.rank);
  const others = sizes.filter((n) => n !== -1).reduce((a, b) => a * b, 1);
  const whole = x.shape[axis]!;
  const known = sizes.map((n) => (n === -1 ? whole / others : n));
  return x.reshape([...x.shape.slice(0, axis), ...known, ...x.shape.slice(axis + 1)]);
}

/** The slice at `index` of the axis `dim`, which it lacks. */
export function select<D extends DType>(x: AnyTensor<D>, dim: number, index: number): AnyTensor<D> {
  const axis = axisOf("select", dim, x.rank);
  return x.narrow(axis, index, 1).squeeze(axis);
}

/** Repeated along axes of size 1, and along new axes at the front, to the sizes of `shape`. */
export function broadcastTo<D extends DType>(
  x: AnyTensor<D>,
  shape: readonly number[],
): AnyTensor<D> {
  return x.expand(shape);
}

/** The shape that tensors of these shapes have together: a size of 1 takes the others' size. */
export function broadcastShapes(shapes: readonly (readonly number[])[]): readonly number[] {
  return commonShape("broadcastShapes", shapes);
}

/** The tensors, each repeated to the sizes that they have together. */
export function broadcastTensors<D extends DType>(
  tensors: readonly AnyTensor<D>[],
): readonly AnyTensor<D>[] {
  const shape = commonShape(
    "broadcastTensors",
    tensors.map((x) => x.shape),
  );
  return tensors.map((x) => x.expand(shape));
}

/** At least one axis: a single value becomes a list. */
export function atleast1d<D extends DType>(x: AnyTensor<D>): AnyTensor<D> {
  return x.rank === 0 ? x.reshape([1]) : x;
}

/** At least two axes: a list becomes a row. */
export function atleast2d<D extends DType>(x: AnyTensor<D>): AnyTensor<D> {
  if (x.rank >= 2) return x;
  return x.rank === 0 ? x.reshape([1, 1]) : x.unsqueeze(0);
}

/** At least three axes: a list becomes `[1, N, 1]`, a matrix `[M, N, 1]`. */
export function atleast3d<D extends DType>(x: AnyTensor<D>): AnyTensor<D> {
  if (x.rank >= 3) return x;
  return x.rank === 2 ? x.unsqueeze(-1) : atleast2d(x).unsqueeze(-1);
}

/** Side by side: along axis 1, lists along their only axis. */
export function hstack<D extends DType>(tensors: readonly AnyTensor<D>[]): AnyTensor<D> {
  const all = tensors.map((x) => atleast1d(x));
  return cat(all, all[0]!.rank === 1 ? 0 : 1);
}

/** One upon the other: along axis 0, lists as rows. */
export function vstack<D extends DType>(tensors: readonly AnyTensor<D>[]): AnyTensor<D> {
  return cat(
    tensors.map((x) => atleast2d(x)),
    0,
  );
}

/** One behind the other: along axis 2. */
export function dstack<D extends DType>(tensors: readonly AnyTensor<D>[]): AnyTensor<D> {
  return cat(
    tensors.map((x) => atleast3d(x)),
    2,
  );
}

/** Side by side, lists as columns. */
export function columnStack<D extends DType>(tensors: readonly AnyTensor<D>[]): AnyTensor<D> {
  return cat(
    tensors.map((x) => (x.rank < 2 ? x.reshape([-1, 1]) : x)),
    1,
  );
}
