/** Axes of plans: extents with what one step along them adds to several sums. */

import { maxPlanAxes, planAxis } from "../../../compiler/ops/kernel-abi.ts";
import type { Affine } from "../../../compiler/ops/lowering.ts";
import { known } from "./plan.ts";

export interface PlanAxis {
  readonly extent: number;
  readonly sums: readonly number[];
}

/** Leaves out axes of extent 1 and merges each axis with the one inside it that it continues. */
export function collapse(axes: readonly PlanAxis[]): PlanAxis[] {
  const result: PlanAxis[] = [];
  for (const axis of axes) {
    if (axis.extent === 1) continue;
    const outer = result.at(-1);
    if (outer?.sums.every((sum, i) => sum === axis.sums[i]! * axis.extent)) {
      result[result.length - 1] = { extent: outer.extent * axis.extent, sums: axis.sums };
    } else result.push(axis);
  }
  return result;
}

export const countOf = (axes: readonly PlanAxis[]): number =>
  axes.reduce((count, { extent }) => count * extent, 1);

/** The words of a plan: a head, then axes. */
export function planWords(headWords: number, axes: readonly PlanAxis[]): Int32Array {
  if (axes.length > maxPlanAxes) throw new Error(`a plan of ${axes.length} axes is too long`);
  const words = new Int32Array(headWords + axes.length * planAxis.words);
  for (const [i, { extent, sums }] of axes.entries()) {
    const at = headWords + i * planAxis.words;
    words[at + planAxis.extent] = extent;
    words.set(sums, at + planAxis.sums);
  }
  return words;
}

/** What an index over `rank` axes adds to the place in an operand, per axis, and where it starts. */
export interface Place {
  readonly by: readonly number[];
  readonly start: number;
}

/** The place, in elements, that one position per dimension of an operand gives. */
export function placeOf(index: readonly Affine[], strides: readonly number[], rank: number): Place {
  const by = Array.from({ length: rank }, () => 0);
  let start = 0;
  for (const [i, { terms, offset }] of index.entries()) {
    const stride = strides[i]!;
    start += known(offset) * stride;
    for (const t of terms) by[t.axis] = by[t.axis]! + known(t.by) * stride;
  }
  return { by, start };
}
