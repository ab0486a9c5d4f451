/** Tensors made of sizes and numbers. */

import { arange, full, pow, where } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType, Tensor } from "../../runtime/eager/tensor-types.ts";
import { whenKnown } from "../../runtime/eager/when-known.ts";

/** Zeros, or false. */
export function zeros<D extends DType = "f32">(shape: readonly number[], dtype?: D): AnyTensor<D> {
  return full(shape, 0, dtype);
}

/** Ones, or true. */
export function ones<D extends DType = "f32">(shape: readonly number[], dtype?: D): AnyTensor<D> {
  return full(shape, 1, dtype);
}

/** Zeros, or false, of the shape of `x`, and of its dtype unless another is given. */
export function zerosLike<D extends DType, E extends DType = D>(
  x: AnyTensor<D>,
  dtype?: E,
): AnyTensor<E>;
export function zerosLike(x: AnyTensor, dtype?: DType): AnyTensor {
  return full(x.shape, 0, dtype ?? x.dtype);
}

/** Ones, or true, of the shape of `x`, and of its dtype unless another is given. */
export function onesLike<D extends DType, E extends DType = D>(
  x: AnyTensor<D>,
  dtype?: E,
): AnyTensor<E>;
export function onesLike(x: AnyTensor, dtype?: DType): AnyTensor {
  return full(x.shape, 1, dtype ?? x.dtype);
}

/** One value everywhere, of the shape of `x`, and of its dtype unless another is given. */
export function fullLike<D extends DType, E extends DType = D>(
  x: AnyTensor<D>,
  value: number | boolean,
  dtype?: E,
): AnyTensor<E>;
export function fullLike(x: AnyTensor, value: number | boolean, dtype?: DType): AnyTensor {
  return full(x.shape, value, dtype ?? x.dtype);
}

/** The matrix with ones on its diagonal and zeros elsewhere. */
export function eye<D extends DType = "f32">(
  rows: number,
  columns: number = rows,
  dtype?: D,
): AnyTensor<D> {
  for (const size of [rows, columns]) {
    if (whenKnown(size) === "compiling" && size < 0) {
      return refuse("argument", `eye: there is no matrix of ${rows} rows and ${columns} columns`);
    }
  }
  const isDiagonal = arange(rows).unsqueeze(-1).eq(arange(columns));
  return isDiagonal.to(dtype ?? ("f32" as D));
}

/**
 * `steps` numbers from `start` to `end`, both included, as far apart as each other. The first half counts
 * from the start and the second from the end, as in PyTorch.
 */
export function linspace(start: number, end: number, steps: number): Tensor {
  if (!Number.isInteger(steps) || steps < 0) {
    return refuse("argument", `linspace: there are no ${steps} numbers`);
  }
  if (steps < 2) return full([steps], start);
  const step = (end - start) / (steps - 1);
  const place = arange(steps);
  const fromStart = place.to("f32").mul(step).add(start);
  const fromEnd = place
    .neg()
    .add(steps - 1)
    .to("f32")
    .mul(-step)
    .add(end);
  return where(place.lt(Math.floor(steps / 2)), fromStart, fromEnd);
}

export interface LogspaceOptions {
  /** 10 by default. */
  readonly base?: number;
}

/** `base` to the powers of `linspace(start, end, steps)`. */
export function logspace(
  start: number,
  end: number,
  steps: number,
  { base = 10 }: LogspaceOptions = {},
): Tensor {
  return pow(base, linspace(start, end, steps));
}

export interface MeshgridOptions {
  /** `ij` (rows first) by default; `xy` exchanges the first two axes. */
  readonly indexing?: "ij" | "xy";
}

/** Each list along an axis of its own, repeated along the axes of the others. */
export function meshgrid<D extends DType>(
  lists: readonly AnyTensor<D>[],
  { indexing = "ij" }: MeshgridOptions = {},
): readonly AnyTensor<D>[] {
  if (lists.some((x) => x.rank > 1)) {
    return refuse("shape", "meshgrid: takes lists, not tensors of more axes");
  }
  const sizes = lists.map((x) => x.length);
  const grids = lists.map((x, i) =>
    x.reshape(lists.map((_, axis) => (axis === i ? sizes[i]! : 1))).expand(sizes),
  );
  return indexing === "ij" || lists.length < 2 ? grids : grids.map((x) => x.transpose(0, 1));
}
