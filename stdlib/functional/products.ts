/** Products of vectors and matrices. */

import { cat } from "../../runtime/eager/primitives.ts";
import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "./axis.ts";
import { commonShape } from "./broadcast.ts";
import { matmul } from "./matmul.ts";

type Floats = AnyTensor<FloatDType>;

function ranks(f: string, a: AnyTensor, b: AnyTensor, wanted: readonly [number, number]): void {
  if (a.rank !== wanted[0] || b.rank !== wanted[1]) {
    refuse(
      "shape",
      `${f}: takes tensors of rank ${wanted[0]} and ${wanted[1]}, not ${a.rank} and ${b.rank}`,
    );
  }
}

/** The matrix of all products of an element of `a` and one of `b`, two lists. */
export function outer<D extends DType = "f32">(a: AnyTensor<D>, b: AnyTensor<D>): AnyTensor<D> {
  ranks("outer", a, b, [1, 1]);
  return product(a.unsqueeze(-1), b);
}

/** The product in the dtype of both. */
const product = <D extends DType>(a: AnyTensor<D>, b: AnyTensor<D>): AnyTensor<D> =>
  a.mul(b) as AnyTensor<D>;

/** The matrix product of each pair of a batch: `[B, M, K] · [B, K, N]`. */
export function bmm<D extends DType = "f32">(a: AnyTensor<D>, b: AnyTensor<D>): AnyTensor<D> {
  ranks("bmm", a, b, [3, 3]);
  demand(a.shape[0] === b.shape[0], `bmm: batches of ${a.shape[0]} and ${b.shape[0]}`);
  return matmul(a, b);
}

/** The matrix product of two matrices. */
export function mm<D extends DType = "f32">(a: AnyTensor<D>, b: AnyTensor<D>): AnyTensor<D> {
  ranks("mm", a, b, [2, 2]);
  return matmul(a, b);
}

/** The product of a matrix and a vector. */
export function mv<D extends DType = "f32">(a: AnyTensor<D>, b: AnyTensor<D>): AnyTensor<D> {
  ranks("mv", a, b, [2, 1]);
  return matmul(a, b);
}

/** The sum of the products along the axis `dim`. */
export function vecdot<D extends FloatDType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  dim?: number,
): AnyTensor<D>;
export function vecdot(a: Floats, b: Floats, dim = -1): Floats {
  return a.mul(b).sum(dim);
}

export interface AddProductOptions {
  /** The factor of what is added to; 1 by default. */
  readonly beta?: number;
  /** The factor of the product; 1 by default. */
  readonly alpha?: number;
}

/** `beta · x + alpha · a · b`, the matrix product. With beta 0, x counts for nothing, not even NaN. */
function addProduct(
  x: Floats,
  product: Floats,
  { beta = 1, alpha = 1 }: AddProductOptions,
): Floats {
  const scaled = alpha === 1 ? product : product.mul(alpha);
  if (beta === 0) return scaled.expand(commonShape("addmm", [x.shape, scaled.shape]));
  return (beta === 1 ? x : x.mul(beta)).add(scaled);
}

/** `beta · x + alpha · a · b` with the product of two matrices. */
export function addmm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  options?: AddProductOptions,
): AnyTensor<D>;
export function addmm(x: Floats, a: Floats, b: Floats, options: AddProductOptions = {}): Floats {
  return addProduct(x, mm(a, b), options);
}

/** `beta · x + alpha · a · b` with the product of a matrix and a vector. */
export function addmv<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  options?: AddProductOptions,
): AnyTensor<D>;
export function addmv(x: Floats, a: Floats, b: Floats, options: AddProductOptions = {}): Floats {
  return addProduct(x, mv(a, b), options);
}

/** `beta · x + alpha · a ⊗ b` with the outer product of two vectors. */
export function addr<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  options?: AddProductOptions,
): AnyTensor<D>;
export function addr(x: Floats, a: Floats, b: Floats, options: AddProductOptions = {}): Floats {
  return addProduct(x, outer(a, b), options);
}

/** `beta · x + alpha · a · b` with the products of a batch of matrices. */
export function baddbmm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  options?: AddProductOptions,
): AnyTensor<D>;
export function baddbmm(x: Floats, a: Floats, b: Floats, options: AddProductOptions = {}): Floats {
  return addProduct(x, bmm(a, b), options);
}

