/** Reductions over any axes of an operand of any strides: row by row, or by columns of accumulators. */

import {
  binary,
  bits,
  convert,
  FuncBuilder,
  i32,
  minus,
  plus,
  times,
  unary,
} from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { descriptor } from "../../ops/kernel-abi.ts";
import { callKernel, denseStep, setSlot, slotAt } from "./map-driver.ts";
import {
  advance,
  and,
  blockBytes,
  blockElements,
  breakIf,
  descriptorBytes,
  eq,
  ge,
  least,
  part,
  reduceBlock,
  region,
  repeat,
  setWord,
  shl,
  word,
} from "./memory.ts";
import { rowParams } from "./reduce-row.ts";
import { uses } from "./uses.ts";
import { copyRun, initWalker, shiftIn, skip, take, walker, walkerAt } from "./walker.ts";

const kept = walkerAt(0);
const reduced = walkerAt(1);
const accumulator = (index: LoopExpr | number): LoopExpr =>
  region("accumulators", typeof index === "number" ? index * blockBytes : times(index, blockBytes));
/** Shorter runs of results than this are not worth a kernel call per reduced element. */
const fewestColumns = 4;

/** `isShared`: there is one function for all rows, which takes `row` as the way of combining. */
export const reduceDriverFunctions = (isShared: boolean): LoopFunc[] => {
  // Only the interpreter, which shares rows, has elements of eight bytes; they always go by columns.
  const shift = isShared ? shiftIn(reduced, true) : i32(2);
  return [
    buildReduce(isShared),
    buildReduceRows(isShared),
    buildReduceColumns(shift),
    buildColumnBlock(shift),
    buildFold(shift),
  ];
};

/**
 * Descriptor 0 has the kept axes, descriptor 1 the reduced ones (in the order in which elements are
 * numbered); both point at the operand. `row`, `combine`, `lanes`, `identity`: as the table says.
 */
function buildReduce(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const row = b.param("row", "i32");
  const combine = b.param("combine", "i32");
  const lanes = b.param("lanes", "i32");
  const identity = b.param("identity", "i32");
  const out = b.param("out", "i32");
  const [outer, inner] = [region("descriptors"), region("descriptors", descriptorBytes)];
  const outputs = b.let("outputs", word(outer, descriptor.length));
  const count = b.let("count", word(inner, descriptor.length));
  initWalker(b, kept, outer, outer);
  initWalker(b, reduced, inner, inner);
  const byRows = (): void => b.call("reduceRows", [row, identity, out, outputs, count]);
  const isWide = ge(word(kept, walker.dims), fewestColumns);
  const isNearer = ge(
    unary("abs", word(reduced, walker.steps)),
    unary("abs", word(kept, walker.steps)),
  );
  const byColumns = and(and(ge(combine, 0), isWide), isNearer);
  const isLong = eq(shiftIn(reduced, isShared), 3);
  const columns = (): void => {
    const cell = region("reduceCells");
    setWord(b, cell, 0, identity);
    if (isShared) {
      const long = convert(bits(identity, "f32"), "f64");
      b.if(isLong, () => b.store({ element: "f64", base: cell, index: i32(0) }, long));
    }
    b.call("reduceColumns", [combine, lanes, out, outputs, count]);
  };
  if (isShared) {
    b.if(uses("columns"), () =>
      b.if(binary("or", byColumns, isLong), () => {
        columns();
        b.emit({ s: "return", value: undefined });
      }),
    );
    byRows();
  } else b.if(byColumns, columns, byRows);
  return b.finish("reduce", { exported: "reduce" });
}

function buildReduceRows(isShared: boolean): LoopFunc {
  const b = new FuncBuilder();
  const row = b.param("row", "i32");
  const identity = b.param("identity", "i32");
  const out = b.param("out", "i32");
  const outputs = b.param("outputs", "i32");
  const count = b.param("count", "i32");
  b.for("output", 0, outputs, 1, () => {
    setWord(b, reduced, walker.address, word(kept, walker.address));
    const base = b.let("base", i32(0));
    repeat(b, "blocks", () => {
      const n = b.let("n", part(count, base, reduceBlock));
      const from = b.let("from", take(reduced, n, region("reduceBlock")));
      const args = [out, from, n, base];
      if (isShared) b.call("row", [row, identity, ...args]);
      else b.emit({ s: "callIndirect", target: row, params: rowParams, args });
      advance(b, base, reduceBlock);
      breakIf(b, "blocks", ge(base, count));
    });
    advance(b, out, 4);
    skip(b, kept, 1);
  });
  return b.finish("reduceRows");
}

