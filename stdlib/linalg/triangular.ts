/** Systems whose matrix is triangular. */

import { assert } from "../../runtime/eager/assert.ts";
import { where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import {
  checkMatrix,
  checkSquare,
  column,
  commonBatch,
  expandBatch,
  row,
  rowCount,
  rowNumbers,
} from "./places.ts";

type Floats = AnyTensor<FloatDType>;

export interface TriangularOptions {
  /** Whether the elements on and above the diagonal count; otherwise those on and below it. */
  readonly upper?: boolean;
  /** Solves `x · solution = y` (the default) or, if false, `solution · x = y`. */
  readonly left?: boolean;
  /** Whether the diagonal is taken to be ones, whatever it holds. */
  readonly unitriangular?: boolean;
}

/** The solution of `x · solution = y` for a triangular `x`; the other triangle is not read. */
export function solveTriangular<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  y: AnyTensor<D>,
  options?: TriangularOptions,
): AnyTensor<D>;
export function solveTriangular(
  x: Floats,
  y: Floats,
  { upper = false, left = true, unitriangular = false }: TriangularOptions = {},
): Floats {
  checkSquare("solveTriangular", x);
  checkMatrix("solveTriangular", y);
  if (!left) {
    const turned = solveTriangular(x.transpose(-2, -1), y.transpose(-2, -1), {
      upper: !upper,
      unitriangular,
    });
    return turned.transpose(-2, -1);
  }
  assert(rowCount(x) === rowCount(y), "solveTriangular: the matrices have different heights");
  const batch = commonBatch(x, y);
  const matrix = expandBatch(x, batch);
  const right = expandBatch(y, batch);
  return upper
    ? substituteUp(matrix, right, unitriangular)
    : substituteDown(matrix, right, unitriangular);
}

/** From the first row on: what is found is subtracted from the rows below. */
function substituteDown(x: Floats, y: Floats, isUnit: boolean): Floats {
  const down = rowNumbers(rowCount(x));
  let result = y.add(0);
  for (let k = 0; k < rowCount(x); k++) {
    const own = column(x, k);
    const found = isUnit ? row(result, k) : row(result, k).div(row(own, k));
    const rest = result.sub(where(down.gt(k), own, 0).mul(found));
    result = where(down.eq(k), found, rest);
  }
  return result;
}

/** From the last row on: what is found is subtracted from the rows above. */
function substituteUp(x: Floats, y: Floats, isUnit: boolean): Floats {
  const down = rowNumbers(rowCount(x));
  let result = y.add(0);
  for (let k = rowCount(x) - 1; k >= 0; k--) {
    const own = column(x, k);
    const found = isUnit ? row(result, k) : row(result, k).div(row(own, k));
    const rest = result.sub(where(down.lt(k), own, 0).mul(found));
    result = where(down.eq(k), found, rest);
  }
  return result;
}
