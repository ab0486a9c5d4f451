/**
 * Gives back what nothing refers to any more though its count says otherwise: circles, and what calls that
 * failed have left behind. The caller counts all references anew between `heapForget` and `heapSweep`.
 */

import { blocksEnd, firstBlock, forgetFree, freeAgain } from "./allocate";
import { blockBytes, countOf, setCount } from "./header";

/** Every block has no references from here on. */
export function heapForget(): void {
  const end = blocksEnd();
  for (let block = firstBlock(); block < end; block += blockBytes(block)) setCount(block, 0);
}

/** Gives back every block without references. */
export function heapSweep(): void {
  const end = blocksEnd();
  forgetFree();
  for (let block = firstBlock(); block < end; block += blockBytes(block)) {
    freeAgain(block, countOf(block) === 0);
  }
}
