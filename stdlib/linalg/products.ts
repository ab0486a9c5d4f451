/** Products of vectors, matrices and tensors, and matrices made of them. */

import { assert } from "../../runtime/eager/assert.ts";
import { cat, full } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "../functional/axis.ts";
import { inv, solve } from "./solve.ts";

type Floats = AnyTensor<FloatDType>;

/** The product of vectors along an axis of three elements; other axes broadcast. */
export function cross<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  y: AnyTensor<D>,
  dim?: number,
): AnyTensor<D>;
export function cross(x: Floats, y: Floats, dim = -1): Floats {
  const rank = Math.max(x.rank, y.rank);
  const fromEnd = axisOf("cross", dim, rank) - rank;
  const a = parts(x, fromEnd);
  const b = parts(y, fromEnd);
  return cat(
    [
      a[1].mul(b[2]).sub(a[2].mul(b[1])),
      a[2].mul(b[0]).sub(a[0].mul(b[2])),
      a[0].mul(b[1]).sub(a[1].mul(b[0])),
    ],
    fromEnd,
  );
}

function parts(x: Floats, dim: number): readonly [Floats, Floats, Floats] {
  assert(x.shape[axisOf("cross", dim, x.rank)] === 3, "cross: vectors have three elements");
  return [x.narrow(dim, 0, 1), x.narrow(dim, 1, 1), x.narrow(dim, 2, 1)];
}

/** The sum of products along an axis; other axes broadcast. */
export function vecdot<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  y: AnyTensor<D>,
  dim?: number,
): AnyTensor<D>;
export function vecdot(x: Floats, y: Floats, dim = -1): Floats {
  return x.mul(y).sum(dim);
}

/** The product of several matrices, from the left; the first and the last may be vectors. */
export function multiDot<D extends FloatDType = "f32">(
  matrices: readonly AnyTensor<D>[],
): AnyTensor<D>;
export function multiDot(matrices: readonly Floats[]): Floats {
  assert(matrices.length >= 2, "multiDot: there are fewer than two matrices");
  return matrices.slice(1).reduce((product, matrix) => product.matmul(matrix), matrices[0]!);
}

/** Powers of the elements, `x⁰` to `xⁿ⁻¹`, along a new last axis; as many as elements by default. */
export function vander<D extends FloatDType = "f32">(x: AnyTensor<D>, n?: number): AnyTensor<D>;
export function vander(x: Floats, n = x.shape[x.rank - 1]!): Floats {
  assert(x.rank >= 1, "vander: a single value has no last axis");
  const base = x.unsqueeze(-1);
  const powers: Floats[] = [full(base.shape, 1)];
  for (let i = 1; i < n; i++) powers.push(powers[i - 1]!.mul(base));
  return cat(powers, -1);
}

/** The inverse of the linear map that `tensordot` with `x` over its last axes is. */
export function tensorinv<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  ind?: number,
): AnyTensor<D>;
export function tensorinv(x: Floats, ind = 2): Floats {
  assert(ind > 0 && ind < x.rank, `tensorinv: ${ind} does not split ${x.rank} axes`);
  const first = x.shape.slice(0, ind);
  const last = x.shape.slice(ind);
  return inv(x.reshape([sizeOf(first), sizeOf(last)])).reshape([...last, ...first]);
}

/** The tensor whose `tensordot` with `x` is `y`; the axes `dims` of `x` are moved to its end first. */
export function tensorsolve<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  y: AnyTensor<D>,
  dims?: readonly number[],
): AnyTensor<D>;
export function tensorsolve(x: Floats, y: Floats, dims: readonly number[] = []): Floats {
  const moved = dims.map((dim) => axisOf("tensorsolve", dim, x.rank));
  const order: number[] = [];
  for (let i = 0; i < x.rank; i++) if (!moved.includes(i)) order.push(i);
  const turned = x.permute([...order, ...moved]);
  const result = turned.shape.slice(y.rank);
  const matrix = turned.reshape([sizeOf(y.shape), sizeOf(result)]);
  return solve(matrix, y.reshape([sizeOf(y.shape)])).reshape(result);
}

function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i]!;
  return size;
}
