/** Systems of equations, inverses and powers of matrices. */

import { assert } from "../../runtime/eager/assert.ts";
import { arange } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { checkRegular, factorise, orderOf } from "./lu.ts";
import {
  batchOf,
  checkSquare,
  columnCount,
  commonBatch,
  expandBatch,
  identity,
  rowCount,
} from "./places.ts";
import { solveTriangular } from "./triangular.ts";

type Floats = AnyTensor<FloatDType>;

/**
 * The solution of `x · solution = y`. `y` is a matrix of right sides; or, with an axis less than `x`
 * or only one, a single right side for each matrix. (PyTorch asks sizes in place of ranks.)
 */
export function solve<D extends FloatDType = "f32">(x: AnyTensor<D>, y: AnyTensor<D>): AnyTensor<D>;
export function solve(x: Floats, y: Floats): Floats {
  checkSquare("solve", x);
  const isVector = y.rank === 1 || y.rank === x.rank - 1;
  const right = isVector ? y.unsqueeze(-1) : y;
  const { LU, order } = factorise(x);
  checkRegular("solve", LU);
  const solution = solveFactorised(LU, order, right);
  return isVector ? solution.squeeze(-1) : solution;
}

function solveFactorised(LU: Floats, order: AnyTensor<"i32">, y: Floats): Floats {
  assert(rowCount(LU) === rowCount(y), "solve: the matrices have different heights");
  const batch = commonBatch(LU, y);
  const from = order.unsqueeze(-1).expand([...batch, rowCount(y), columnCount(y)]);
  const ordered = expandBatch(y, batch).gather(-2, from);
  const half = solveTriangular(LU, ordered, { unitriangular: true });
  return solveTriangular(LU, half, { upper: true });
}

export interface LuSolveOptions {
  /** Solves `x · solution = y` (the default) or, if false, `solution · x = y`. */
  readonly left?: boolean;
  /** Whether `x` is transposed. */
  readonly adjoint?: boolean;
}

/** Solves with the factors and pivots that `luFactor` gave for a matrix `x`. */
export function luSolve<D extends FloatDType = "f32">(
  LU: AnyTensor<D>,
  pivots: AnyTensor<"i32">,
  y: AnyTensor<D>,
  options?: LuSolveOptions,
): AnyTensor<D>;
export function luSolve(
  LU: Floats,
  pivots: AnyTensor<"i32">,
  y: Floats,
  { left = true, adjoint = false }: LuSolveOptions = {},
): Floats {
  checkSquare("luSolve", LU);
  if (!left) {
    return luSolve(LU, pivots, y.transpose(-2, -1), { adjoint: !adjoint }).transpose(-2, -1);
  }
  const order = orderOf(pivots, rowCount(LU));
  if (!adjoint) return solveFactorised(LU, order, y);
  const turned = LU.transpose(-2, -1);
  const half = solveTriangular(turned, y, {});
  const ordered = solveTriangular(turned, half, { upper: true, unitriangular: true });
  return ordered.gather(-2, inverseOrder(order).unsqueeze(-1).expand(ordered.shape));
}

/** Where each row has gone. */
function inverseOrder(order: AnyTensor<"i32">): AnyTensor<"i32"> {
  const rows = order.shape[order.rank - 1]!;
  return order.unsqueeze(-1).eq(arange(rows)).to("i32").argmax(-2);
}

/** The inverse of each matrix. */
export function inv<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function inv(x: Floats): Floats {
  checkSquare("inv", x);
  const { LU, order } = factorise(x);
  checkRegular("inv", LU);
  return solveFactorised(LU, order, identity(rowCount(x), rowCount(x)));
}

/** `x` multiplied `n` times with itself; its inverse for a negative `n`. */
export function matrixPower<D extends FloatDType = "f32">(x: AnyTensor<D>, n: number): AnyTensor<D>;
export function matrixPower(x: Floats, n: number): Floats {
  checkSquare("matrixPower", x);
  assert(Number.isInteger(n), `matrixPower: ${n} is not a whole number`);
  const size = rowCount(x);
  let square = n < 0 ? inv(x) : x;
  let result: Floats = identity(size, size)
    .to(x.dtype)
    .expand([...batchOf(x), size, size]);
  let isFirst = true;
  for (let left = Math.abs(n); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      // A tensor of its own: what flows back to both would be added up in another order.
      result = isFirst ? square.reshape(square.shape) : result.matmul(square);
      isFirst = false;
    }
    if (left > 1) square = square.matmul(square);
  }
  return result;
}
