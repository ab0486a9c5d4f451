/** Memory that nobody keeps beyond one operation. */

import { allocRaw, free } from "../heap/allocate";

let block: usize = 0;
let bytes: usize = 0;

export function forgetScratch(): void {
  block = 0;
  bytes = 0;
}

/** At least so many bytes; the next call may give the same. */
export function scratchBlock(wanted: usize): usize {
  if (wanted > bytes) {
    if (block !== 0) free(block);
    block = allocRaw(wanted + 64);
    bytes = wanted;
  }
  return block + 8;
}