/** `beta · x + alpha · Σ a · b` with the sum of the products of a batch of matrices. */
export function addbmm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  options?: AddProductOptions,
): AnyTensor<D>;
export function addbmm(x: Floats, a: Floats, b: Floats, options: AddProductOptions = {}): Floats {
  return addProduct(x, bmm(a, b).sum(0), options);
}

/** The cross product of vectors of three along the axis `dim`. */
export function cross<D extends DType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  dim = -1,
): AnyTensor<D> {
  const axis = axisOf("cross", dim, Math.max(a.rank, b.rank));
  const shape = commonShape("cross", [a.shape, b.shape]);
  demand(shape[axis] === 3, `cross: axis ${dim} has size ${shape[axis]}, not 3`);
  const [p, q] = [a.expand(shape), b.expand(shape)];
  const term = (i: number, j: number): AnyTensor<D> => {
    const [first, second] = [p.narrow(axis, i, 1), p.narrow(axis, j, 1)];
    const difference = first.mul(q.narrow(axis, j, 1)).sub(second.mul(q.narrow(axis, i, 1)));
    return difference as AnyTensor<D>;
  };
  return cat([term(1, 2), term(2, 0), term(0, 1)], axis);
}

/** Each element of `a` times all of `b`, in its place: `[a₀ · b₀, a₁ · b₁, …]`. */
export function kron<D extends DType = "f32">(a: AnyTensor<D>, b: AnyTensor<D>): AnyTensor<D> {
  const rank = Math.max(a.rank, b.rank);
  const sizes = (x: AnyTensor): readonly number[] => [
    ...Array.from({ length: rank - x.rank }, () => 1),
    ...x.shape,
  ];
  const [m, n] = [sizes(a), sizes(b)];
  const [outside, inside]: [number[], number[]] = [[], []];
  for (let i = 0; i < rank; i++) {
    outside.push(m[i]!, 1);
    inside.push(1, n[i]!);
  }
  const pairs = product(a.reshape(outside), b.reshape(inside));
  return pairs.reshape(m.map((size, i) => size * n[i]!));
}

/**
 * Products summed over axes: the last `dims` of `a` with the first of `b`, or the axes listed for each.
 */
export function tensordot<D extends DType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  dims: number | readonly [readonly number[], readonly number[]] = 2,
): AnyTensor<D> {
  const left =
    typeof dims === "number"
      ? Array.from({ length: dims }, (_, i) => a.rank - dims + i)
      : dims[0].map((d) => axisOf("tensordot", d, a.rank));
  const right =
    typeof dims === "number"
      ? Array.from({ length: dims }, (_, i) => i)
      : dims[1].map((d) => axisOf("tensordot", d, b.rank));
  if (left.length !== right.length) {
    return refuse("argument", `tensordot: ${left.length} axes of a for ${right.length} of b`);
  }
  left.forEach((axis, i) => {
    const [m, n] = [a.shape[axis]!, b.shape[right[i]!]!];
    demand(m === n, `tensordot: axes of ${m} and ${n} are summed together`);
  });
  const rows = a.shape.map((_, i) => i).filter((i) => !left.includes(i));
  const columns = b.shape.map((_, i) => i).filter((i) => !right.includes(i));
  const size = (x: AnyTensor, axes: readonly number[]): number =>
    axes.map((i) => x.shape[i]!).reduce((p, q) => p * q, 1);
  const inner = size(a, left);
  const p = a.permute([...rows, ...left]).reshape([size(a, rows), inner]);
  const q = b.permute([...right, ...columns]).reshape([inner, size(b, columns)]);
  const shape = [...rows.map((i) => a.shape[i]!), ...columns.map((i) => b.shape[i]!)];
  return matmul(p, q).reshape(shape);
}

/** The sum of the products of the elements of two lists. */
export function dot<D extends DType = "f32">(a: AnyTensor<D>, b: AnyTensor<D>): AnyTensor<D> {
  ranks("dot", a, b, [1, 1]);
  demand(a.shape[0] === b.shape[0], `dot: lists of ${a.shape[0]} and ${b.shape[0]}`);
  return matmul(a, b);
}

/** The sums of the products along the last axes: all pairs of a row of `a` and one of `b`. */
export function inner<D extends DType = "f32">(a: AnyTensor<D>, b: AnyTensor<D>): AnyTensor<D> {
  if (a.rank === 0 || b.rank === 0) return product(a, b);
  const [m, n] = [a.shape[a.rank - 1]!, b.shape[b.rank - 1]!];
  demand(m === n, `inner: last axes of ${m} and ${n}`);
  return tensordot(a, b, [[a.rank - 1], [b.rank - 1]]);
}
