/** Eigenvalues and eigenvectors of symmetric matrices. */

import { arange, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { ascendingOrder, mostSweeps, nextPlaces, rotate, rotation } from "./jacobi.ts";
import {
  batchOf,
  checkSquare,
  diagonal,
  expandBatch,
  identity,
  lowerPart,
  ofSymmetric,
  rowCount,
  rowNumbers,
} from "./places.ts";

type Floats = AnyTensor<FloatDType>;

export interface Eigen<D extends FloatDType = "f32"> {
  /** Ascending. */
  readonly eigenvalues: AnyTensor<D>;
  /** A column for each. */
  readonly eigenvectors: AnyTensor<D>;
}

export interface EighOptions {
  /** Which triangle is read, in NumPy's word: `L` (the default) or `U`. */
  readonly uplo?: "L" | "U";
}

/**
 * The eigenvalues of symmetric matrices in ascending order, and eigenvectors as columns, of length 1,
 * whose signs are arbitrary. Only one triangle is read.
 */
export function eigh<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: EighOptions,
): Eigen<D>;
export function eigh(x: Floats, { uplo = "L" }: EighOptions = {}): Eigen<FloatDType> {
  checkSquare("eigh", x);
  const own = ofSymmetric(x);
  const lower = lowerPart(uplo === "U" ? own.transpose(-2, -1) : own);
  return diagonalise(lower.add(lowerPart(lower, -1).transpose(-2, -1)));
}

/** The eigenvalues of symmetric matrices in ascending order. */
export function eigvalsh<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: EighOptions,
): AnyTensor<D>;
export function eigvalsh(x: Floats, { uplo = "L" }: EighOptions = {}): Floats {
  return eigh(x, { uplo }).eigenvalues;
}

function diagonalise(x: Floats) {
  const count = rowCount(x);
  if (count < 2) {
    return {
      eigenvalues: diagonal(x),
      eigenvectors: identity(count, count).to(x.dtype).expand(x.shape),
    };
  }
  const size = count + (count % 2);
  const half = size / 2;
  const places = nextPlaces(size);
  const isOther = rowNumbers(size).ne(arange(size));
  let a = count === size ? x.add(0) : withSpare(x);
  let vectors: Floats = expandBatch(identity(size, size).to(x.dtype), batchOf(x)).add(0);
  // Rounding leaves about 2⁻²⁴ of the greatest element in each place.
  const limit = x
    .square()
    .sum([-2, -1], { keepDim: true })
    .mul(1e-14 * size * size);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    const rest = where(isOther, a.square(), 0).sum([-2, -1], { keepDim: true });
    if (!rest.gt(limit).to("i32").max().gt(0).item()) break;
    for (let round = 1; round < size; round++) {
      const values = diagonal(a);
      const between = diagonal(a.narrow(-1, half, half).narrow(-2, 0, half));
      const { cos, sin } = rotation(
        values.narrow(-1, 0, half),
        between,
        values.narrow(-1, half, half),
      );
      const turned = rotate(a, -2, cos.unsqueeze(-1), sin.unsqueeze(-1));
      const both = rotate(turned, -1, cos.unsqueeze(-2), sin.unsqueeze(-2));
      a = both.take(places, -1).take(places, -2);
      vectors = rotate(vectors, -1, cos.unsqueeze(-2), sin.unsqueeze(-2)).take(places, -1);
    }
  }
  const order = ascendingOrder(diagonal(a)).narrow(-1, 0, count);
  const columns = order.unsqueeze(-2).expand([...batchOf(x), count, count]);
  return {
    eigenvalues: diagonal(a).gather(-1, order),
    eigenvectors: vectors.narrow(-2, 0, count).gather(-1, columns),
  };
}

/** One more row and column, which no rotation touches, with an eigenvalue above all others. */
function withSpare(x: Floats): Floats {
  const size = rowCount(x) + 1;
  const above = x.square().sum([-2, -1], { keepDim: true }).sqrt().mul(2).add(1);
  const padding = x.shape.map((_, i): readonly [number, number] => [0, i < x.rank - 2 ? 0 : 1]);
  const last = rowNumbers(size)
    .add(arange(size))
    .eq(2 * size - 2);
  return where(last, above, x.pad(padding));
}
