/** Reduction of elements that lie side by side: four vectors of partial sums (rule 4). */

import { binary, compare, i32, knownI32, minus, plus, select } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { combineOf, laneMask } from "./combine.ts";
import { isVectorizable } from "./pull.ts";
import {
  elementAt,
  givesPosition,
  identityOf,
  isOrderFree,
  type Reduction,
  reduceBlock,
  runsAlong,
} from "./reduction.ts";
import { rowPartials } from "./row-partials.ts";
import { sizeExpr } from "./size-expr.ts";

/** Whether the reduced elements are one stretch that vectors can run along. */
export function isRow(r: Reduction): boolean {
  if (givesPosition(r) || r.reduced.length !== 1 || !isVectorizable(r.element.expr)) return false;
  return (isOrderFree(r) || r.lowering.lanes === 16) && runsAlong(r.element.args, r.kept.length);
}

export function reduceRow(r: Reduction, kept: readonly LoopExpr[]): LoopExpr {
  const { b } = r;
  const total = sizeExpr(r.reduced[0]!, r.params.sizes);
  const n = knownI32(total);
  if (n !== undefined && n <= reduceBlock) return rowBlock(r, kept, i32(0), total);
  const length = n === undefined ? b.let("n", total) : total;
  const sum = b.let("sum", identityOf(r));
  b.for("block", 0, length, reduceBlock, (start) => {
    const left = b.let("left", minus(length, start));
    const size = b.let(
      "size",
      select(compare("lt", left, i32(reduceBlock)), left, i32(reduceBlock)),
    );
    const value = rowBlock(r, kept, start, size);
    const isFirst = compare("eq", start, i32(0));
    b.set(sum, select(isFirst, value, combineOf(r.lowering.combine, sum, value)));
  });
  return sum;
}

/** Rule 4 for one block: sixteen partials as four vectors, `(v0+v1)+(v2+v3)`, then the lanes. */
function rowBlock(
  r: Reduction,
  kept: readonly LoopExpr[],
  start: LoopExpr,
  size: LoopExpr,
): LoopExpr {
  const { b } = r;
  const known = knownI32(size);
  const partials = rowPartials(r, known);
  const along = r.kept.length;
  const at = (i: LoopExpr): LoopExpr => elementAt(r, [...kept, i], 4, along);
  const whole =
    known !== undefined
      ? plus(start, known - (known % 16))
      : b.let("whole", plus(start, binary("and", size, i32(-16))));
  b.for("i", start, whole, 16, (i) => {
    for (let j = 0; j < 4; j++) partials.add(j, at(plus(i, 4 * j)));
  });
  const rest = known !== undefined ? known % 16 : undefined;
  const last = rest ?? b.let("rest", binary("and", size, i32(15)));
  for (let j = 0; j < 4; j++) {
    if (typeof last === "number" && last <= 4 * j) break;
    const tail = (): void => {
      const left = typeof last === "number" ? last - 4 * j : minus(last, 4 * j);
      const value = at(plus(whole, 4 * j));
      const isWhole = typeof left === "number" && left >= 4;
      partials.add(j, isWhole ? value : select(laneMask(left), value, partials.identity));
    };
    if (typeof last === "number") tail();
    else b.if(compare("gt", last, i32(4 * j)), tail);
  }
  return partials.total();
}
