/** QR factorisation by Householder's reflections. */

import { assert } from "../../runtime/eager/assert.ts";
import { arange, cat, full, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import {
  batchOf,
  checkMatrix,
  column,
  columnCount,
  expandBatch,
  identity,
  lengthOf,
  row,
  rowCount,
  rowNumbers,
  upperPart,
} from "./places.ts";

type Floats = AnyTensor<FloatDType>;

export interface Reflections<D extends FloatDType = "f32"> {
  /** R on and above the diagonal; below it the vectors of the reflections, whose first element is 1. */
  readonly a: AnyTensor<D>;
  /** The factor of each reflection `1 − tau · v · vᵀ`. */
  readonly tau: AnyTensor<D>;
}

/**
 * The factors in LAPACK's compact form: reflection `k` makes column `k` zero below the diagonal, and
 * the element there gets the sign that is not the column's own. A column that is zero there already
 * is left as it is (`tau` is 0).
 */
export function geqrf<D extends FloatDType = "f32">(x: AnyTensor<D>): Reflections<D>;
export function geqrf(x: Floats): Reflections<FloatDType> {
  checkMatrix("geqrf", x);
  const steps = Math.min(rowCount(x), columnCount(x));
  const down = rowNumbers(rowCount(x));
  const across = arange(columnCount(x));
  let a = x.add(0);
  let tau: Floats = full([...batchOf(x), steps], 0, x.dtype);
  for (let k = 0; k < steps; k++) {
    const own = column(a, k);
    const head = row(own, k);
    const tail = where(down.gt(k), own, 0);
    const squares = tail.square().sum(-2, { keepDim: true });
    const norm = lengthOf(head.square().add(squares));
    const isDone = squares.eq(0);
    const target = where(isDone, head, where(head.lt(0), norm, norm.neg()));
    const factor = where(isDone, 0, target.sub(head).div(where(isDone, 1, target)));
    const below = where(isDone, 0, tail.div(where(isDone, 1, head.sub(target))));
    const v = where(down.eq(k), 1, below);
    const later = a.sub(factor.mul(v).mul(v.transpose(-2, -1).matmul(a)));
    const reflected = where(down.lt(k), own, where(down.eq(k), target, below));
    a = where(across.eq(k), reflected, where(across.gt(k), later, a));
    tau = where(arange(steps).eq(k), factor.squeeze(-1), tau);
  }
  return { a, tau };
}

/** The first columns of the product of the reflections that `geqrf` gives: as many as `a` has. */
export function householderProduct<D extends FloatDType = "f32">(
  a: AnyTensor<D>,
  tau: AnyTensor<D>,
): AnyTensor<D>;
export function householderProduct(a: Floats, tau: Floats): Floats {
  checkMatrix("householderProduct", a);
  const steps = tau.shape[tau.rank - 1]!;
  assert(columnCount(a) >= steps, "householderProduct: there are more factors than columns");
  const down = rowNumbers(rowCount(a));
  let product: Floats = expandBatch(identity(rowCount(a), columnCount(a)).to(a.dtype), batchOf(a));
  for (let k = steps - 1; k >= 0; k--) {
    const v = where(down.eq(k), 1, where(down.gt(k), column(a, k), 0));
    const factor = column(tau, k).unsqueeze(-1);
    product = product.sub(factor.mul(v).mul(v.transpose(-2, -1).matmul(product)));
  }
  return product;
}

export interface QrParts<D extends FloatDType = "f32"> {
  readonly Q: AnyTensor<D>;
  readonly R: AnyTensor<D>;
}

export interface QrOptions {
  /** `complete`: Q is square. `r`: Q is left out (and has no columns). Default: `reduced`. */
  readonly mode?: "reduced" | "complete" | "r";
}

/** `Q · R = x`: columns that are orthogonal and of length 1, and an upper matrix. */
export function qr<D extends FloatDType = "f32">(x: AnyTensor<D>, options?: QrOptions): QrParts<D>;
export function qr(x: Floats, { mode = "reduced" }: QrOptions = {}): QrParts<FloatDType> {
  const { a, tau } = geqrf(x);
  const rows = rowCount(x);
  const steps = Math.min(rows, columnCount(x));
  if (mode === "complete") {
    const more = full([...batchOf(x), rows, rows - steps], 0);
    const square = cat([a.narrow(-1, 0, steps), more], -1);
    return { Q: householderProduct(square, tau), R: upperPart(a) };
  }
  const R = upperPart(a.narrow(-2, 0, steps));
  if (mode === "r") return { Q: full([0], 0, x.dtype), R };
  return { Q: householderProduct(a.narrow(-1, 0, steps), tau), R };
}
