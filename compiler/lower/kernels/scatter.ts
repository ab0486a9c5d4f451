/** Rows put or added, one after another, at positions that a tensor holds. */

import { binary, FuncBuilder, i32, load, loadVector, plus, times } from "../../loop/build.ts";
import type { Element, LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { scatterModes, scatterPlan } from "../../ops/kernel-abi.ts";
import { advance, and, eq, ge, ne, region, shl, word } from "./memory.ts";
import { checkedPosition, forRows } from "./move.ts";

const plan = (index: number): LoopExpr => word(region("plan"), index);

/** Returns 0, or 1 where a position is outside; region `error` then holds it. `isWide`: elements may have eight bytes. */
export function buildScatter(isWide: boolean): LoopFunc {
  const b = new FuncBuilder();
  const run = b.let("run", plan(scatterPlan.run));
  const step = b.let("step", plan(scatterPlan.runStep));
  const mode = b.let("mode", plan(scatterPlan.mode));
  const size = b.let("size", plan(scatterPlan.size));
  const sizeStep = b.let("sizeStep", plan(scatterPlan.sizeStep));
  const from = b.let("from", plan(scatterPlan.source));
  const shift = b.let("shift", shl(ne(mode, scatterModes.setByte), 1));
  if (isWide) b.if(ge(mode, scatterModes.setLong), () => b.set(shift, i32(3)));
  const { axes, axisCount, target: first, index: second, count } = scatterPlan;
  forRows(b, { axes, axisCount, first, second, count }, (target, index) => {
    const position = checkedPosition(b, word(index, 0), size);
    const to = b.let("to", plus(target, times(position, sizeStep)));
    const row = { to, from, step, run };
    b.if(eq(mode, scatterModes.setByte), () => writeRow(b, row, "u8", false));
    b.if(eq(mode, scatterModes.setWord), () => writeRow(b, row, "i32", false));
    b.if(eq(mode, scatterModes.addI32), () => writeRow(b, row, "i32", true));
    b.if(eq(mode, scatterModes.addF32), () => {
      const done = b.let("done", i32(0));
      b.if(eq(step, 4), () => addVectors(b, row, done));
      const rest = { ...row, from: plus(from, shl(done, 2)), run: binary("sub", run, done) };
      writeRow(b, rest, "f32", true);
    });
    if (isWide) {
      b.if(eq(mode, scatterModes.setLong), () => writeRow(b, row, "f64", false));
      b.if(eq(mode, scatterModes.addF64), () => writeRow(b, row, "f64", true));
    }
    advance(b, from, shl(run, shift));
  });
  b.emit({ s: "return", value: i32(0) });
  return b.finish("scatterRows", { exported: "scatter", result: "i32" });
}

interface Row {
  /** A local, which moves along. */
  readonly to: LoopExpr;
  readonly from: LoopExpr;
  readonly step: LoopExpr;
  readonly run: LoopExpr;
}

function writeRow(b: FuncBuilder, row: Row, element: Element, adds: boolean): void {
  const { to, step } = row;
  const from = b.let("next", row.from);
  b.for("i", 0, row.run, 1, (index) => {
    const value = load({ element, base: from, index });
    const old = { element, base: to, index: i32(0) };
    b.store(old, adds ? binary("add", load(old), value) : value);
    advance(b, to, step);
  });
}

/** Neighbours are added four at a time; `to` moves on and `done` is how many were. */
function addVectors(b: FuncBuilder, { to, from, run }: Row, done: LoopExpr): void {
  const whole = b.let("whole", and(run, -4));
  b.for("v", 0, whole, 4, (index) => {
    const old = { element: "f32", base: to, index } as const;
    const value = loadVector({ element: "f32", base: from, index });
    b.store(old, binary("add", loadVector(old), value));
  });
  advance(b, to, shl(whole, 2));
  b.set(done, whole);
}
