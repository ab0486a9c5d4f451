/** Reduction of four neighbouring results side by side, each in the order of rule 4. */

import { binary, compare, constant, i32, plus } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { fourOf } from "../../loop/operation-types.ts";
import type { Dim } from "../../ops/dim.ts";
import type { Expr } from "../../ops/expr.ts";
import type { Lanes } from "../expression.ts";
import { combineOf, identityValue } from "./combine.ts";
import { loopOver } from "./nest.ts";
import { isVectorizable, type Pulled } from "./pull.ts";
import { reduceInOrder } from "./reduce-in-order.ts";
import { isRow } from "./reduce-row.ts";
import {
  elementAt,
  givesPosition,
  isOrderFree,
  type Reduction,
  reduceBlock,
  runsAlong,
} from "./reduction.ts";

/** Whether four neighbouring results can be reduced side by side, each in the order of rule 4. */
export function runsInColumns(r: Reduction, epilogue: Pulled, out: readonly Dim[]): boolean {
  const axis = r.kept.length - 1;
  const extent = r.kept[axis];
  if (givesPosition(r) || extent === undefined || typeof extent !== "number" || extent < 4)
    return false;
  if (isRow(r) || !(r.lowering.lanes === 1 || isOrderFree(r) || hasPartials(r))) return false;
  const finishes: readonly Expr[] = r.lowering.finish ? [r.lowering.finish] : [];
  return (
    out[axis] === 1 &&
    [r.element.expr, epilogue.expr, ...finishes].every(isVectorizable) &&
    runsAlong(r.element.args, axis) &&
    runsAlong(epilogue.args, axis)
  );
}

/** Sixteen partial sums for each result: the mean of an image whose channels lie side by side. */
const hasPartials = (r: Reduction): boolean =>
  r.lowering.lanes === 16 &&
  !isOrderFree(r) &&
  r.reduced.length === 1 &&
  typeof r.reduced[0] === "number";

export function writeColumns(
  r: Reduction,
  store: (at: readonly LoopExpr[], sum: LoopExpr, lanes: Lanes) => void,
): void {
  const { b } = r;
  const axis = r.kept.length - 1;
  const extent = r.kept[axis] as number;
  loopOver(b, r.params, r.kept.slice(0, -1), [], (outer) => {
    b.for("c", 0, extent & -4, 4, (c) => store([...outer, c], reduceColumns(r, [...outer, c]), 4));
    b.for("c", extent & -4, extent, 1, (c) =>
      store([...outer, c], reduceInOrder(r, [...outer, c]), 1),
    );
  });
}

function reduceColumns(r: Reduction, kept: readonly LoopExpr[]): LoopExpr {
  if (hasPartials(r)) return reducePartials(r, kept, Number(r.reduced[0]));
  const { b, lowering } = r;
  const identity = constant(fourOf[r.type], identityValue(lowering.combine, r.dtype));
  const sum = b.let("sum", identity);
  const along = r.kept.length - 1;
  const add = (inner: readonly LoopExpr[]): void =>
    b.set(sum, combineOf(lowering.combine, sum, elementAt(r, [...kept, ...inner], 4, along)));
  const small = typeof r.count === "number" && r.count <= reduceBlock;
  if (small) {
    loopOver(b, r.params, r.reduced, [], add);
    return sum;
  }
  const total = b.let("total", identity);
  const position = b.let("position", i32(0));
  const close = (): void => {
    b.if(
      compare("le", position, i32(reduceBlock)),
      () => b.set(total, sum),
      () => b.set(total, combineOf(lowering.combine, total, sum)),
    );
    b.set(sum, identity);
  };
  loopOver(b, r.params, r.reduced, [], (inner) => {
    add(inner);
    b.set(position, plus(position, 1));
    b.if(compare("eq", binary("and", position, i32(reduceBlock - 1)), i32(0)), close);
  });
  b.if(compare("ne", binary("and", position, i32(reduceBlock - 1)), i32(0)), close);
  return total;
}

/** Blocks of 4,096 elements, one after another. */
function reducePartials(r: Reduction, kept: readonly LoopExpr[], count: number): LoopExpr {
  const { b, lowering } = r;
  const rest = count % reduceBlock;
  const whole = count - rest;
  if (whole === 0) return reduceBlockOfColumns(r, kept, i32(0), count);
  const total = b.let("total", constant(fourOf[r.type], 0));
  const add = (start: LoopExpr, size: number): void => {
    const sum = reduceBlockOfColumns(r, kept, start, size);
    b.if(
      compare("eq", start, i32(0)),
      () => b.set(total, sum),
      () => b.set(total, combineOf(lowering.combine, total, sum)),
    );
  };
  b.for("block", 0, whole, reduceBlock, (start) => add(start, reduceBlock));
  if (rest > 0) add(i32(whole), rest);
  return total;
}

/**
 * Element i goes to partial i mod 16 of its column; rule 4 combines partials 0, 4, 8 and 12 as it does
 * 1, 5, 9 and 13. Four at a time, because all sixteen would not fit the registers.
 */
function reduceBlockOfColumns(
  r: Reduction,
  kept: readonly LoopExpr[],
  start: LoopExpr,
  count: number,
): LoopExpr {
  const { b, lowering } = r;
  const along = r.kept.length - 1;
  const identity = constant(fourOf[r.type], identityValue(lowering.combine, r.dtype));
  const combine = (x: LoopExpr, y: LoopExpr): LoopExpr => combineOf(lowering.combine, x, y);
  const whole = count - (count % 16);
  const lanes = [0, 1, 2, 3].map((lane) => {
    const sums = [0, 1, 2, 3].map((j) => b.let(`s${j}`, identity));
    const add = (j: number, i: LoopExpr): void => {
      const x = elementAt(r, [...kept, plus(i, start)], 4, along);
      b.set(sums[j]!, combine(sums[j]!, x));
    };
    const partOf = (j: number): number => 4 * j + lane;
    b.for("i", 0, whole, 16, (i) => {
      for (let j = 0; j < 4; j++) add(j, plus(i, partOf(j)));
    });
    for (let j = 0; j < 4; j++) if (whole + partOf(j) < count) add(j, i32(whole + partOf(j)));
    return b.let("l", combine(combine(sums[0]!, sums[1]!), combine(sums[2]!, sums[3]!)));
  });
  return b.let("sum", combine(combine(lanes[0]!, lanes[2]!), combine(lanes[1]!, lanes[3]!)));
}
