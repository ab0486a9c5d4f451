/** The tables of positions that packing and storing read: one block of rows, columns or reduced axes. */

import { FuncBuilder, i32, minus, plus, select, times } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { contractPlan, guardWords } from "../../ops/kernel-abi.ts";
import { columnSide, rowSide, type Side, tableAt, tableColumn } from "./contract-pack.ts";
import { tileColumns } from "./contract-tile.ts";
import {
  advance,
  and,
  breakIf,
  contractBlock,
  eq,
  ge,
  part,
  region,
  repeat,
  setWord,
  shl,
  shr,
  tablePitch,
  word,
} from "./memory.ts";
import { fillOffsets } from "./offsets.ts";
import { ifUsed } from "./uses.ts";

export const plan = (index: number): LoopExpr => word(region("plan"), index);

export const tableFunctions = (isShared: boolean): LoopFunc[] => [
  buildFillTable(isShared),
  buildBlockLength(isShared),
];

/**
 * A side's offsets and, if it has guards, guarded positions, of `count` positions of some of the
 * plan's axes. `own`: of the operand's own axes, where guards start at their first position.
 */
function buildFillTable(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const table = b.param("table", "i32");
  const firstAxis = b.param("axes", "i32");
  const axisCount = b.param("axisCount", "i32");
  const operand = b.param("operand", "i32");
  const first = b.param("first", "i32");
  const count = b.param("count", "i32");
  const own = b.param("own", "i32");
  const zero = i32(0);
  const common = { axes: firstAxis, axisCount, first, count };
  fillOffsets(b, { to: table, sum: operand, start: zero, ...common });
  ifUsed(b, isShared, "guards", () => {
    const guards = b.let("guards", select(operand, columnSide.guards, rowSide.guards));
    b.if(word(guards, guardWords.used), () =>
      b.for("g", 0, guardWords.count, 1, (g) => {
        const start = b.let("start", word(plus(guards, shl(g, 2)), guardWords.starts));
        b.if(eq(own, 0), () => b.set(start, zero));
        const sum = plus(plus(g, 3), times(operand, guardWords.count));
        const to = plus(tableAt(table, tableColumn.guards), times(g, tablePitch));
        fillOffsets(b, { to, sum, start, ...common });
      }),
    );
  });
  b.if(own, () => {
    fillOffsets(b, { to: tableAt(table, tableColumn.out), sum: 2, start: zero, ...common });
    extendTable(b, table, count, isShared);
  });
  return b.finish("fillTable");
}

/** Entries that fill up the last panel: as if the last one's neighbours in memory came next. */
function extendTable(b: FuncBuilder, table: LoopExpr, count: LoopExpr, isShared: boolean): void {
  const last = b.let("last", plus(table, shl(minus(count, 1), 2)));
  b.for("i", 1, tileColumns, 1, (i) => {
    setWord(b, last, i, plus(word(last, 0), shl(i, 2)));
    ifUsed(b, isShared, "guards", () => {
      for (let g = 0; g < guardWords.count; g++) {
        const guard = tableAt(last, tableColumn.guards + g);
        setWord(b, guard, i, word(guard, 0));
      }
    });
  });
}

/** Fills a side's table of its own axes or of the reduced ones. */
export const fillTable = (
  b: FuncBuilder,
  side: Side,
  isReduced: boolean,
  firstAxis: LoopExpr,
  first: LoopExpr,
  count: LoopExpr,
): void => {
  const operand = side === columnSide ? 1 : 0;
  const ownAxes = operand ? contractPlan.columnAxes : contractPlan.rowAxes;
  b.call("fillTable", [
    isReduced ? side.reduced : side.table,
    firstAxis,
    plan(isReduced ? contractPlan.reducedAxes : ownAxes),
    i32(operand),
    first,
    count,
    i32(isReduced ? 0 : 1),
  ]);
};

/** How many reduced elements from number `first` on lie in one block of 512 positions. */
function buildBlockLength(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const first = b.param("first", "i32");
  const reducedAxes = b.param("reducedAxes", "i32");
  const n = b.let("n", part(plan(contractPlan.reducedCount), first, contractBlock));
  const inOneBlock = (): void => {
    const positions = region("positions");
    fillOffsets(b, {
      to: positions,
      axes: reducedAxes,
      axisCount: plan(contractPlan.reducedAxes),
      sum: 2,
      first,
      count: n,
      start: plan(contractPlan.firstPosition),
    });
    const bits = Math.log2(contractBlock);
    const end = b.let("end", shl(plus(shr(word(positions, 0), bits), 1), bits));
    const i = b.let("i", i32(1));
    repeat(b, "inside", () => {
      breakIf(b, "inside", ge(i, n));
      breakIf(b, "inside", ge(word(positions, i), end));
      advance(b, i, 1);
    });
    b.set(n, i);
  };
  ifUsed(b, isShared, "holes", () => b.if(and(plan(contractPlan.hasHoles), ge(n, 1)), inOneBlock));
  b.emit({ s: "return", value: n });
  return b.finish("blockLength", { result: "i32" });
}

export const blockLength = (first: LoopExpr, reduced: LoopExpr): LoopExpr => ({
  k: "call",
  type: "i32",
  callee: "blockLength",
  args: [first, reduced],
});
