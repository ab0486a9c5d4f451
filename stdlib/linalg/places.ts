/** Rows, columns and diagonals of matrices, which are the last two axes of tensors. */

import { assert } from "../../runtime/eager/assert.ts";
import { arange, full, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, DType, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { withGradient } from "../../runtime/eager/with-gradient.ts";

type Floats = AnyTensor<FloatDType>;

/** Refuses what is no matrix or batch of matrices. `f` is who asks. */
export function checkMatrix(f: string, x: AnyTensor): void {
  assert(x.rank >= 2, `${f}: a tensor of rank ${x.rank} is no matrix`);
}

export function checkSquare(f: string, x: AnyTensor): void {
  checkMatrix(f, x);
  assert(x.shape[x.rank - 1]! === x.shape[x.rank - 2]!, `${f}: the matrices must be square`);
}

export function rowCount(x: AnyTensor): number {
  return x.shape[x.rank - 2]!;
}

export function columnCount(x: AnyTensor): number {
  return x.shape[x.rank - 1]!;
}

/** The axes before the matrices'. */
export function batchOf(x: AnyTensor): readonly number[] {
  return x.shape.slice(0, x.rank - 2);
}

/** The number of each row, `[count, 1]`. */
export function rowNumbers(count: number): AnyTensor<"i32"> {
  return arange(count).reshape([count, 1]);
}

/** Column `k`, as a matrix of one column. `k` may change from round to round. */
export function column<D extends DType>(x: AnyTensor<D>, k: number): AnyTensor<D> {
  return x.take(arange(1).add(k), -1);
}

/** Row `k`, as a matrix of one row. */
export function row<D extends DType>(x: AnyTensor<D>, k: number): AnyTensor<D> {
  return x.take(arange(1).add(k), -2);
}

/** Ones at `[i, i]`, zeros elsewhere. */
export function identity<D extends FloatDType = "f32">(rows: number, columns: number): AnyTensor<D>;
export function identity(rows: number, columns: number): Floats {
  return rowNumbers(rows).eq(arange(columns)).to("f32");
}

/** The elements at `[i, i]`, without an axis for columns. */
export function diagonal<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function diagonal(x: Floats): Floats {
  const count = Math.min(rowCount(x), columnCount(x));
  const square = x.narrow(-2, 0, count).narrow(-1, 0, count);
  return where(rowNumbers(count).eq(arange(count)), square, 0).sum(-1);
}

/** The elements on and below the diagonal; zeros above. */
export function lowerPart<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  offset?: number,
): AnyTensor<D>;
export function lowerPart(x: Floats, offset = 0): Floats {
  return where(
    rowNumbers(rowCount(x))
      .add(offset)
      .ge(arange(columnCount(x))),
    x,
    0,
  );
}

/** The elements on and above the diagonal; zeros below. */
export function upperPart<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function upperPart(x: Floats): Floats {
  return where(rowNumbers(rowCount(x)).le(arange(columnCount(x))), x, 0);
}

/**
 * Symmetric matrices, of which only one triangle is read: their gradients are symmetric, too, as PyTorch's.
 */
export function ofSymmetric<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function ofSymmetric(x: Floats): Floats {
  return withGradient(
    (y: Floats) => ({ value: y, saved: undefined }),
    (_, g) => [g.add(g.transpose(-2, -1)).div(2)],
    [x],
  );
}

/** The root, whose gradient at 0 is 0, as PyTorch's norms have it. */
export function lengthOf<D extends FloatDType = "f32">(square: AnyTensor<D>): AnyTensor<D>;
export function lengthOf(square: Floats): Floats {
  const isNone = square.eq(0);
  return where(isNone, 0, where(isNone, 1, square).sqrt());
}

/** The matrices of `x` repeated for the batch axes that `batch` has more of. */
export function expandBatch<D extends DType>(
  x: AnyTensor<D>,
  batch: readonly number[],
): AnyTensor<D> {
  return x.expand([...batch, rowCount(x), columnCount(x)]);
}

/** The batch axes of two tensors, broadcast. */
export function commonBatch(x: AnyTensor, y: AnyTensor): readonly number[] {
  return full([...batchOf(x), 1, 1], 0)
    .add(full([...batchOf(y), 1, 1], 0))
    .shape.slice(0, -2);
}
