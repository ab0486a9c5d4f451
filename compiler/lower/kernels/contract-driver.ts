/**
 * Contractions of any index maps: for each block of columns, each batch element and each block of 512
 * positions, packs both operands and runs the tiles. A plan in memory says where things are.
 */

import { binary, compare, FuncBuilder, i32, load, minus, plus, times } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { contractPlan } from "../../ops/kernel-abi.ts";
import {
  columnSide,
  pack,
  packFunctions,
  rowSide,
  type Side,
  tableAt,
  tableColumn,
} from "./contract-pack.ts";
import { blockLength, fillTable, plan, tableFunctions } from "./contract-tables.ts";
import { tileColumns, tileParams, tileRowAt, tileRows } from "./contract-tile.ts";
import {
  advance,
  and,
  blockColumns,
  blockRows,
  breakIf,
  eq,
  ge,
  lt,
  ne,
  part,
  region,
  repeat,
  setWord,
  shl,
  word,
} from "./memory.ts";
import { axisAt, fillOffsets } from "./offsets.ts";

const axes = region("plan", contractPlan.axes * 4);

export const contractFunctions = (): LoopFunc[] => [
  ...packFunctions(),
  ...tableFunctions(),
  buildScatter(),
  buildRunTiles(),
  buildContractBlock(),
  buildContract(),
];

/** First axis of each group of the plan. */
const groups = (b: FuncBuilder) => {
  const rows = b.let("rowAxes", axisAt(axes, plan(contractPlan.batchAxes)));
  const columns = b.let("columnAxes", axisAt(rows, plan(contractPlan.rowAxes)));
  const reduced = b.let("reducedAxes", axisAt(columns, plan(contractPlan.columnAxes)));
  return { rows, columns, reduced };
};

/** Adds or writes a tile's elements one by one, where the result's columns are not neighbours. */
function buildScatter(): LoopFunc {
  const b = new FuncBuilder();
  const out = b.param("out", "i32");
  const row = b.param("row", "i32");
  const column = b.param("column", "i32");
  const rows = b.param("rows", "i32");
  const columns = b.param("columns", "i32");
  const isLater = b.param("isLater", "i32");
  const isFloat = b.param("isFloat", "i32");
  const outOf = (side: Side, at: LoopExpr): LoopExpr =>
    word(tableAt(side.table, tableColumn.out), at);
  b.for("i", 0, rows, 1, (i) => {
    const line = b.let("line", plus(out, outOf(rowSide, plus(row, i))));
    b.for("j", 0, columns, 1, (j) => {
      const to = b.let("to", plus(line, outOf(columnSide, plus(column, j))));
      const from = plus(region("tile"), shl(plus(shl(i, 3), j), 2));
      const float = (base: LoopExpr): LoopExpr => load({ element: "f32", base, index: i32(0) });
      b.if(
        and(isLater, isFloat),
        () => {
          const sum = binary("add", float(to), float(from));
          b.store({ element: "f32", base: to, index: i32(0) }, sum);
        },
        () => {
          const value = b.let("value", word(from, 0));
          b.if(isLater, () => advance(b, value, word(to, 0)));
          setWord(b, to, 0, value);
        },
      );
    });
  });
  return b.finish("scatter");
}

/** All tiles of packed rows `row` … and packed columns, over `length` positions. */
function buildRunTiles(): LoopFunc {
  const b = new FuncBuilder();
  const out = b.param("out", "i32");
  const rows = b.param("rows", "i32");
  const columns = b.param("columns", "i32");
  const length = b.param("length", "i32");
  const isLater = b.param("isLater", "i32");
  const columnOut = tableAt(columnSide.table, tableColumn.out);
  const rowOut = tableAt(rowSide.table, tableColumn.out);
  const tiles = b.let("tiles", plan(contractPlan.tiles));
  b.for("column", 0, columns, tileColumns, (column) => {
    const panel = b.let("panel", region("columnPanels", times(times(column, length), 4)));
    const width = b.let("width", part(columns, column, tileColumns));
    const first = b.let("first", word(columnOut, column));
    const isRun = b.let("isRun", eq(width, tileColumns));
    for (let j = 1; j < tileColumns; j++) {
      const follows = eq(minus(word(columnOut, plus(column, j)), first), j * 4);
      b.set(isRun, and(isRun, follows));
    }
    b.for("row", 0, rows, tileRows, (row) => {
      const height = b.let("height", part(rows, row, tileRows));
      const tile = b.let("tile", minus(plus(tiles, height), 1));
      const rowPanel = b.let("rowPanel", region("rowPanels", times(times(row, length), 4)));
      const run = (isAdded: LoopExpr, to: readonly LoopExpr[]): void => {
        const args = [rowPanel, panel, length, isAdded, ...to];
        b.emit({ s: "callIndirect", target: tile, params: tileParams, args });
      };
      const lines = Array.from({ length: tileRows }, (_, i) => i);
      b.if(
        isRun,
        () => {
          const line = b.let("line", plus(out, first));
          run(
            isLater,
            lines.map((i) => plus(line, word(rowOut, plus(row, i)))),
          );
        },
        () => {
          run(
            i32(0),
            lines.map((i) => tileRowAt(region("tile"), i)),
          );
          const isFloat = plan(contractPlan.isFloat);
          b.call("scatter", [out, row, column, height, width, isLater, isFloat]);
        },
      );
    });
  });
  return b.finish("runTiles");
}

