/** What is read from singular values: ranks, pseudo-inverses, conditions. */

import { full, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { eigh, eigvalsh } from "./eigh.ts";
import { checkMatrix, columnCount, rowCount } from "./places.ts";
import { svd, svdvals } from "./svd.ts";

type Floats = AnyTensor<FloatDType>;

/** The distance from 1 to the next number. */
const epsilonOf = (x: AnyTensor): number =>
  x.dtype === "f64" ? 2.220446049250313e-16 : 1.1920928955078125e-7;

export interface RankOptions<D extends FloatDType = "f32"> {
  /** Singular values up to this count as 0. Default: 0. */
  readonly atol?: number | AnyTensor<D>;
  /** The same as a share of the greatest one. Default: the larger size · 2⁻²³ (f64: 2⁻⁵²), or 0 beside `atol`. */
  readonly rtol?: number | AnyTensor<D>;
  /** Whether the matrices are symmetric, of which only the lower triangle is read. */
  readonly hermitian?: boolean;
}

/** Which of the values along the last axis are more than rounding. */
function isCounted(
  values: Floats,
  size: number,
  atol: number | Floats | undefined,
  rtol: number | Floats | undefined,
): AnyTensor<"bool"> {
  const absolute = full([], 0)
    .add(atol ?? 0)
    .unsqueeze(-1);
  const share = full([], 0)
    .add(rtol ?? (atol === undefined ? size * epsilonOf(values) : 0))
    .unsqueeze(-1);
  // Over nothing the maximum is −∞.
  const greatest = values.max(-1, { keepDim: true }).maximum(0);
  return values.gt(absolute.maximum(greatest.mul(share)));
}

/** How many singular values of each matrix are more than rounding. */
export function matrixRank<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: RankOptions<D>,
): AnyTensor<"i32">;
export function matrixRank(
  x: Floats,
  { atol, rtol, hermitian = false }: RankOptions<FloatDType> = {},
): AnyTensor<"i32"> {
  checkMatrix("matrixRank", x);
  const values = hermitian ? eigvalsh(x).abs() : svdvals(x);
  const size = Math.max(rowCount(x), columnCount(x));
  return isCounted(values, size, atol, rtol).to("i32").sum(-1);
}

/** The pseudo-inverse of Moore and Penrose; singular values that are only rounding count as 0. */
export function pinv<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: RankOptions<D>,
): AnyTensor<D>;
export function pinv(
  x: Floats,
  { atol, rtol, hermitian = false }: RankOptions<FloatDType> = {},
): Floats {
  checkMatrix("pinv", x);
  const size = Math.max(rowCount(x), columnCount(x));
  if (hermitian) {
    const { eigenvalues, eigenvectors } = eigh(x);
    const isKept = isCounted(eigenvalues.abs(), size, atol, rtol);
    return eigenvectors.mul(inverses(eigenvalues, isKept)).matmul(eigenvectors.transpose(-2, -1));
  }
  const { U, S, Vh } = svd(x, { fullMatrices: false });
  const scaled = Vh.transpose(-2, -1).mul(inverses(S, isCounted(S, size, atol, rtol)));
  return scaled.matmul(U.transpose(-2, -1));
}

function inverses(values: Floats, isKept: AnyTensor<"bool">): Floats {
  return where(isKept, full([], 1).div(where(isKept, values, 1)), 0).unsqueeze(-2);
}

/** The greatest singular value divided by the least: how much solving can enlarge an error. */
export function cond<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function cond(x: Floats): Floats {
  checkMatrix("cond", x);
  const values = svdvals(x);
  return values.max(-1).div(values.min(-1));
}
