/** Singular values and vectors. */

import { cat, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { ascendingOrder, mostSweeps, nextPlaces, rotate, rotation } from "./jacobi.ts";
import {
  batchOf,
  checkMatrix,
  columnCount,
  diagonal,
  expandBatch,
  identity,
  lengthOf,
  rowCount,
} from "./places.ts";
import { qr } from "./qr.ts";

type Floats = AnyTensor<FloatDType>;

export interface SvdParts<D extends FloatDType = "f32"> {
  readonly U: AnyTensor<D>;
  /** The singular values in descending order. */
  readonly S: AnyTensor<D>;
  readonly Vh: AnyTensor<D>;
}

export interface SvdOptions {
  /** Whether U and Vh are square; otherwise they have one vector for each singular value. Default: true. */
  readonly fullMatrices?: boolean;
}

/**
 * `U · diag(S) · Vh = x` with orthogonal columns of U, rows of Vh, and singular values in descending
 * order. The signs of a column and its row are arbitrary, though not each by itself.
 */
export function svd<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: SvdOptions,
): SvdParts<D>;
export function svd(x: Floats, { fullMatrices = true }: SvdOptions = {}): SvdParts<FloatDType> {
  checkMatrix("svd", x);
  if (rowCount(x) < columnCount(x)) {
    const turned = decompose(x.transpose(-2, -1), fullMatrices);
    return {
      U: turned.V,
      S: turned.S,
      Vh: turned.U.transpose(-2, -1),
    };
  }
  const { U, S, V } = decompose(x, fullMatrices);
  return { U, S, Vh: V.transpose(-2, -1) };
}

/** The singular values in descending order. */
export function svdvals<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function svdvals(x: Floats): Floats {
  checkMatrix("svdvals", x);
  const high = rowCount(x) < columnCount(x) ? x.transpose(-2, -1) : x;
  return orthogonalise(high).S;
}

/** For matrices that are not wider than high. */
function decompose(x: Floats, isFull: boolean) {
  const { columns, S, V } = orthogonalise(x);
  // The columns are orthogonal up to rounding, save those that are next to 0. Q has their directions
  // up to signs, is orthogonal in any case, and has directions for what is missing.
  const { Q, R } = qr(columns, { mode: isFull ? "complete" : "reduced" });
  const count = columnCount(x);
  const signs = where(diagonal(R).lt(0), -1, 1).to("f32").unsqueeze(-2);
  const own = Q.narrow(-1, 0, count).mul(signs);
  const U = isFull ? cat([own, Q.narrow(-1, count, columnCount(Q) - count)], -1) : own;
  return { U, S, V };
}

/**
 * One-sided Jacobi, after Hestenes: rotates the columns of `x` until they are orthogonal, which makes
 * their lengths the singular values; sorts them by these.
 */
function orthogonalise(x: Floats) {
  const count = columnCount(x);
  const size = count + (count % 2);
  const half = size / 2;
  let columns = size === count ? x.add(0) : cat([x, x.narrow(-1, 0, 1).mul(0)], -1);
  let V: Floats = expandBatch(identity(size, size).to(x.dtype), batchOf(x)).add(0);
  if (count > 1) {
    const places = nextPlaces(size);
    let isDone = false;
    for (let sweep = 0; sweep < mostSweeps && !isDone; sweep++) {
      let farthest = columns.mul(0).sum(-2).narrow(-1, 0, half);
      for (let round = 1; round < size; round++) {
        const first = columns.narrow(-1, 0, half);
        const second = columns.narrow(-1, half, half);
        const [a, c] = [first.square().sum(-2), second.square().sum(-2)];
        const b = first.mul(second).sum(-2);
        farthest = farthest.maximum(where(b.eq(0), 0, b.square().div(a.mul(c))));
        const { cos, sin } = rotation(a, b, c);
        columns = rotate(columns, -1, cos.unsqueeze(-2), sin.unsqueeze(-2)).take(places, -1);
        V = rotate(V, -1, cos.unsqueeze(-2), sin.unsqueeze(-2)).take(places, -1);
      }
      isDone = !farthest.max().gt(1e-12).item();
    }
  }
  const lengths = lengthOf(columns.square().sum(-2));
  const keys = size === count ? lengths.neg() : spareLast(lengths, V);
  const order = ascendingOrder(keys).narrow(-1, 0, count);
  const across = (rows: number) => order.unsqueeze(-2).expand([...batchOf(x), rows, count]);
  return {
    columns: columns.gather(-1, across(rowCount(x))),
    S: lengths.gather(-1, order),
    V: V.narrow(-2, 0, count).gather(-1, across(count)),
  };
}

/** Sorts the added column, the only one with a share of the last row of V, after all others. */
function spareLast(lengths: Floats, V: Floats): Floats {
  return where(V.narrow(-2, -1, 1).squeeze(-2).ne(0), 1, lengths.neg());
}
