/** Tables of positions: sums over the axes of a plan, for consecutive positions in row-major order. */

import { binary, FuncBuilder, i32, minus, plus, times } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { planAxis } from "../../ops/kernel-abi.ts";
import {
  advance,
  breakIf,
  eq,
  least,
  lt,
  ne,
  region,
  repeat,
  setWord,
  shl,
  word,
} from "./memory.ts";

const axisBytes = planAxis.words * 4;

export interface Offsets {
  readonly to: LoopExpr;
  /** Address of the first axis, and how many there are. */
  readonly axes: LoopExpr;
  readonly axisCount: LoopExpr;
  /** Which of an axis's sums. */
  readonly sum: LoopExpr | number;
  readonly first: LoopExpr;
  readonly count: LoopExpr;
  /** The value at position 0. */
  readonly start: LoopExpr;
}

/** `to[i] = start + Σ position along axis × its sum`, for `count` positions from `first` on. */
export const fillOffsets = (b: FuncBuilder, o: Offsets): void =>
  b.call("fillOffsets", [
    o.to,
    o.axes,
    o.axisCount,
    typeof o.sum === "number" ? i32(o.sum) : o.sum,
    o.first,
    o.count,
    o.start,
  ]);

/** The address of axis `index` of the axes at `axes`. */
export const axisAt = (axes: LoopExpr, index: LoopExpr): LoopExpr =>
  plus(axes, times(index, axisBytes));

const counter = (axis: LoopExpr): LoopExpr => region("counters", shl(axis, 2));

export function buildFillOffsets(): LoopFunc {
  const b = new FuncBuilder();
  const to = b.param("to", "i32");
  const axes = b.param("axes", "i32");
  const axisCount = b.param("axisCount", "i32");
  const sum = b.param("sum", "i32");
  const first = b.param("first", "i32");
  const count = b.param("count", "i32");
  const value = b.param("start", "i32");
  const stepOf = (axis: LoopExpr): LoopExpr => word(plus(axis, shl(sum, 2)), planAxis.sums);
  const nothing = (): void => b.emit({ s: "return", value: undefined });
  b.if(lt(count, 1), nothing);
  const inner = b.let("inner", minus(axisCount, 1));
  b.if(lt(inner, 0), () => {
    setWord(b, to, 0, value);
    nothing();
  });
  // The position along each axis, and the sum there.
  b.for("i", 0, axisCount, 1, (i) => {
    const index = b.let("index", minus(inner, i));
    const axis = b.let("axis", axisAt(axes, index));
    const extent = b.let("extent", word(axis, planAxis.extent));
    const position = b.let("position", binary("rem", first, extent));
    b.set(first, binary("div", first, extent));
    setWord(b, counter(index), 0, position);
    advance(b, value, times(position, stepOf(axis)));
  });
  const last = b.let("last", axisAt(axes, inner));
  const step = b.let("step", stepOf(last));
  const end = b.let("end", word(last, planAxis.extent));
  const at = b.let("at", word(counter(inner), 0));
  repeat(b, "runs", () => {
    const run = b.let("run", least(minus(end, at), count));
    b.for("j", 0, run, 1, (j) => {
      setWord(b, to, j, value);
      advance(b, value, step);
    });
    advance(b, to, shl(run, 2));
    b.set(count, minus(count, run));
    breakIf(b, "runs", eq(count, 0));
    carry(b, { axes, inner, value, stepOf, last, end });
    b.set(at, i32(0));
  });
  return b.finish("fillOffsets");
}

/** From the end of the innermost axis to the start of its next run. */
function carry(
  b: FuncBuilder,
  x: {
    readonly axes: LoopExpr;
    readonly inner: LoopExpr;
    readonly value: LoopExpr;
    readonly stepOf: (axis: LoopExpr) => LoopExpr;
    readonly last: LoopExpr;
    readonly end: LoopExpr;
  },
): void {
  b.set(x.value, minus(x.value, times(x.end, x.stepOf(x.last))));
  const outer = b.let("outer", x.inner);
  repeat(b, "carry", () => {
    b.set(outer, minus(outer, 1));
    const axis = b.let("axis", axisAt(x.axes, outer));
    const by = b.let("by", x.stepOf(axis));
    advance(b, x.value, by);
    const next = b.let("next", plus(word(counter(outer), 0), 1));
    setWord(b, counter(outer), 0, next);
    breakIf(b, "carry", ne(next, word(axis, planAxis.extent)));
    setWord(b, counter(outer), 0, i32(0));
    b.set(x.value, minus(x.value, times(next, by)));
  });
}
