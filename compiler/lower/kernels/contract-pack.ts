/**
 * Packing: brings one block of a contraction's operand into panels, `[k][4 rows]` or `[k][8
 * columns]`. Neighbours in memory are copied as vectors, rows that run along k are transposed, what
 * lies in the padding becomes an explicit zero.
 */

import { binary, compare, FuncBuilder, i32, loadVector, minus, plus } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { contractPlan, guardWords } from "../../ops/kernel-abi.ts";
import {
  advance,
  and,
  breakIf,
  eq,
  least,
  lt,
  ne,
  region,
  repeat,
  setWord,
  shl,
  tablePitch,
  word,
} from "./memory.ts";
import { transposedTile } from "./transpose.ts";
import { ifUsed } from "./uses.ts";

/** Columns of a table of positions: the offset in bytes, three guarded positions, the result's. */
export const tableColumn = { offset: 0, guards: 1, out: 4 } as const;

export const tableAt = (table: LoopExpr, column: number, index: LoopExpr | number = 0): LoopExpr =>
  plus(plus(table, column * tablePitch), typeof index === "number" ? index * 4 : shl(index, 2));

export interface Side {
  readonly name: "Rows" | "Columns";
  readonly width: 4 | 8;
  /** Positions over the operand's own axes, and over the reduced ones. */
  readonly table: LoopExpr;
  readonly reduced: LoopExpr;
  readonly guards: LoopExpr;
}

export const rowSide: Side = {
  name: "Rows",
  width: 4,
  table: region("rowTable"),
  reduced: region("reducedTables"),
  guards: region("plan", contractPlan.rowGuards * 4),
};
export const columnSide: Side = {
  name: "Columns",
  width: 8,
  table: region("columnTable"),
  reduced: region("reducedTables", 4 * tablePitch),
  guards: region("plan", contractPlan.columnGuards * 4),
};

export const packFunctions = (isShared: boolean): LoopFunc[] => [
  buildGuardWindows(),
  buildPackGuarded(),
  buildPack(rowSide, isShared),
  buildPack(columnSide, isShared),
];

/**
 * For `width` entries of a table from `entries` on, per guard: the least position, and how far it may
 * go up so that all of the entries stay inside. Both go to `windows`.
 */
function buildGuardWindows(): LoopFunc {
  const b = new FuncBuilder();
  const entries = b.param("entries", "i32");
  const width = b.param("width", "i32");
  const guards = b.param("guards", "i32");
  b.for("g", 0, guardWords.count, 1, (g) => {
    advance(b, entries, tablePitch);
    const low = b.let("low", word(entries, 0));
    const high = b.let("high", low);
    b.for("i", 1, width, 1, (i) => {
      const x = b.let("x", word(entries, i));
      b.set(low, least(low, x));
      b.set(high, binary("max", high, x));
    });
    const size = word(plus(guards, shl(g, 2)), guardWords.sizes);
    const window = b.let("window", region("windows", shl(g, 3)));
    setWord(b, window, 0, low);
    setWord(b, window, 1, binary("max", plus(minus(size, high), low), i32(0)));
  });
  return b.finish("guardWindows");
}

/** One position k of a panel, element by element: zero where a guarded position is outside. */
function buildPackGuarded(): LoopFunc {
  const b = new FuncBuilder();
  const to = b.param("to", "i32");
  const from = b.param("from", "i32");
  const entries = b.param("entries", "i32");
  const reduced = b.param("reduced", "i32");
  const width = b.param("width", "i32");
  const guards = b.param("guards", "i32");
  b.for("i", 0, width, 1, (i) => {
    const isInside = b.let("isInside", i32(1));
    for (let g = 0; g < guardWords.count; g++) {
      const column = ((g + tableColumn.guards) * tablePitch) / 4;
      const position = plus(word(entries, plus(i, column)), word(reduced, column));
      const inside = compare("ltU", position, word(guards, guardWords.sizes + g));
      b.set(isInside, and(isInside, inside));
    }
    const value = b.let("value", i32(0));
    b.if(isInside, () => b.set(value, word(plus(from, word(entries, i)), 0)));
    setWord(b, to, i, value);
  });
  return b.finish("packGuarded");
}

interface Packing {
  readonly b: FuncBuilder;
  readonly side: Side;
  readonly to: LoopExpr;
  readonly from: LoopExpr;
  /** Address of the first of the panel's entries in the side's table. */
  readonly entries: LoopExpr;
  readonly length: LoopExpr;
  readonly k: LoopExpr;
  /** The offsets of a narrow panel's entries: memory that is written would have to be read anew. */
  readonly offsets: readonly LoopExpr[];
}

const panelBytes = (side: Side): number => side.width * 4;
const offsetOf = (p: Packing, i: LoopExpr | number): LoopExpr => word(p.entries, i);
const reducedOffset = (p: Packing, ahead = 0): LoopExpr => word(p.side.reduced, plus(p.k, ahead));

