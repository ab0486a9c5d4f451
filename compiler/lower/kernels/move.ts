/** Movement: rows copied between strided places, and rows read at positions that a tensor holds. */

import { compare, FuncBuilder, i32, load, plus, times } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { indexPlan, movePlan } from "../../ops/kernel-abi.ts";
import { advance, and, blockElements, eq, lt, part, region, setWord, shl, word } from "./memory.ts";
import { fillOffsets } from "./offsets.ts";
import { uses } from "./uses.ts";
import { copyRun } from "./walker.ts";

const plan = (index: number): LoopExpr => word(region("plan"), index);

export interface Rows {
  readonly axes: number;
  readonly axisCount: number;
  /** Plan words that hold the two starts. */
  readonly first: number;
  readonly second: number;
  readonly count: number;
}

/** Calls `write` for each row with the two addresses that the plan's axes give it. */
export function forRows(
  b: FuncBuilder,
  rows: Rows,
  write: (first: LoopExpr, second: LoopExpr) => void,
): void {
  const axes = region("plan", rows.axes * 4);
  const count = b.let("count", plan(rows.count));
  b.for("done", 0, count, blockElements, (done) => {
    const n = b.let("n", part(count, done, blockElements));
    const common = { axes, axisCount: plan(rows.axisCount), first: done, count: n };
    const [first, second] = [region("offsetsFrom"), region("offsetsTo")];
    fillOffsets(b, { to: first, sum: 0, start: plan(rows.first), ...common });
    fillOffsets(b, { to: second, sum: 1, start: plan(rows.second), ...common });
    b.for("i", 0, n, 1, (i) => write(word(first, i), word(second, i)));
  });
}

/** log2 of the bytes of what is moved. */
function shiftIn(b: FuncBuilder, planWord: number, isShared: boolean): LoopExpr {
  if (!isShared) return b.let("shift", plan(planWord));
  const shift = b.let("shift", i32(2));
  b.if(uses("other sizes"), () => b.set(shift, plan(planWord)));
  return shift;
}

/** Rows may be turned over, line by line; the interpreter asks for none. */
export function buildMove(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const run = b.let("run", plan(movePlan.run));
  const step = b.let("step", plan(movePlan.runStep));
  const shift = shiftIn(b, movePlan.shift, isShared);
  const { axes, axisCount, from: first, to: second, count } = movePlan;
  const [lines, lineStep] = [plan(movePlan.lines), plan(movePlan.lineStep)];
  forRows(b, { axes, axisCount, first, second, count }, (from, to) => {
    const copy = (): void => copyRun(b, { to, from, step, count: run, shift });
    if (isShared) copy();
    else b.if(lines, () => b.call("transpose", [to, from, run, step, lines, lineStep]), copy);
  });
  return b.finish("move", { exported: "move" });
}

/** Returns 0, or 1 where a position is outside; region `error` then holds it. In the interpreter elements may have eight bytes. */
export function buildIndex(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const run = b.let("run", plan(indexPlan.run));
  const step = b.let("step", plan(indexPlan.runStep));
  const shift = shiftIn(b, indexPlan.shift, isShared);
  const size = b.let("size", plan(indexPlan.size));
  const sizeStep = b.let("sizeStep", plan(indexPlan.sizeStep));
  const out = b.let("out", plan(indexPlan.out));
  const { axes, axisCount, data: first, index: second, count } = indexPlan;
  forRows(b, { axes, axisCount, first, second, count }, (data, index) => {
    const position = checkedPosition(b, word(index, 0), size);
    const from = b.let("from", plus(data, times(position, sizeStep)));
    b.if(
      isShared ? and(eq(run, 1), lt(shift, 3)) : eq(run, 1),
      () => copyOne(b, out, from, shift),
      () => copyRun(b, { to: out, from, step, count: run, shift }),
    );
    advance(b, out, shl(run, shift));
  });
  b.emit({ s: "return", value: i32(0) });
  return b.finish("index", { exported: "index", result: "i32" });
}

/** A position counted from the end when negative. One outside ends the function: it returns 1. */
export function checkedPosition(b: FuncBuilder, value: LoopExpr, size: LoopExpr): LoopExpr {
  const given = b.let("given", value);
  const position = b.let("position", given);
  b.if(lt(position, 0), () => advance(b, position, size));
  b.if(eq(compare("ltU", position, size), 0), () => {
    setWord(b, region("error"), 0, given);
    b.emit({ s: "return", value: i32(1) });
  });
  return position;
}

function copyOne(b: FuncBuilder, to: LoopExpr, from: LoopExpr, shift: LoopExpr): void {
  const one = { element: "u8", index: i32(0) } as const;
  b.if(
    shift,
    () => setWord(b, to, 0, word(from, 0)),
    () => b.store({ ...one, base: to }, load({ ...one, base: from })),
  );
}
