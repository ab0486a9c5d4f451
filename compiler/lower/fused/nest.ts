/** Nests: boxes of points, loops over them, and positions in them. */

import type { FuncBuilder } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { Dim } from "../../ops/dim.ts";
import { addDim } from "../../ops/dim.ts";
import type { Affine } from "../../ops/lowering.ts";
import type { DType } from "../../ops/types.ts";
import type { KernelParams } from "./kernel.ts";
import type { LinearForm } from "./linear-form.ts";
import { evaluateForm } from "./linear-form.ts";
import type { Pulled } from "./pull.ts";
import { sizeExpr } from "./size-expr.ts";

/** A nest: what is computed at each point of a box, and where it goes. */
export interface Nest {
  readonly extents: readonly Dim[];
  readonly pulled: Pulled;
  readonly out: LinearForm;
  readonly dtype: DType;
  /** The box covers the whole buffer in ascending order, so vectors may overrun its rows' ends. */
  readonly covers: boolean;
}

/** Loops over a box from the outside in. */
export function loopOver(
  b: FuncBuilder,
  params: KernelParams,
  box: readonly Dim[],
  at: readonly LoopExpr[],
  write: (at: readonly LoopExpr[]) => void,
): void {
  const extent = box[at.length];
  if (extent === undefined) {
    write(at);
    return;
  }
  b.for("i", 0, sizeExpr(extent, params.sizes), 1, (i) =>
    loopOver(b, params, box, [...at, i], write),
  );
}

/** The value of a position where the variables of the nest have these values. */
export function positionExpr(
  at: Affine,
  variables: readonly LoopExpr[],
  params: KernelParams,
): LoopExpr {
  const by: Dim[] = variables.map(() => 0);
  for (const t of at.terms) by[t.axis] = addDim(by[t.axis]!, t.by);
  return evaluateForm({ by, offset: at.offset }, variables, params.sizes);
}
