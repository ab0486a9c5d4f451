/** Cholesky factorisation, and systems that are solved by it. */

import { assert } from "../../runtime/eager/assert.ts";
import { arange, stopGradient, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import {
  checkSquare,
  column,
  diagonal,
  identity,
  lowerPart,
  ofSymmetric,
  row,
  rowCount,
  rowNumbers,
} from "./places.ts";
import { solveTriangular } from "./triangular.ts";

type Floats = AnyTensor<FloatDType>;

export interface UpperOption {
  /** Whether the factor is (or shall be) the upper triangle, `factorᵀ · factor`. */
  readonly upper?: boolean;
}

/**
 * The lower matrix with `factor · factorᵀ = x`, for a symmetric and positive definite `x`, of which only
 * the lower triangle is read (with `upper`: the upper one).
 */
export function cholesky<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: UpperOption,
): AnyTensor<D>;
export function cholesky(x: Floats, { upper = false }: UpperOption = {}): Floats {
  checkSquare("cholesky", x);
  if (upper) return cholesky(x.transpose(-2, -1)).transpose(-2, -1);
  const size = rowCount(x);
  const down = rowNumbers(size);
  const across = arange(size);
  let rest = ofSymmetric(x).add(0);
  for (let k = 0; k < size; k++) {
    const own = column(rest, k);
    const found = where(down.ge(k), own.div(row(own, k).sqrt()), 0);
    const smaller = rest.sub(found.mul(where(across.gt(k), found.transpose(-2, -1), 0)));
    rest = where(across.eq(k), found, smaller);
  }
  assert(
    stopGradient(diagonal(rest)).min().item() > 0,
    "cholesky: the matrix is not positive definite",
  );
  return lowerPart(rest);
}

/** The solution of `x · solution = y`, where `factor` is the Cholesky factor of `x`. */
export function choleskySolve<D extends FloatDType = "f32">(
  y: AnyTensor<D>,
  factor: AnyTensor<D>,
  options?: UpperOption,
): AnyTensor<D>;
export function choleskySolve(
  y: Floats,
  factor: Floats,
  { upper = false }: UpperOption = {},
): Floats {
  checkSquare("choleskySolve", factor);
  const lower = upper ? factor.transpose(-2, -1) : factor;
  const half = solveTriangular(lower, y, {});
  return solveTriangular(lower.transpose(-2, -1), half, { upper: true });
}

/** The inverse of the matrix whose Cholesky factor is `factor`. */
export function choleskyInverse<D extends FloatDType = "f32">(
  factor: AnyTensor<D>,
  options?: UpperOption,
): AnyTensor<D>;
export function choleskyInverse(factor: Floats, { upper = false }: UpperOption = {}): Floats {
  checkSquare("choleskyInverse", factor);
  return choleskySolve(identity(rowCount(factor), rowCount(factor)), factor, { upper });
}
