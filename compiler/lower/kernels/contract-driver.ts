/**
 * Contractions of any index maps: for each batch element and each block of 512 positions, packs both
 * operands and runs the tiles. A plan in memory says where things are.
 */

import { binary, FuncBuilder, i32, load, minus, plus, select, times } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { contractPlan, guardWords, planAxis } from "../../ops/kernel-abi.ts";
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
  ne,
  part,
  region,
  repeat,
  setWord,
  shl,
  word,
} from "./memory.ts";
import { axisAt, fillOffsets } from "./offsets.ts";
import { ifUsed, uses } from "./uses.ts";

const axes = region("plan", contractPlan.axes * 4);

/** Numbers of the first tiles. */
export interface SharedTiles {
  readonly f32: number;
  readonly i32: number;
}

/**
 * `shared`: those of the interpreter, which knows its tiles by itself, and whose packed rows may stay where the plan
 * says, for the next time.
 */
export const contractFunctions = (shared: SharedTiles | undefined): LoopFunc[] => [
  ...packFunctions(shared !== undefined),
  ...tableFunctions(shared !== undefined),
  buildScatter(),
  buildRunTiles(shared),
  buildContractBlock(shared !== undefined),
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

/**
 * All tiles of packed rows and packed columns, over `length` positions. With `from`, the operand of the columns
 * is read where it lies: it begins there, and each column's positions are neighbours.
 */
function buildRunTiles(shared: SharedTiles | undefined): LoopFunc {
  const b = new FuncBuilder();
  const out = b.param("out", "i32");
  const rows = b.param("rows", "i32");
  const columns = b.param("columns", "i32");
  const length = b.param("length", "i32");
  const isLater = b.param("isLater", "i32");
  const from = b.param("from", "i32");
  const rowPanels = shared ? b.param("rowPanels", "i32") : region("rowPanels");
  const columnOut = tableAt(columnSide.table, tableColumn.out);
  const rowOut = tableAt(rowSide.table, tableColumn.out);
  const tiles = shared ? i32(0) : b.let("tiles", plan(contractPlan.tiles));
  const isFloat = b.let("isFloat", shared ? i32(1) : plan(contractPlan.isFloat));
  if (shared) b.if(uses("integer tiles"), () => b.set(isFloat, plan(contractPlan.isFloat)));
  const lines = Array.from({ length: tileRows }, (_, i) => i);
  b.for("column", 0, columns, tileColumns, (column) => {
    const panel = b.let("panel", region("columnPanels", times(times(column, length), 4)));
    b.if(from, () => b.set(panel, tableAt(columnSide.table, tableColumn.offset, column)));
    const width = b.let("width", part(columns, column, tileColumns));
    const first = b.let("first", word(columnOut, column));
    const isRun = b.let("isRun", eq(width, tileColumns));
    for (let j = 1; j < tileColumns; j++) {
      const follows = eq(minus(word(columnOut, plus(column, j)), first), j * 4);
      b.set(isRun, and(isRun, follows));
    }
    b.for("row", 0, rows, tileRows, (row) => {
      const height = b.let("height", part(rows, row, tileRows));
      // Of integers there is only the tile of all rows: what is too much of it stays in its buffer.
      const hasSmall = shared ? and(isFloat, uses("small tiles")) : isFloat;
      const isWhole = b.let("isWhole", and(isRun, binary("or", hasSmall, eq(height, tileRows))));
      const small = minus(height, 1);
      const ofRows = shared ? select(uses("small tiles"), small, i32(tileRows - 1)) : small;
      const ofHeight = select(from, i32(tileRows), ofRows);
      const tile = shared
        ? select(isFloat, plus(ofHeight, shared.f32), i32(shared.i32))
        : plus(tiles, select(isFloat, ofHeight, i32(0)));
      const rowPanel = b.let("rowPanel", plus(rowPanels, times(times(row, length), 4)));
      const to = lines.map((i) => b.let("to", tileRowAt(region("tile"), i)));
      b.if(isWhole, () => {
        const line = b.let("line", plus(out, first));
        for (const [i, at] of to.entries()) b.set(at, plus(line, word(rowOut, plus(row, i))));
      });
      const args = [rowPanel, panel, length, select(isWhole, isLater, i32(0)), from, ...to];
      b.emit({ s: "callIndirect", target: tile, params: tileParams, args });
      b.if(eq(isWhole, 0), () =>
        b.call("scatter", [out, row, column, height, width, isLater, isFloat]),
      );
    });
  });
  return b.finish("runTiles");
}

/** Which block of a side's positions its table has. */
const filledBlock = (side: Side): LoopExpr => region("batchCells", side === rowSide ? 4 : 8);

/** Fills a side's table of its own axes from number `first` on, unless it has that block. */
function fillOnce(
  b: FuncBuilder,
  side: Side,
  axesAt: LoopExpr,
  first: LoopExpr,
  n: LoopExpr,
): void {
  const filled = filledBlock(side);
  b.if(ne(word(filled, 0), first), () => {
    fillTable(b, side, false, axesAt, first, n);
    setWord(b, filled, 0, first);
  });
}

/**
 * One block of positions × all rows × all columns. Rows stay packed while the columns go by, so that each
 * element of either operand is packed once, unless there are very many rows.
 */
function buildContractBlock(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const rowPointer = b.param("rowPointer", "i32");
  const columnPointer = b.param("columnPointer", "i32");
  const out = b.param("out", "i32");
  const length = b.param("length", "i32");
  const done = b.param("done", "i32");
  const isLater = b.let("isLater", ne(done, 0));
  const { rows, columns, reduced } = groups(b);
  const rowCount = b.let("rowCount", plan(contractPlan.rowCount));
  const columnCount = b.let("columnCount", plan(contractPlan.columnCount));
  const panelAt = (panels: LoopExpr, entry: LoopExpr): LoopExpr =>
    plus(panels, shl(times(entry, length), 2));
  b.for("row", 0, rowCount, blockRows, (row) => {
    const n = b.let("n", part(rowCount, row, blockRows));
    fillOnce(b, rowSide, rows, row, n);
    const panels = b.let("panels", region("rowPanels"));
    const packRows = (): void =>
      b.for("i", 0, n, tileRows, (i) =>
        pack(b, rowSide, panelAt(panels, i), rowPointer, i, length),
      );
    if (isShared) {
      const isPacked = b.let("isPacked", i32(0));
      b.if(uses("staying rows"), () => {
        const staying = plan(contractPlan.packedRows);
        // All rows of one block of positions, then those of the next.
        const all = and(plus(rowCount, tileRows - 1), -tileRows);
        const before = plus(times(all, done), times(row, length));
        b.if(staying, () => b.set(panels, plus(staying, shl(before, 2))));
        b.set(isPacked, plan(contractPlan.isPacked));
      });
      b.if(eq(isPacked, 0), packRows);
    } else packRows();
    b.for("column", 0, columnCount, blockColumns, (column) => {
      const m = b.let("m", part(columnCount, column, blockColumns));
      fillOnce(b, columnSide, columns, column, m);
      const from = b.let("from", directColumns(columnPointer, length, reduced));
      const isGuarded = plan(contractPlan.columnGuards + guardWords.used);
      ifUsed(b, isShared, "guards", () => b.if(isGuarded, () => b.set(from, i32(0))));
      b.if(eq(from, 0), () =>
        b.for("i", 0, m, tileColumns, (i) =>
          pack(b, columnSide, panelAt(region("columnPanels"), i), columnPointer, i, length),
        ),
      );
      b.call("runTiles", [out, n, m, length, isLater, from, ...(isShared ? [panels] : [])]);
    });
  });
  return b.finish("contractBlock");
}

/**
 * Where the first column begins, if a single row makes packing columns cost more than it saves, and they
 * can be read as they lie; else 0.
 */
function directColumns(columnPointer: LoopExpr, length: LoopExpr, reduced: LoopExpr): LoopExpr {
  const offsets = columnSide.table;
  const conditions = [
    eq(plan(contractPlan.rowCount), 1),
    eq(plan(contractPlan.isFloat), 1),
    eq(plan(contractPlan.reducedAxes), 1),
    eq(word(reduced, planAxis.sums + 1), 4),
    ge(length, 4),
    // Columns that are neighbours are packed by copying.
    ne(minus(word(offsets, 1), word(offsets, 0)), 4),
  ];
  const start = plus(columnPointer, word(columnSide.reduced, 0));
  return select(
    conditions.reduce((all, one) => and(all, one)),
    start,
    i32(0),
  );
}

/** What the plan says. With no reduced elements the result is +0 everywhere. */
function buildContract(): LoopFunc {
  const b = new FuncBuilder();
  const { reduced } = groups(b);
  const reducedCount = b.let("reducedCount", plan(contractPlan.reducedCount));
  for (const side of [rowSide, columnSide]) setWord(b, filledBlock(side), 0, i32(-1));
  /** The reduced element at which the present tables of reduced positions begin. */
  const filled = b.let("filled", i32(-1));
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
      b.call("contractBlock", [...pointers, length, done]);
      advance(b, done, length);
      breakIf(b, "blocks", ge(done, reducedCount));
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
