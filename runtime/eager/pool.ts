/** The one pool of this program's tensors, and how storages get in and out of it. */

import { kernels } from "./kernels.ts";
import { type Storage, StorageRing } from "./storage-ring.ts";

/** Bytes of tensors that stay in the kernels' memory. */
const poolLimit = 192 * 2 ** 20;
let ring: StorageRing | undefined;
const theRing = (): StorageRing => {
  ring ??= new StorageRing(kernels(), poolLimit);
  return ring;
};

/** Puts a new storage in the pool. */
export const place = (storage: Storage): void => theRing().place(storage);

/** Gives a dead storage's place back. */
export const free = (storage: Storage): void => theRing().free(storage);

export function fetch(storage: Storage): void {
  if (storage.address < 0) theRing().fetch(storage);
}

/** The kernels' whole memory. */
export const memoryBytes = (): Uint8Array => kernels().u8;

/** How many storages were copied out of the pool, and back. */
export const poolCounts = (): { readonly out: number; readonly back: number } => theRing().counts;
