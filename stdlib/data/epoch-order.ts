/** Owns the order in which an epoch goes through data. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { Rng } from "../random/rng.ts";

/** What decides the order: a seed, or a generator, of which only the seed counts. */
export type Shuffle = number | Rng;

export const seedOf = (shuffle: Shuffle | undefined): number | undefined =>
  typeof shuffle === "number" || shuffle === undefined ? shuffle : shuffle.seed;

/** The positions from 0 to `length` − 1: as they are without a seed, else in an order of this epoch's own. */
export function epochOrder(length: number, seed: number | undefined, epoch: number): Int32Array {
  if (seed === undefined || length === 0) return Int32Array.from({ length }, (_, i) => i);
  return Int32Array.from(new Rng(seed).fork(epoch).permutation(length).toTypedArray());
}

/** How many batches an epoch has. */
export function countBatches(length: number, size: number, dropLast: boolean): number {
  if (!Number.isInteger(size) || size < 1) {
    throw new GlimError(codes.argument, `a batch must have 1 example or more, not ${size}`);
  }
  return dropLast ? Math.floor(length / size) : Math.ceil(length / size);
}
