/** Owns how functions of the library read an axis that the caller names. */

import { assert } from "../../runtime/eager/assert.ts";

/** The axis that `dim` names: negative ones count from the end. `f` is who asks. */
export function axisOf(f: string, dim: number, rank: number): number {
  assert(
    Number.isInteger(dim) && dim >= -rank && dim < rank,
    `${f}: axis ${dim} is outside a tensor of rank ${rank}`,
  );
  return dim < 0 ? dim + rank : dim;
}
