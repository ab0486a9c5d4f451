/** Diagonals and triangles of matrices. */

import { tensor } from "../../runtime/eager/from-data.ts";
import { arange, full, where } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";
import { whenKnown } from "../../runtime/eager/when-known.ts";
import { movedim } from "./axes.ts";
import { axisOf } from "./axis.ts";

export interface DiagonalAxes {
  /** The axis of rows; the first by default. */
  readonly dim1?: number;
  /** The axis of columns; the second by default. */
  readonly dim2?: number;
}

/** The diagonal `offset` places right of the main one (left if negative), on a new last axis. */
export function diagonal<D extends DType>(
  x: AnyTensor<D>,
  offset = 0,
  { dim1 = 0, dim2 = 1 }: DiagonalAxes = {},
): AnyTensor<D> {
  const [a, b] = [axisOf("diagonal", dim1, x.rank), axisOf("diagonal", dim2, x.rank)];
  if (a === b) return refuse("axis", `diagonal: axis ${a} is given twice`);
  const matrix = movedim(x, [a, b], [-2, -1]);
  const [row, column] = offset < 0 ? [-offset, 0] : [0, offset];
  const [rows, columns] = [x.shape[a]! - row, x.shape[b]! - column];
  const length = shorter(rows, columns);
  const isEmpty = whenKnown(length) === "compiling" && length === 0;
  const square = matrix
    .narrow(-2, isEmpty ? 0 : row, length)
    .narrow(-1, isEmpty ? 0 : column, length)
    .flatten(-2, -1);
  // Rows that are longer by one bring the diagonal under each other.
  const before = square.shape.slice(0, -1);
  const none = before.map((): readonly [number, number] => [0, 0]);
  const longer = square.pad([...none, [0, length]]).reshape([...before, length, length + 1]);
  return longer.narrow(-1, 0, 1).squeeze(-1);
}

function shorter(rows: number, columns: number): number {
  const areKnown = whenKnown(rows) === "compiling" && whenKnown(columns) === "compiling";
  if (areKnown) return Math.max(0, Math.min(rows, columns));
  return rows === columns ? rows : Math.min(rows, columns);
}

/** Zeros, with the last axis of `x` on the diagonal of two new axes. */
export function diagEmbed<D extends DType>(
  x: AnyTensor<D>,
  offset = 0,
  { dim1 = -2, dim2 = -1 }: DiagonalAxes = {},
): AnyTensor<D> {
  if (x.rank === 0) return refuse("shape", "diagEmbed: a rank-0 tensor has no last axis");
  const before = x.shape.slice(0, -1);
  const none = before.map((): readonly [number, number] => [0, 0]);
  const size = x.shape[x.rank - 1]!;
  const rows = x.unsqueeze(-1).pad([...none, [0, 0], [0, size]]);
  const square = rows
    .reshape([...before, size * (size + 1)])
    .narrow(-1, 0, size * size)
    .reshape([...before, size, size]);
  const [low, high] = offset < 0 ? [-offset, 0] : [0, offset];
  const matrix = offset === 0 ? square : square.pad([...none, [low, high], [high, low]]);
  const [a, b] = [axisOf("diagEmbed", dim1, matrix.rank), axisOf("diagEmbed", dim2, matrix.rank)];
  if (a === b) return refuse("axis", `diagEmbed: axis ${a} is given twice`);
  return movedim(matrix, [-2, -1], [a, b]);
}

/** The diagonal of a matrix, or the matrix with a list as diagonal and zeros elsewhere. */
export function diag<D extends DType>(x: AnyTensor<D>, offset = 0): AnyTensor<D> {
  if (x.rank === 1) return diagEmbed(x, offset);
  if (x.rank === 2) return diagonal(x, offset);
  return refuse("shape", `diag: a tensor of rank ${x.rank} is neither a list nor a matrix`);
}

/** The sum of the main diagonal of a matrix. */
export function trace(x: AnyTensor): ReturnType<AnyTensor["sum"]> {
  if (x.rank !== 2) return refuse("shape", `trace: a tensor of rank ${x.rank} is no matrix`);
  return diagonal(x).sum();
}

/** The matrix with zeros right of the diagonal `offset` places right of the main one. */
export function tril<D extends DType>(x: AnyTensor<D>, offset = 0): AnyTensor<D> {
  return keep(x, ofColumns("tril", x).le(ofRows(x).add(offset)));
}

/** The matrix with zeros left of the diagonal `offset` places right of the main one. */
export function triu<D extends DType>(x: AnyTensor<D>, offset = 0): AnyTensor<D> {
  return keep(x, ofColumns("triu", x).ge(ofRows(x).add(offset)));
}

function ofColumns(f: string, x: AnyTensor): AnyTensor<"i32"> {
  if (x.rank < 2) return refuse("shape", `${f}: a tensor of rank ${x.rank} is no matrix`);
  return arange(x.shape[x.rank - 1]!);
}

const ofRows = (x: AnyTensor): AnyTensor<"i32"> => arange(x.shape[x.rank - 2]!).unsqueeze(-1);

/** The elements where `mask` is true, and 0 or false elsewhere. */
function keep<D extends DType>(x: AnyTensor<D>, mask: AnyTensor<"bool">): AnyTensor<D> {
  return where(mask, x, full([], x.dtype === "bool" ? false : 0, x.dtype));
}

/** A matrix of zeros with all elements of `x`, row-major, on the diagonal. */
export function diagflat<D extends DType>(x: AnyTensor<D>, offset = 0): AnyTensor<D> {
  return diagEmbed(x.reshape([-1]), offset);
}

/** The positions on and left of a diagonal of a matrix, row by row: a row of rows, and one of columns. */
export function trilIndices(rows: number, columns: number, offset = 0): AnyTensor<"i32"> {
  return places(rows, columns, (row, column) => column - row <= offset);
}

/** The positions on and right of a diagonal of a matrix, row by row: a row of rows, and one of columns. */
export function triuIndices(rows: number, columns: number, offset = 0): AnyTensor<"i32"> {
  return places(rows, columns, (row, column) => column - row >= offset);
}

function places(
  rows: number,
  columns: number,
  isIn: (row: number, column: number) => boolean,
): AnyTensor<"i32"> {
  const [down, across]: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (!isIn(row, column)) continue;
      down.push(row);
      across.push(column);
    }
  }
  return down.length === 0 ? full([2, 0], 0, "i32") : tensor([down, across], "i32");
}