/** `packRows` and `packColumns`: one panel of the entries from number `entry` on. */
function buildPack(side: Side, isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const to = b.param("to", "i32");
  const from = b.param("from", "i32");
  const entry = b.param("entry", "i32");
  const length = b.param("length", "i32");
  const entries = b.let("entries", tableAt(side.table, tableColumn.offset, entry));
  const isGuarded = b.let("isGuarded", i32(0));
  ifUsed(b, isShared, "guards", () => b.set(isGuarded, word(side.guards, guardWords.used)));
  b.if(isGuarded, () => b.call("guardWindows", [entries, i32(side.width), side.guards]));
  const k = b.let("k", i32(0));
  const held = side.width === 4 ? [0, 1, 2, 3] : [];
  const offsets = held.map((i) => b.let("offset", word(entries, i)));
  const p: Packing = { b, side, to, from, entries, length, k, offsets };
  const breaks = countBreaks(p);
  const next = (): void => {
    advance(b, to, panelBytes(side));
    advance(b, k, 1);
  };
  repeat(b, "ks", () => {
    breakIf(b, "ks", eq(k, length));
    const at = b.let("at", plus(from, reducedOffset(p)));
    b.if(isGuarded, () =>
      b.if(eq(isInside(p), 0), () => {
        const reduced = tableAt(side.reduced, 0, k);
        b.call("packGuarded", [to, at, entries, reduced, i32(side.width), side.guards]);
        next();
        b.emit({ s: "continue", label: "ks" });
      }),
    );
    b.if(
      lt(breaks.count, side.width === 8 ? 2 : 1),
      () => copyRuns(p, at, breaks),
      () => {
        ifRunsAlong(p, isGuarded, () => {
          transpose(p);
          advance(b, to, 4 * panelBytes(side));
          advance(b, k, 4);
          b.emit({ s: "continue", label: "ks" });
        });
        gather(p, at);
      },
    );
    next();
  });
  return b.finish(`pack${side.name}`);
}

interface Breaks {
  readonly count: LoopExpr;
  /** The last entry that does not follow the one before it. */
  readonly last: LoopExpr;
}

function countBreaks(p: Packing): Breaks {
  const { b } = p;
  const count = b.let("breaks", i32(0));
  const last = b.let("last", i32(0));
  b.for("i", 1, p.side.width, 1, (i) =>
    b.if(ne(offsetOf(p, i), plus(offsetOf(p, minus(i, 1)), 4)), () => {
      advance(b, count, 1);
      b.set(last, i);
    }),
  );
  return { count, last };
}

/** Whether all of the panel's entries are inside at position k. */
function isInside({ side, k }: Packing): LoopExpr {
  const inside = [0, 1, 2].map((g) => {
    const position = word(tableAt(side.reduced, tableColumn.guards + g), k);
    const window = region("windows", g * 8);
    return compare("ltU", plus(position, word(window, 0)), word(window, 1));
  });
  return inside.reduce((all, one) => and(all, one));
}

/**
 * One run of neighbours, or two: the second is written over the end of the first, and what it writes
 * past the panel's end is written over by the next position.
 */
function copyRuns(p: Packing, at: LoopExpr, breaks: Breaks): void {
  const { b } = p;
  const copy = (to: LoopExpr, from: LoopExpr): void => {
    for (let i = 0; i < p.side.width; i += 4) {
      const value = loadVector({ element: "f32", base: from, index: i32(i) });
      b.store({ element: "f32", base: to, index: i32(i) }, value);
    }
  };
  copy(p.to, b.let("run", plus(at, offsetOf(p, 0))));
  if (p.side.width === 4) return;
  b.if(breaks.count, () =>
    copy(
      b.let("second", plus(p.to, shl(breaks.last, 2))),
      b.let("run", plus(at, offsetOf(p, breaks.last))),
    ),
  );
}

/** One position of all entries, one by one. */
function gather(p: Packing, at: LoopExpr): void {
  for (let i = 0; i < p.side.width; i++) {
    setWord(p.b, p.to, i, word(plus(at, p.offsets[i] ?? offsetOf(p, i)), 0));
  }
}

/** Does `write` if the next four positions are neighbours in memory. */
function ifRunsAlong(p: Packing, isGuarded: LoopExpr, write: () => void): void {
  const { b } = p;
  const first = reducedOffset(p);
  const follows = (i: number): LoopExpr => eq(minus(reducedOffset(p, i), first), 4 * i);
  // Where steps are longer, the first one says so.
  b.if(follows(1), () => {
    const fits = and(compare("le", plus(p.k, 4), p.length), eq(isGuarded, 0));
    b.if(and(fits, and(follows(2), follows(3))), write);
  });
}

/** Four positions of each of four entries, as four vectors of entries. */
function transpose(p: Packing): void {
  const { b, side } = p;
  const along = b.let("along", plus(p.from, reducedOffset(p)));
  for (let group = 0; group < side.width; group += 4) {
    const rows = [0, 1, 2, 3].map((i) => plus(along, offsetOf(p, group + i)));
    const columns = transposedTile(b, rows);
    for (const [i, column] of columns.entries())
      b.store({ element: "f32", base: p.to, index: i32(i * side.width + group) }, column);
  }
}

export const pack = (
  b: FuncBuilder,
  side: Side,
  to: LoopExpr,
  from: LoopExpr,
  entry: LoopExpr,
  length: LoopExpr,
): void => b.call(`pack${side.name}`, [to, from, entry, length]);
