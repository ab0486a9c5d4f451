/** QR factorisation by Householder's reflections. */

import { assert } from "../../runtime/eager/assert.ts";
import { arange, cat, full, where } from "../../runtime/eager/primitives.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
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

export interface Reflections {
  /** R on and above the diagonal; below it the vectors of the reflections, whose first element is 1. */
  readonly a: Tensor;
  /** The factor of each reflection `1 − tau · v · vᵀ`. */
  readonly tau: Tensor;
}

/**
 * The factors in LAPACK's compact form: reflection `k` makes column `k` zero below the diagonal, and
 * the element there gets the sign that is not the column's own. A column that is zero there already
 * is left as it is (`tau` is 0).
 */
export function geqrf(x: Tensor): Reflections {
  checkMatrix("geqrf", x);
  const steps = Math.min(rowCount(x), columnCount(x));
  const down = rowNumbers(rowCount(x));
  const across = arange(columnCount(x));
  let a = x.add(0);
  let tau = full([...batchOf(x), steps], 0);
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
export function householderProduct(a: Tensor, tau: Tensor): Tensor {
  checkMatrix("householderProduct", a);
  const steps = tau.shape[tau.rank - 1]!;
  assert(columnCount(a) >= steps, "householderProduct: there are more factors than columns");
  const down = rowNumbers(rowCount(a));
  let product = expandBatch(identity(rowCount(a), columnCount(a)), batchOf(a));
  for (let k = steps - 1; k >= 0; k--) {
    const v = where(down.eq(k), 1, where(down.gt(k), column(a, k), 0));
    const factor = column(tau, k).unsqueeze(-1);
    product = product.sub(factor.mul(v).mul(v.transpose(-2, -1).matmul(product)));
  }
  return product;
}

export interface QrOptions {
  /** `complete`: Q is square. `r`: Q is left out (and has no columns). Default: `reduced`. */
  readonly mode?: "reduced" | "complete" | "r";
}

/** `Q · R = x`: columns that are orthogonal and of length 1, and an upper matrix. */
export function qr(x: Tensor, { mode = "reduced" }: QrOptions = {}) {
  const { a, tau } = geqrf(x);
  const rows = rowCount(x);
  const steps = Math.min(rows, columnCount(x));
  if (mode === "complete") {
    const more = full([...batchOf(x), rows, rows - steps], 0);
    const square = cat([a.narrow(-1, 0, steps), more], -1);
    return { Q: householderProduct(square, tau), R: upperPart(a) };
  }
  const R = upperPart(a.narrow(-2, 0, steps));
  if (mode === "r") return { Q: full([0], 0), R };
  return { Q: householderProduct(a.narrow(-1, 0, steps), tau), R };
}
