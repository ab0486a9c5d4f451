/** Merges output axes of a contraction through which everything runs as through one: its tiles get more rows. */

import type { Dim } from "../../ops/dim.ts";
import { equalDim } from "../../ops/dim.ts";
import type { ContractLowering } from "../../ops/lowering.ts";
import type { ContractPlan } from "./contract-plan.ts";
import type { Pulled } from "./pull.ts";

/**
 * The lowering with the positions of two axes given to the inner one: `[…, 7, 7] ⇒ […, 1, 49]`. Its index
 * maps stay, because they are read as places in memory. Only axes of rows merge, where the columns'
 * operand is the same.
 */
export function mergeRows(
  lowering: ContractLowering,
  plan: ContractPlan,
  epilogue: Pulled,
): ContractLowering {
  const out = [...lowering.out];
  const forms = [plan.a.form, plan.out];
  const pinned = new Set<number>();
  for (const arg of epilogue.args) {
    if (arg.kind === "memory") forms.push(arg.form);
    else if (arg.kind === "position") for (const t of arg.at.terms) pinned.add(t.axis);
  }
  const runs = (outer: number, inner: number, extent: number): boolean =>
    !pinned.has(outer) &&
    !pinned.has(inner) &&
    forms.every(
      ({ by }) =>
        typeof by[inner] === "number" && equalDim(by[outer] as Dim, (by[inner] as number) * extent),
    );
  let outer: number | undefined;
  out.forEach((extent, axis) => {
    if (axis === plan.lane || plan.b.form.by[axis] !== 0 || extent === 1) return;
    const before = outer === undefined ? undefined : out[outer];
    // Sizes that only a run tells stay apart: tiles of known rows need no tests.
    if (outer !== undefined && typeof before === "number" && typeof extent === "number") {
      if (runs(outer, axis, extent)) {
        out[outer] = 1;
        out[axis] = before * extent;
      }
    }
    outer = axis;
  });
  return { ...lowering, out };
}