/** One block of columns × one block of positions × all rows. */
function buildContractBlock(): LoopFunc {
  const b = new FuncBuilder();
  const rowPointer = b.param("rowPointer", "i32");
  const columnPointer = b.param("columnPointer", "i32");
  const out = b.param("out", "i32");
  const columns = b.param("columns", "i32");
  const length = b.param("length", "i32");
  const isLater = b.param("isLater", "i32");
  const rowCount = b.let("rowCount", plan(contractPlan.rowCount));
  const { rows: rowAxes } = groups(b);
  const panelAt = (name: "rowPanels" | "columnPanels", entry: LoopExpr): LoopExpr =>
    region(name, shl(times(entry, length), 2));
  b.for("column", 0, columns, tileColumns, (column) =>
    pack(b, columnSide, panelAt("columnPanels", column), columnPointer, column, length),
  );
  b.for("first", 0, rowCount, blockRows, (first) => {
    const n = b.let("n", part(rowCount, first, blockRows));
    b.if(compare("gt", rowCount, i32(blockRows)), () =>
      fillTable(b, rowSide, false, rowAxes, first, n),
    );
    b.for("row", 0, n, tileRows, (row) =>
      pack(b, rowSide, panelAt("rowPanels", row), rowPointer, row, length),
    );
    b.call("runTiles", [out, n, columns, length, isLater]);
  });
  return b.finish("contractBlock");
}

/** What the plan says. With no reduced elements the result is +0 everywhere. */
function buildContract(): LoopFunc {
  const b = new FuncBuilder();
  const { rows, columns, reduced } = groups(b);
  const rowCount = b.let("rowCount", plan(contractPlan.rowCount));
  const columnCount = b.let("columnCount", plan(contractPlan.columnCount));
  const reducedCount = b.let("reducedCount", plan(contractPlan.reducedCount));
  b.if(and(ge(rowCount, 1), lt(rowCount, blockRows + 1)), () =>
    fillTable(b, rowSide, false, rows, i32(0), rowCount),
  );
  /** The reduced element at which the present tables of reduced positions begin. */
  const filled = b.let("filled", i32(-1));
  b.for("column", 0, columnCount, blockColumns, (column) => {
    const n = b.let("n", part(columnCount, column, blockColumns));
    fillTable(b, columnSide, false, columns, column, n);
    b.for("batch", 0, plan(contractPlan.batchCount), 1, (batch) => {
      const pointers = batchPointers(b, batch);
      const done = b.let("done", i32(0));
      repeat(b, "blocks", () => {
        const length = b.let("length", blockLength(done, reduced));
        b.if(ne(done, filled), () => {
          fillTable(b, rowSide, true, reduced, done, length);
          fillTable(b, columnSide, true, reduced, done, length);
          b.set(filled, done);
        });
        b.call("contractBlock", [...pointers, n, length, ne(done, 0)]);
        advance(b, done, length);
        breakIf(b, "blocks", ge(done, reducedCount));
      });
    });
  });
  return b.finish("contract", { exported: "contract" });
}

/** Where the row operand, the column operand and the result of one batch element begin. */
function batchPointers(b: FuncBuilder, batch: LoopExpr): LoopExpr[] {
  const starts = [contractPlan.rowPointer, contractPlan.columnPointer, contractPlan.outPointer];
  return starts.map((pointer, sum) => {
    const to = region("batchCells");
    const axisCount = plan(contractPlan.batchAxes);
    const common = { axes, axisCount, first: batch, count: i32(1) };
    fillOffsets(b, { to, sum, start: plan(pointer), ...common });
    return b.let("pointer", word(to, 0));
  });
}
