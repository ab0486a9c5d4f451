/** Owns how functions of the library read an axis that the caller names. */

import { refuse } from "../../runtime/eager/refuse.ts";
import type { Axes } from "../../runtime/eager/tensor-types.ts";

/** The axis that `dim` names: negative ones count from the end. `f` is who asks. */
export function axisOf(f: string, dim: number, rank: number): number {
  if (!Number.isInteger(dim)) return refuse("argument", `${f}: ${dim} is not an axis`);
  if (dim < -rank || dim >= rank) {
    const range = rank === 0 ? "a rank-0 tensor has no axes" : `use ${-rank} … ${rank - 1}`;
    return refuse("axis", `${f}: axis ${dim} is outside a tensor of rank ${rank}; ${range}`);
  }
  return dim < 0 ? dim + rank : dim;
}

/** The axes that `dim` names, in the order given: one, several, or all where nothing is given. */
export function axesOf(f: string, dim: Axes | undefined, rank: number): readonly number[] {
  if (dim === undefined) return Array.from({ length: rank }, (_, i) => i);
  const dims = typeof dim === "number" ? [dim] : dim;
  const axes = dims.map((d) => axisOf(f, d, rank));
  const twice = axes.find((axis, i) => axes.indexOf(axis) < i);
  return twice === undefined ? axes : refuse("axis", `${f}: axis ${twice} is given twice`);
}
