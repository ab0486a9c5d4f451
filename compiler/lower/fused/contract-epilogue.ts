/**
 * What is fused behind a contraction, computed at the last store of a tile. Short epilogues are applied to
 * the sums while they are in registers; long ones in a loop over the stored sums, because many copies of
 * them would fill the code and spill the registers.
 */

import { tensorOf } from "../../graph/ir.ts";
import { i32, load, loadVector, plus, splat, times } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { Dim } from "../../ops/dim.ts";
import { childrenOf, type Expr } from "../../ops/expr.ts";
import { intToBool, lowerExpr } from "../expression.ts";
import { elementOf } from "./kernel.ts";
import { sizeExpr } from "./size-expr.ts";
import { eachVector, type Index, offsetIn, storeLanes, type TileContext } from "./tile-context.ts";

/** Operations from which on an epilogue is a loop. */
const longEpilogue = 16;

/** Leaves the results of a tile whose sums are complete. */
export function finishTile(t: TileContext): void {
  const { epilogue, kernel, plan } = t.input;
  const inLoop =
    operationsOf(epilogue.expr) >= longEpilogue &&
    t.shape.tail === 4 &&
    tensorOf(kernel.result).dtype === plan.element;
  if (!inLoop) {
    eachVector(t, (r, v, sum) => storeLanes(t, r, v, epilogueAt(t, r, v, sum)));
    return;
  }
  eachVector(t, (r, v, sum) => storeLanes(t, r, v, sum));
  const { b } = t;
  b.for("r", 0, t.shape.rows, 1, (r) => {
    b.for("v", 0, t.shape.vectors, 1, (v) => {
      const place = {
        element: plan.element,
        base: t.params.out,
        index: offsetIn(t, plan.out, r, v),
      };
      b.store(place, epilogueAt(t, r, v, b.let("sum", loadVector(place))));
    });
  });
}

function epilogueAt(t: TileContext, r: Index, v: Index, sum: LoopExpr): LoopExpr {
  const { epilogue, plan } = t.input;
  const args = epilogue.args.map((arg, i): LoopExpr => {
    if (arg.kind === "anchor") return sum;
    const base = t.epilogue[i]!;
    if (arg.kind === "position") return positionInTile(t, arg.at.terms, base, r);
    const index = offsetIn(t, arg.form, r, v);
    const access = { element: elementOf(arg.dtype), base, index };
    const isFixed = arg.form.by[plan.lane] === 0;
    if (arg.dtype !== "bool") return loadVector(access, isFixed);
    return intToBool(isFixed ? splat(load(access)) : loadVector(access));
  });
  return lowerExpr(t.b, epilogue.expr, { args, lanes: 4, indexOf: () => i32(0) });
}

/** A position that runs along rows; the fusion pass keeps positions along lanes outside. */
function positionInTile(
  t: TileContext,
  terms: readonly { readonly axis: number; readonly by: Dim }[],
  first: LoopExpr,
  r: Index,
): LoopExpr {
  const row = terms.find((term) => term.axis === t.input.plan.row);
  if (!row) return splat(first);
  return splat(plus(first, times(sizeExpr(row.by, t.params.sizes), r)));
}

function operationsOf(root: Expr): number {
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    childrenOf(e).forEach(visit);
  };
  visit(root);
  return [...seen].filter((e) => childrenOf(e).length > 0).length;
}
