/** LU factorisation with partial pivoting, and what is read from it: determinants. */

import { assert } from "../../runtime/eager/assert.ts";
import { arange, full, stopGradient, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import {
  batchOf,
  checkMatrix,
  checkSquare,
  column,
  columnCount,
  diagonal,
  identity,
  lowerPart,
  row,
  rowCount,
  rowNumbers,
  upperPart,
} from "./places.ts";

type Floats = AnyTensor<FloatDType>;

export interface Factors<D extends FloatDType = "f32"> {
  /** U on and above the diagonal, L without its ones below. */
  readonly LU: AnyTensor<D>;
  /** Row `i` of L·U is row `order[i]` of the matrix. */
  readonly order: AnyTensor<"i32">;
  /** Counted from 1: row `i` was exchanged with row `pivots[i]` in step `i`, as LAPACK says it. */
  readonly pivots: AnyTensor<"i32">;
  /** 1 or −1: whether rows were exchanged an even number of times; `[…, 1, 1]`. */
  readonly parity: AnyTensor<D>;
}

/**
 * Factorises by columns: in step `k` the greatest element of column `k` on or below the diagonal (the
 * first of equals) is moved to the diagonal, and multiples of its row are subtracted from those below.
 * A column without such an element is left as it is.
 */
export function factorise<D extends FloatDType = "f32">(x: AnyTensor<D>): Factors<D>;
export function factorise(x: Floats): Factors<FloatDType> {
  const rows = rowCount(x);
  const columns = columnCount(x);
  const steps = Math.min(rows, columns);
  const batch = batchOf(x);
  const down = rowNumbers(rows);
  const across = arange(columns);
  let LU = x.add(0);
  let order = down.expand([...batch, rows, 1]).add(0);
  let pivots = full([...batch, steps], 0, "i32");
  let parity = full([...batch, 1, 1], 1);
  for (let k = 0; k < steps; k++) {
    const found = where(down.ge(k), column(LU, k).abs(), -1).argmax(-2, { keepDim: true });
    const from = where(down.eq(k), found, where(down.eq(found), k, down));
    order = order.gather(-2, from);
    pivots = where(arange(steps).eq(k), found.reshape([...batch, 1]).add(1), pivots);
    parity = where(found.eq(k), parity, parity.neg());
    const swapped = LU.gather(-2, from.expand([...batch, rows, columns]));
    const pivotRow = row(swapped, k);
    const pivot = column(pivotRow, k);
    const own = column(swapped, k);
    const factor = where(down.gt(k).logicalAnd(pivot.ne(0)), own.div(pivot), 0);
    const rest = swapped.sub(factor.mul(where(across.gt(k), pivotRow, 0)));
    LU = where(across.eq(k).logicalAnd(down.gt(k)).logicalAnd(pivot.ne(0)), factor, rest);
  }
  return { LU, order: order.reshape([...batch, rows]), pivots, parity };
}

/** `L` below the diagonal and `U` on and above it, and the exchanges of rows. */
export interface LuFactors<D extends FloatDType = "f32"> {
  readonly LU: AnyTensor<D>;
  readonly pivots: AnyTensor<"i32">;
}

export interface LuParts<D extends FloatDType = "f32"> {
  readonly P: AnyTensor<D>;
  readonly L: AnyTensor<D>;
  readonly U: AnyTensor<D>;
}

export interface SignAndLogarithm<D extends FloatDType = "f32"> {
  readonly sign: AnyTensor<D>;
  readonly logabsdet: AnyTensor<D>;
}

/** The compact factors of `x` and the exchanges of rows, counted from 1, as LAPACK gives them. */
export function luFactor<D extends FloatDType = "f32">(x: AnyTensor<D>): LuFactors<D>;
export function luFactor(x: Floats): LuFactors<FloatDType> {
  checkMatrix("luFactor", x);
  const { LU, pivots } = factorise(x);
  return { LU, pivots };
}

/** `P · L · U = x`: a permutation, a lower matrix with ones on its diagonal, an upper one. */
export function lu<D extends FloatDType = "f32">(x: AnyTensor<D>): LuParts<D>;
export function lu(x: Floats): LuParts<FloatDType> {
  checkMatrix("lu", x);
  const { LU, order } = factorise(x);
  return separate(LU, order);
}

/** `P`, `L` and `U` of what `luFactor` gives. */
export function luUnpack<D extends FloatDType = "f32">(
  LU: AnyTensor<D>,
  pivots: AnyTensor<"i32">,
): LuParts<D>;
export function luUnpack(LU: Floats, pivots: AnyTensor<"i32">): LuParts<FloatDType> {
  checkMatrix("luUnpack", LU);
  return separate(LU, orderOf(pivots, rowCount(LU)));
}

function separate(LU: Floats, order: AnyTensor<"i32">): LuParts<FloatDType> {
  const count = Math.min(rowCount(LU), columnCount(LU));
  const ones = identity(rowCount(LU), count);
  return {
    P: permutation(order).to(LU.dtype),
    L: lowerPart(LU.narrow(-1, 0, count), -1).add(ones),
    U: upperPart(LU.narrow(-2, 0, count)),
  };
}

/** The matrix that moves row `i` to row `order[i]`. */
function permutation(order: AnyTensor<"i32">): Floats {
  const rows = order.shape[order.rank - 1]!;
  return rowNumbers(rows).eq(order.unsqueeze(-2)).to("f32");
}

/** The order of rows after LAPACK's exchanges, one after the other. */
export function orderOf(pivots: AnyTensor<"i32">, rows: number): AnyTensor<"i32"> {
  const batch = pivots.shape.slice(0, -1);
  const place = arange(rows);
  let order = place.expand([...batch, rows]).add(0);
  for (let k = 0; k < pivots.shape[pivots.rank - 1]!; k++) {
    const other = column(pivots, k).sub(1);
    order = order.gather(-1, where(place.eq(k), other, where(place.eq(other), k, place)));
  }
  return order;
}

/** The determinant of each matrix. */
export function det<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function det(x: Floats): Floats {
  checkSquare("det", x);
  const { LU, parity } = factorise(x);
  return diagonal(LU)
    .prod(-1)
    .mul(parity.reshape(batchOf(x)));
}

/** The sign of each determinant and the logarithm of its magnitude, which overflows much later. */
export function slogdet<D extends FloatDType = "f32">(x: AnyTensor<D>): SignAndLogarithm<D>;
export function slogdet(x: Floats): SignAndLogarithm<FloatDType> {
  checkSquare("slogdet", x);
  const { LU, parity } = factorise(x);
  const pivots = diagonal(LU);
  return {
    sign: pivots
      .sign()
      .prod(-1)
      .mul(parity.reshape(batchOf(x))),
    logabsdet: pivots.abs().log().sum(-1),
  };
}

/** The logarithm of each determinant: NaN where that is negative. */
export function logdet<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function logdet(x: Floats): Floats {
  const { sign, logabsdet } = slogdet(x);
  return where(sign.lt(0), Number.NaN, logabsdet);
}

/** Refuses factors of a matrix that has no inverse. `f` is who asks. */
export function checkRegular<D extends FloatDType = "f32">(f: string, LU: AnyTensor<D>): void;
export function checkRegular(f: string, LU: Floats): void {
  assert(stopGradient(diagonal(LU)).abs().min().item() > 0, `${f}: the matrix has no inverse`);
}
