/** Norms of vectors and of matrices. */

import { assert } from "../../runtime/eager/assert.ts";
import type { AnyTensor, Axes, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "../functional/axis.ts";
import { lengthOf } from "./places.ts";
import { svdvals } from "./svd.ts";

type Floats = AnyTensor<FloatDType>;

export interface NormOptions {
  /** The axes that are reduced; all by default. */
  readonly dim?: Axes | undefined;
  readonly keepDim?: boolean;
}

/**
 * `(Σ |x|^ord)^(1 / ord)` over the axes. For ±∞ the greatest or least magnitude, for 0 the count of
 * elements that are not 0.
 */
export function vectorNorm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  ord?: number,
  options?: NormOptions,
): AnyTensor<D>;
export function vectorNorm(x: Floats, ord = 2, { dim, keepDim = false }: NormOptions = {}): Floats {
  const keep = { keepDim };
  if (ord === Number.POSITIVE_INFINITY) return x.abs().max(dim, keep);
  if (ord === Number.NEGATIVE_INFINITY) return x.abs().min(dim, keep);
  if (ord === 0) return x.ne(0).to("f32").sum(dim, keep);
  if (ord === 1) return x.abs().sum(dim, keep);
  if (ord === 2) return lengthOf(x.square().sum(dim, keep));
  return x
    .abs()
    .pow(ord)
    .sum(dim, keep)
    .pow(1 / ord);
}

export type MatrixOrder = number | "fro" | "nuc";

export interface MatrixNormOptions {
  /** The axes of rows and of columns; the last two by default. */
  readonly dim?: readonly [number, number];
  readonly keepDim?: boolean;
}

/**
 * A norm of matrices: `"fro"` (Frobenius), `"nuc"` (the sum of singular values), ±1 (the greatest or
 * least sum of magnitudes in a column), ±∞ (in a row), ±2 (the greatest or least singular value).
 */
export function matrixNorm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  ord?: MatrixOrder,
  options?: MatrixNormOptions,
): AnyTensor<D>;
export function matrixNorm(
  x: Floats,
  ord: MatrixOrder = "fro",
  { dim = [-2, -1], keepDim = false }: MatrixNormOptions = {},
): Floats {
  assert(x.rank >= 2, `matrixNorm: a tensor of rank ${x.rank} is no matrix`);
  const rows = axisOf("matrixNorm", dim[0], x.rank);
  const columns = axisOf("matrixNorm", dim[1], x.rank);
  assert(rows !== columns, "matrixNorm: rows and columns are the same axis");
  if (ord === "fro") return vectorNorm(x, 2, { dim: [rows, columns], keepDim });
  const shape: number[] = [];
  const order: number[] = [];
  for (let i = 0; i < x.rank; i++) {
    const isReduced = i === rows || i === columns;
    if (!isReduced) order.push(i);
    if (!isReduced) shape.push(x.shape[i]!);
    else if (keepDim) shape.push(1);
  }
  return normOfLast(x.permute([...order, rows, columns]), ord).reshape(shape);
}

function normOfLast(x: Floats, ord: number | "nuc"): Floats {
  if (ord === "nuc") return svdvals(x).sum(-1);
  if (ord === 1) return x.abs().sum(-2).max(-1);
  if (ord === -1) return x.abs().sum(-2).min(-1);
  if (ord === 2) return svdvals(x).max(-1);
  if (ord === -2) return svdvals(x).min(-1);
  assert(
    ord === Number.POSITIVE_INFINITY || ord === Number.NEGATIVE_INFINITY,
    `matrixNorm: there is no matrix norm of order ${ord}`,
  );
  const sums = x.abs().sum(-1);
  return ord > 0 ? sums.max(-1) : sums.min(-1);
}

/**
 * The norm of the whole tensor; with an order, of a vector or matrix; with axes, along one (vectors)
 * or two (matrices).
 */
export function norm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  ord?: MatrixOrder,
  options?: NormOptions,
): AnyTensor<D>;
export function norm(
  x: Floats,
  ord?: MatrixOrder,
  { dim, keepDim = false }: NormOptions = {},
): Floats {
  if (ord === undefined) return vectorNorm(x, 2, { dim, keepDim });
  const axes = typeof dim === "number" ? [dim] : dim;
  const count = axes === undefined ? x.rank : axes.length;
  assert(count === 1 || count === 2, "norm: an order is for vectors and matrices");
  if (count === 2) {
    const [rows, columns] = axes === undefined ? [0, 1] : [axes[0]!, axes[1]!];
    return matrixNorm(x, ord, { dim: [rows, columns], keepDim });
  }
  assert(typeof ord === "number", "norm: a vector has no matrix norm");
  return vectorNorm(x, ord, { dim, keepDim });
}