/** Neighbouring results at a time: one accumulator per lane, each as wide as the results. */
function buildReduceColumns(shift: LoopExpr): LoopFunc {
  const b = new FuncBuilder();
  const combine = b.param("combine", "i32");
  const lanes = b.param("lanes", "i32");
  const out = b.param("out", "i32");
  const outputs = b.param("outputs", "i32");
  const count = b.param("count", "i32");
  const total = region("totals");
  const step = shl(i32(1), shift);
  repeat(b, "columns", () => {
    breakIf(b, "columns", eq(outputs, 0));
    const left = minus(word(kept, walker.dims), word(kept, walker.counters));
    const n = b.let("n", least(left, blockElements));
    setWord(b, reduced, walker.address, word(kept, walker.address));
    const base = b.let("base", i32(0));
    repeat(b, "blocks", () => {
      b.call("columnBlock", [combine, lanes, n, part(count, base, reduceBlock)]);
      b.if(
        base,
        () => b.call("fold", [combine, n, total, accumulator(0)]),
        () => copyRun(b, { to: total, from: accumulator(0), step, count: n, shift }),
      );
      advance(b, base, reduceBlock);
      breakIf(b, "blocks", ge(base, count));
    });
    copyRun(b, { to: out, from: total, step, count: n, shift });
    advance(b, out, shl(n, shift));
    skip(b, kept, n);
    b.set(outputs, minus(outputs, n));
  });
  return b.finish("reduceColumns");
}

/** At most 4,096 reduced elements of `n` results, into accumulator 0. */
function buildColumnBlock(shift: LoopExpr): LoopFunc {
  const b = new FuncBuilder();
  const combine = b.param("combine", "i32");
  const lanes = b.param("lanes", "i32");
  const n = b.param("n", "i32");
  const rows = b.param("rows", "i32");
  const step = b.let("step", word(kept, walker.steps));
  const fold = (to: LoopExpr, from: LoopExpr): void => b.call("fold", [combine, n, to, from]);
  b.for("lane", 0, lanes, 1, (lane) => {
    const run = { from: region("reduceCells"), step: 0, count: n, shift };
    copyRun(b, { to: accumulator(lane), ...run });
  });
  b.for("r", 0, rows, 1, (r) => {
    const from = b.let("from", word(reduced, walker.address));
    b.if(binary("xor", step, shl(i32(1), shift)), () => {
      copyRun(b, { to: region("blocks"), from, step, count: n, shift });
      b.set(from, region("blocks"));
    });
    fold(accumulator(and(r, minus(lanes, 1))), from);
    skip(b, reduced, 1);
  });
  // (v0+v1)+(v2+v3) lane by lane, then (l0+l2)+(l1+l3).
  b.if(ge(lanes, 2), () => {
    b.for("lane", 0, 4, 1, (lane) => {
      fold(accumulator(lane), accumulator(plus(lane, 4)));
      fold(accumulator(plus(lane, 8)), accumulator(plus(lane, 12)));
      fold(accumulator(lane), accumulator(plus(lane, 8)));
    });
    fold(accumulator(0), accumulator(2));
    fold(accumulator(1), accumulator(3));
    fold(accumulator(0), accumulator(1));
  });
  return b.finish("columnBlock");
}

/** `to = combine(to, from)` for `n` neighbours, through the map kernel `combine`. */
function buildFold(shift: LoopExpr): LoopFunc {
  const b = new FuncBuilder();
  const combine = b.param("combine", "i32");
  const n = b.param("n", "i32");
  const to = b.param("to", "i32");
  const from = b.param("from", "i32");
  const step = b.let("step", denseStep(shift));
  setSlot(b, slotAt(0), to, step);
  setSlot(b, slotAt(1), from, step);
  callKernel(b, combine, to, n);
  return b.finish("fold");
}
