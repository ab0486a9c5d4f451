/** Transposition: four by four in registers, and whole matrices in strips that use each cache line once. */

import { FuncBuilder, i32, loadVector, minus, plus, times } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { advance, and, part, shl } from "./memory.ts";
import { copyRun } from "./walker.ts";

type Lanes = readonly [number, number, number, number];

/** Of the four vectors at `rows`, the four of their first, second, third and fourth lanes. */
export function transposedTile(b: FuncBuilder, rows: readonly LoopExpr[]): LoopExpr[] {
  const [r0, r1, r2, r3] = rows.map((base) =>
    b.let("row", loadVector({ element: "f32", base, index: i32(0) })),
  );
  const low = [
    b.let("low", mix(r0!, r1!, [0, 4, 1, 5])),
    b.let("low", mix(r2!, r3!, [0, 4, 1, 5])),
  ];
  const high = [
    b.let("high", mix(r0!, r1!, [2, 6, 3, 7])),
    b.let("high", mix(r2!, r3!, [2, 6, 3, 7])),
  ];
  return [low, high].flatMap(([x, y]) => [mix(x!, y!, [0, 1, 4, 5]), mix(x!, y!, [2, 3, 6, 7])]);
}

const mix = (a: LoopExpr, b: LoopExpr, lanes: Lanes): LoopExpr => ({
  k: "shuffle",
  type: "v4f32",
  a,
  b,
  lanes,
});

/** Lines per strip: the elements of four bytes in one cache line. */
const strip = 16;

/**
 * `lines` rows of `run` elements of four bytes. In the target a row's elements are neighbours and rows
 * are `lineStep` bytes apart; in the source rows are neighbours and their elements `runStep` bytes apart.
 */
export function buildTranspose(): LoopFunc {
  const b = new FuncBuilder();
  const to = b.param("to", "i32");
  const from = b.param("from", "i32");
  const run = b.param("run", "i32");
  const runStep = b.param("runStep", "i32");
  const lines = b.param("lines", "i32");
  const lineStep = b.param("lineStep", "i32");
  const wholeRun = b.let("wholeRun", and(run, -4));
  const wholeLines = b.let("wholeLines", and(lines, -4));
  const targetAt = (line: LoopExpr, index: LoopExpr): LoopExpr =>
    plus(plus(to, times(line, lineStep)), shl(index, 2));
  const sourceAt = (line: LoopExpr, index: LoopExpr): LoopExpr =>
    plus(plus(from, shl(line, 2)), times(index, runStep));
  b.for("first", 0, wholeLines, strip, (first) => {
    const height = b.let("height", part(wholeLines, first, strip));
    b.for("i", 0, wholeRun, 4, (i) => {
      const source = b.let("source", sourceAt(first, i));
      const target = b.let("target", targetAt(first, i));
      b.for("line", 0, height, 4, () => {
        const rows = [0, 1, 2, 3].map((j) => plus(source, times(runStep, j)));
        for (const column of transposedTile(b, rows)) {
          b.store({ element: "f32", base: target, index: i32(0) }, column);
          advance(b, target, lineStep);
        }
        advance(b, source, 16);
      });
    });
  });
  const copy = (line: LoopExpr, index: LoopExpr): void =>
    copyRun(b, {
      to: targetAt(line, index),
      from: sourceAt(line, index),
      step: runStep,
      count: minus(run, index),
      shift: i32(2),
    });
  b.for("line", 0, wholeLines, 1, (line) => copy(line, wholeRun));
  b.for("line", wholeLines, lines, 1, (line) => copy(line, i32(0)));
  return b.finish("transpose");
}
