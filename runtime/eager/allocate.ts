/** Makes tensors of new elements, and gives the places of dead ones back. */

import { bytesOf, type DType } from "../../compiler/ops/types.ts";
import { fetch, free, place } from "./pool.ts";
import { type Entry, Storage } from "./storage-ring.ts";
import { lengthOf } from "./strided.ts";
import { EagerTensor, type Lease } from "./tensor.ts";

/** From this size on a finalizer gives a dead tensor's place back early. */
const leasedBytes = 65536;

/**
 * Only the entry is held, which forgets its storage when that is copied out: a copy belongs to its
 * tensors alone.
 */
const leases = new FinalizationRegistry<Entry>((entry) => {
  if (entry.storage) free(entry.storage);
});

/** A tensor of uninitialised elements, in the pool. */
export function allocate<D extends DType>(dtype: D, shape: readonly number[]): EagerTensor<D> {
  const storage = new Storage(lengthOf(shape) * bytesOf[dtype]);
  place(storage);
  let lease: Lease | undefined;
  if (storage.bytes >= leasedBytes && storage.entry) {
    lease = {};
    leases.register(lease, storage.entry);
  }
  return new EagerTensor(storage, dtype, shape, undefined, 0, lease);
}

/**
 * A result's tensor, made while its operands are in the pool. Making room can move an operand out,
 * and fetching one can move out another; a pool that holds them all settles in a few rounds.
 */
export function allocateBeside<D extends DType>(
  dtype: D,
  shape: readonly number[],
  operands: readonly EagerTensor[],
): EagerTensor<D> {
  const out = allocate(dtype, shape);
  for (let round = 0; round < 4; round++) {
    if (out.storage.address >= 0 && operands.every((t) => t.storage.address >= 0)) return out;
    for (const t of operands) fetch(t.storage);
    fetch(out.storage);
  }
  throw new Error("the operands of one operator do not fit the pool together");
}
