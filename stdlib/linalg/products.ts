/** Products of vectors, matrices and tensors, and matrices made of them. */

import { assert } from "../../runtime/eager/assert.ts";
import { cat, full } from "../../runtime/eager/primitives.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "../functional/axis.ts";
import { inv, solve } from "./solve.ts";

/** The product of vectors along an axis of three elements; other axes broadcast. */
export function cross(x: Tensor, y: Tensor, dim = -1): Tensor {
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

function parts(x: Tensor, dim: number): readonly [Tensor, Tensor, Tensor] {
  assert(x.shape[axisOf("cross", dim, x.rank)] === 3, "cross: vectors have three elements");
  return [x.narrow(dim, 0, 1), x.narrow(dim, 1, 1), x.narrow(dim, 2, 1)];
}

/** The sum of products along an axis; other axes broadcast. */
export function vecdot(x: Tensor, y: Tensor, dim = -1): Tensor {
  return x.mul(y).sum(dim);
}

/** The product of several matrices, from the left; the first and the last may be vectors. */
export function multiDot(matrices: readonly Tensor[]): Tensor {
  assert(matrices.length >= 2, "multiDot: there are fewer than two matrices");
  return matrices.slice(1).reduce((product, matrix) => product.matmul(matrix), matrices[0]!);
}

/** Powers of the elements, `x⁰` to `xⁿ⁻¹`, along a new last axis; as many as elements by default. */
export function vander(x: Tensor, n = x.shape[x.rank - 1]!): Tensor {
  assert(x.rank >= 1, "vander: a single value has no last axis");
  const base = x.unsqueeze(-1);
  const powers: Tensor[] = [full(base.shape, 1)];
  for (let i = 1; i < n; i++) powers.push(powers[i - 1]!.mul(base));
  return cat(powers, -1);
}

/** The inverse of the linear map that `tensordot` with `x` over its last axes is. */
export function tensorinv(x: Tensor, ind = 2): Tensor {
  assert(ind > 0 && ind < x.rank, `tensorinv: ${ind} does not split ${x.rank} axes`);
  const first = x.shape.slice(0, ind);
  const last = x.shape.slice(ind);
  return inv(x.reshape([sizeOf(first), sizeOf(last)])).reshape([...last, ...first]);
}

/** The tensor whose `tensordot` with `x` is `y`; the axes `dims` of `x` are moved to its end first. */
export function tensorsolve(x: Tensor, y: Tensor, dims: readonly number[] = []): Tensor {
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
