/** The order of elements along an axis of a dense operand. */

import { bits, call, FuncBuilder, plus, select, times } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { sortPlan } from "../../ops/kernel-abi.ts";
import { buildMergeSort, mergeSortName, positionAt, sortPair } from "../merge-sort.ts";
import { advance, region, setWord, shl, word } from "./memory.ts";

const plan = (index: number): LoopExpr => word(region("plan"), index);

export const sortFunctions = (): LoopFunc[] => [buildMergeSort(), buildSort()];

/** Slabs as in a scan: `length` positions of the axis, `lag` elements each. */
function buildSort(): LoopFunc {
  const b = new FuncBuilder();
  const out = b.let("out", plan(sortPlan.out));
  const x = b.let("x", plan(sortPlan.x));
  const scratch = b.let("scratch", plan(sortPlan.scratch));
  const length = b.let("length", plan(sortPlan.length));
  const lag = b.let("lag", plan(sortPlan.lag));
  const isFloat = b.let("isFloat", plan(sortPlan.isFloat));
  const descending = b.let("descending", plan(sortPlan.descending));
  b.for("slab", 0, plan(sortPlan.slabs), 1, () => {
    b.for("column", 0, lag, 1, (column) => {
      const at = b.let("at", plus(x, shl(column, 2)));
      b.for("i", 0, length, 1, (i) => {
        const value = b.let("value", word(at, 0));
        const asFloat = sortPair(b, bits(value, "f32"), i, descending);
        const pair = select(isFloat, asFloat, sortPair(b, value, i, descending));
        b.store({ element: "i64", base: scratch, index: i }, pair);
        advance(b, at, shl(lag, 2));
      });
      const sorted = b.let("sorted", call("i32", mergeSortName, [scratch, length]));
      b.set(at, plus(out, shl(column, 2)));
      b.for("i", 0, length, 1, (i) => {
        setWord(b, at, 0, positionAt(sorted, i));
        advance(b, at, shl(lag, 2));
      });
    });
    const bytes = shl(times(length, lag), 2);
    advance(b, out, bytes);
    advance(b, x, bytes);
  });
  return b.finish("sort", { exported: "sort" });
}
