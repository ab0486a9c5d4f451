/** Reduction element by element in row-major order, for every layout and every kind. */

import { binary, compare, constant, i32, plus, select } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { loopType } from "../expression.ts";
import { beats, combineOf } from "./combine.ts";
import { loopOver } from "./nest.ts";
import { elementAt, identityOf, isOrderFree, type Reduction, reduceBlock } from "./reduction.ts";

/** The reduced value where the kept axes have the values `kept`. */
export function reduceInOrder(r: Reduction, kept: readonly LoopExpr[]): LoopExpr {
  const { combine } = r.lowering;
  if (combine === "argmax" || combine === "argmin") return reduceToPosition(r, kept, combine);
  return r.lowering.lanes === 1 || isOrderFree(r)
    ? reduceAscending(r, kept)
    : reduceInLanes(r, kept);
}

function reduceToPosition(
  r: Reduction,
  kept: readonly LoopExpr[],
  combine: "argmax" | "argmin",
): LoopExpr {
  const { b } = r;
  const type = loopType(r.element.expr.type, 1);
  const best = b.let("best", constant(type, 0));
  const where = b.let("where", i32(0));
  const position = b.let("position", i32(0));
  loopOver(b, r.params, r.reduced, [], (inner) => {
    const x = b.let("x", elementAt(r, [...kept, ...inner], 1, -1));
    const wins = beats(combine, x, best);
    b.if(binary("or", compare("eq", position, i32(0)), wins), () => {
      b.set(best, x);
      b.set(where, position);
    });
    b.set(position, plus(position, 1));
  });
  return where;
}

/** One sum a block, the blocks added in order. */
function reduceAscending(r: Reduction, kept: readonly LoopExpr[]): LoopExpr {
  const { b, lowering } = r;
  const total = b.let("total", identityOf(r));
  const sum = b.let("sum", identityOf(r));
  const position = b.let("position", i32(0));
  const close = (): void => {
    const isFirst = compare("le", position, i32(reduceBlock));
    b.set(total, select(isFirst, sum, combineOf(lowering.combine, total, sum)));
    b.set(sum, identityOf(r));
  };
  loopOver(b, r.params, r.reduced, [], (inner) => {
    b.set(sum, combineOf(lowering.combine, sum, elementAt(r, [...kept, ...inner], 1, -1)));
    b.set(position, plus(position, 1));
    b.if(compare("eq", binary("and", position, i32(reduceBlock - 1)), i32(0)), close);
  });
  b.if(compare("ne", binary("and", position, i32(reduceBlock - 1)), i32(0)), close);
  return total;
}

/** Sixteen partials as scalars, for elements that do not lie side by side. */
function reduceInLanes(r: Reduction, kept: readonly LoopExpr[]): LoopExpr {
  const { b, lowering } = r;
  const partials = Array.from({ length: 16 }, (_, j) => b.let(`l${j}`, identityOf(r)));
  const total = b.let("total", identityOf(r));
  const position = b.let("position", i32(0));
  const c = (x: LoopExpr, y: LoopExpr): LoopExpr => combineOf(lowering.combine, x, y);
  const close = (): void => {
    const lane = (l: number): LoopExpr =>
      c(c(partials[l]!, partials[4 + l]!), c(partials[8 + l]!, partials[12 + l]!));
    const block = b.let("block", c(c(lane(0), lane(2)), c(lane(1), lane(3))));
    const isFirst = compare("le", position, i32(reduceBlock));
    b.set(total, select(isFirst, block, c(total, block)));
    for (const p of partials) b.set(p, identityOf(r));
  };
  loopOver(b, r.params, r.reduced, [], (inner) => {
    const x = b.let("x", elementAt(r, [...kept, ...inner], 1, -1));
    const own = b.let("own", binary("and", position, i32(15)));
    partials.forEach((p, j) => {
      b.if(compare("eq", own, i32(j)), () => b.set(p, c(p, x)));
    });
    b.set(position, plus(position, 1));
    b.if(compare("eq", binary("and", position, i32(reduceBlock - 1)), i32(0)), close);
  });
  b.if(compare("ne", binary("and", position, i32(reduceBlock - 1)), i32(0)), close);
  return total;
}
