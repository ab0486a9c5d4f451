/** Solutions of systems with more or fewer equations than unknowns. */

import { assert } from "../../runtime/eager/assert.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { checkMatrix, columnCount, rowCount } from "./places.ts";
import { qr } from "./qr.ts";
import { solveTriangular } from "./triangular.ts";

type Floats = AnyTensor<FloatDType>;

export interface LeastSquares<D extends FloatDType = "f32"> {
  /** `[…, columns of x, columns of y]` */
  readonly solution: AnyTensor<D>;
  /** The sum of the squared errors of each column of `y`. */
  readonly residuals: AnyTensor<D>;
}

/**
 * The `solution` with the least sum of squares of `x · solution − y` and, where `x` has fewer rows than columns, of these
 * the shortest one. By a QR factorisation: `x` must have full rank.
 */
export function lstsq<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  y: AnyTensor<D>,
): LeastSquares<D>;
export function lstsq(x: Floats, y: Floats): LeastSquares<FloatDType> {
  checkMatrix("lstsq", x);
  checkMatrix("lstsq", y);
  const [rows, columns] = [rowCount(x), columnCount(x)];
  assert(rows === rowCount(y), `lstsq: x has ${rows} rows and y ${rowCount(y)}`);
  const solution = rows >= columns ? solveHigh(x, y) : solveWide(x, y);
  return { solution, residuals: x.matmul(solution).sub(y).square().sum(-2) };
}

/** `R · solution = Qᵀ · y` */
function solveHigh(x: Floats, y: Floats): Floats {
  const { Q, R } = qr(x);
  return solveTriangular(R, Q.transpose(-2, -1).matmul(y), { upper: true });
}

/** `solution = Q · (Rᵀ)⁻¹ · y` with the factors of `xᵀ`. */
function solveWide(x: Floats, y: Floats): Floats {
  const { Q, R } = qr(x.transpose(-2, -1));
  return Q.matmul(solveTriangular(R.transpose(-2, -1), y));
}
