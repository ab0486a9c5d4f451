/** Other shapes of the same elements. */

import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, Axes, DType } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "./axis.ts";

/** Exchanges two axes. */
export function transpose<D extends DType = "f32">(
  x: AnyTensor<D>,
  a: number,
  b: number,
): AnyTensor<D> {
  const first = axisOf("transpose", a, x.rank);
  const second = axisOf("transpose", b, x.rank);
  const dims: number[] = [];
  for (let i = 0; i < x.rank; i++) dims.push(i === first ? second : i === second ? first : i);
  return x.permute(dims);
}

/** Makes one axis of those from `start` to `end`, both included. A single value becomes a list of one. */
export function flatten<D extends DType = "f32">(
  x: AnyTensor<D>,
  start = 0,
  end = -1,
): AnyTensor<D> {
  if (x.rank === 0) return x.reshape([1]);
  const first = axisOf("flatten", start, x.rank);
  const last = axisOf("flatten", end, x.rank);
  if (first > last) return refuse("axis", `flatten: axis ${start} comes after axis ${end}`);
  const shape: number[] = [];
  let length = 1;
  for (let i = 0; i < x.rank; i++) {
    if (i < first || i > last) shape.push(x.shape[i]!);
    else length *= x.shape[i]!;
    if (i === last) shape.push(length);
  }
  return x.reshape(shape);
}

/** Leaves out axes of size 1: those of the named ones that have it, or all that have it. */
export function squeeze<D extends DType = "f32">(x: AnyTensor<D>, dim?: Axes): AnyTensor<D> {
  const dims = typeof dim === "number" ? [dim] : dim;
  const axes = dims?.map((d) => axisOf("squeeze", d, x.rank));
  const shape: number[] = [];
  for (let i = 0; i < x.rank; i++) {
    const isNamed = axes === undefined || axes.includes(i);
    if (!isNamed || x.shape[i] !== 1) shape.push(x.shape[i]!);
  }
  return x.reshape(shape);
}

/** Adds an axis of size 1, which becomes axis `dim` of the result. */
export function unsqueeze<D extends DType = "f32">(x: AnyTensor<D>, dim: number): AnyTensor<D> {
  const axis = axisOf("unsqueeze", dim, x.rank + 1);
  return x.reshape([...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
}
