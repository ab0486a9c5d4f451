/** Where an element lies, as a linear function of the loop variables of a nest. */

import type { Layout } from "../../graph/layout.ts";
import { rowMajor, strides } from "../../graph/layout.ts";
import { i32, plus, times } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { Dim } from "../../ops/dim.ts";
import { addDim, equalDim, mulDim } from "../../ops/dim.ts";
import type { Affine } from "../../ops/lowering.ts";
import type { Sizes } from "./size-expr.ts";
import { sizeExpr } from "./size-expr.ts";

/** `Σ by[axis] × variable of axis + offset`, in elements. */
export interface LinearForm {
  readonly by: readonly Dim[];
  readonly offset: Dim;
}

export const equalForm = (a: LinearForm, b: LinearForm): boolean =>
  equalDim(a.offset, b.offset) &&
  a.by.length === b.by.length &&
  a.by.every((by, axis) => equalDim(by, b.by[axis]!));

export const identityIndex = (rank: number): Affine[] =>
  Array.from({ length: rank }, (_, axis) => ({ terms: [{ axis, by: 1 }], offset: 0 }));

/** `outer` read at `inner`: each axis of `outer` is replaced by its position over other axes. */
export function composeAffine(outer: Affine, inner: readonly Affine[]): Affine {
  const sums = new Map<number, Dim>();
  let offset = outer.offset;
  for (const term of outer.terms) {
    const at = inner[term.axis]!;
    offset = addDim(offset, mulDim(term.by, at.offset));
    for (const t of at.terms) {
      sums.set(t.axis, addDim(sums.get(t.axis) ?? 0, mulDim(term.by, t.by)));
    }
  }
  const terms = [...sums].filter(([, by]) => by !== 0).map(([axis, by]) => ({ axis, by }));
  return { terms, offset };
}

/** The place of the element at `index` (one position per logical axis) of a stored tensor. */
export function linearForm(
  index: readonly Affine[],
  shape: readonly Dim[],
  layout: Layout | undefined,
  axes: number,
): LinearForm {
  const physical = layout ?? rowMajor(shape.length);
  const steps = strides(physical, shape);
  const by: Dim[] = Array.from({ length: axes }, () => 0);
  let offset: Dim = 0;
  physical.forEach((p, i) => {
    if (p.part !== "whole") throw new Error("a split axis has no linear form");
    const at = index[p.axis]!;
    offset = addDim(offset, mulDim(at.offset, steps[i]!));
    for (const t of at.terms) by[t.axis] = addDim(by[t.axis]!, mulDim(t.by, steps[i]!));
  });
  return { by, offset };
}

/** The element number where the loop variables have the values `at` (undefined: 0). */
export function evaluateForm(
  form: LinearForm,
  at: readonly (LoopExpr | undefined)[],
  sizes: Sizes,
): LoopExpr {
  let sum = i32(0);
  form.by.forEach((by, axis) => {
    const variable = at[axis];
    if (variable && by !== 0) sum = plus(sum, times(variable, sizeExpr(by, sizes)));
  });
  return plus(sum, sizeExpr(form.offset, sizes));
}
