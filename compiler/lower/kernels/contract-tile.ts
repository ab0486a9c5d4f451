/** Tiles of a contraction: one to four rows by eight columns, kept in registers over one block. */

import {
  binary,
  constant,
  FuncBuilder,
  i32,
  load,
  loadVector,
  minus,
  plus,
  times,
} from "../../loop/build.ts";
import type { LoopExpr, LoopFunc, LoopType } from "../../loop/ir.ts";
import { advance, and, ge } from "./memory.ts";
import { transposedTile } from "./transpose.ts";

export const tileRows = 4;
export const tileColumns = 8;

/**
 * Packed rows, packed columns, length, whether to add to the result, where columns lie that are not packed,
 * address of each row's result.
 */
export const tileParams: readonly LoopType[] = Array.from({ length: 5 + tileRows }, () => "i32");

/**
 * `out[i][j] = Σ_k rows[k][i] × columns[k][j]` from +0 in ascending k; with `isLater`, the sum of a
 * later block, it is added to what `out` holds. A function of its own, because V8 replaces the first,
 * slow code of a function only between calls.
 */
export function buildTile(name: string, type: "f32" | "i32", rows: number): LoopFunc {
  const b = new FuncBuilder();
  const rowPanel = b.param("rows", "i32");
  const columnPanel = b.param("columns", "i32");
  const length = b.param("length", "i32");
  const isLater = b.param("isLater", "i32");
  b.param("from", "i32");
  const out = Array.from({ length: tileRows }, () => b.param("out", "i32"));
  const zero = constant(type === "f32" ? "v4f32" : "v4i32", 0);
  const sums = Array.from({ length: rows }, () => [b.let("sum", zero), b.let("sum", zero)]);
  b.for("k", 0, length, 1, () => {
    const at = (base: LoopExpr, index: number) => ({ element: type, base, index: i32(index) });
    const columns = [0, 4].map((j) => b.let("b", loadVector(at(columnPanel, j))));
    for (const [i, row] of sums.entries()) {
      const a = b.let("a", loadVector(at(rowPanel, i), true));
      for (const [j, sum] of row.entries())
        b.set(sum, binary("add", sum, binary("mul", a, columns[j]!)));
    }
    advance(b, rowPanel, tileRows * 4);
    advance(b, columnPanel, tileColumns * 4);
  });
  finishTile(b, type, sums, isLater, out);
  return b.finish(name);
}

function finishTile(
  b: FuncBuilder,
  type: "f32" | "i32",
  sums: readonly (readonly LoopExpr[])[],
  isLater: LoopExpr,
  out: readonly LoopExpr[],
): void {
  const each = (write: (at: Parameters<typeof loadVector>[0], sum: LoopExpr) => void): void => {
    for (const [i, row] of sums.entries())
      for (const [j, sum] of row.entries())
        write({ element: type, base: out[i]!, index: i32(j * 4) }, sum);
  };
  b.if(isLater, () => each((at, sum) => b.set(sum, binary("add", loadVector(at), sum))));
  each((at, sum) => b.store(at, sum));
}

/**
 * One row by eight columns that lie in memory one after another's positions, as the weights of a linear layer
 * do: four positions of each are transposed in registers. `columns` points to the columns' offsets from
 * `from`; the length is 4 or more.
 */
export function buildDirectTile(name: string): LoopFunc {
  const b = new FuncBuilder();
  const rowPanel = b.param("rows", "i32");
  const offsets = b.param("columns", "i32");
  const length = b.param("length", "i32");
  const isLater = b.param("isLater", "i32");
  const from = b.param("from", "i32");
  const out = Array.from({ length: tileRows }, () => b.param("out", "i32"));
  const columns = Array.from({ length: tileColumns }, (_, j) =>
    b.let("column", plus(from, load({ element: "i32", base: offsets, index: i32(j) }))),
  );
  const zero = constant("v4f32", 0);
  const sums = [b.let("sum", zero), b.let("sum", zero)];
  const halves = [columns.slice(0, 4), columns.slice(4)];
  const addPosition = (sum: LoopExpr, column: LoopExpr, k: number): void => {
    const a = loadVector({ element: "f32", base: rowPanel, index: i32(k * tileRows) }, true);
    b.set(sum, binary("add", sum, binary("mul", a, column)));
  };
  const rest = b.let("rest", and(length, 3));
  const whole = b.let("whole", minus(length, rest));
  b.for("k", 0, whole, 4, () => {
    for (const [half, sum] of sums.entries()) {
      const own = transposedTile(b, halves[half]!);
      for (const [k, column] of own.entries()) addPosition(sum, column, k);
    }
    advance(b, rowPanel, 4 * tileRows * 4);
    for (const column of columns) advance(b, column, 16);
  });
  // The last four positions once more, of which one to three have not been added.
  b.if(rest, () => {
    const back = b.let("back", minus(rest, 4));
    advance(b, rowPanel, times(back, tileRows * 4));
    for (const column of columns) advance(b, column, times(back, 4));
    const own = halves.map((half) =>
      transposedTile(b, half).map((column) => b.let("column", column)),
    );
    for (let k = 1; k < 4; k++) {
      b.if(ge(rest, 4 - k), () => {
        for (const [half, sum] of sums.entries()) addPosition(sum, own[half]![k]!, k);
      });
    }
  });
  finishTile(b, "f32", [sums], isLater, out);
  return b.finish(name);
}

/** The address of row `i` of a tile whose rows lie `tileColumns` apart. */
export const tileRowAt = (tile: LoopExpr, i: number): LoopExpr => plus(tile, i * tileColumns * 4);
