/** Makes tensors of new elements, and gives the places of dead ones back. */

import { bytesOf, type DType } from "../../compiler/ops/types.ts";
import { elementsIn } from "./elements.ts";
import { fetch, fetchTogether, free, memoryBytes, place } from "./pool.ts";
import { type Claim, Storage } from "./storage-ring.ts";
import { lengthOf } from "./strided.ts";
import { EagerTensor, type Lease } from "./tensor.ts";

/** From this size on a finalizer gives a dead tensor's place back early. */
const leasedBytes = 65536;

const leases = new FinalizationRegistry<Claim>((claim) => {
  if (claim.storage) free(claim.storage);
});

/** A tensor of uninitialised elements, in the pool. */
export function allocate<D extends DType>(dtype: D, shape: readonly number[]): EagerTensor<D> {
  const storage = new Storage(lengthOf(shape) * bytesOf[dtype]);
  place(storage);
  return new EagerTensor(storage, dtype, shape, undefined, 0, leaseOn(storage));
}

/** A tensor whose elements are `bytes`, which nothing else may hold: they get into the pool when they are used. */
export function adopt<D extends DType>(
  dtype: D,
  shape: readonly number[],
  bytes: Uint8Array,
): EagerTensor<D> {
  const storage = new Storage(bytes.length);
  storage.copy = bytes;
  return new EagerTensor(storage, dtype, shape, undefined, 0, leaseOn(storage));
}

/** What gives a large storage's place back when no tensor holds it any more. */
export function leaseOn(storage: Storage): Lease | undefined {
  if (storage.bytes < leasedBytes) return undefined;
  const lease = {};
  // It knows the storage while that is in the pool.
  storage.claim = { storage: storage.address < 0 ? undefined : storage };
  leases.register(lease, storage.claim);
  return lease;
}

/** A result's tensor, made while its operands are in the pool: making room can move one out. */
export function allocateBeside<D extends DType>(
  dtype: D,
  shape: readonly number[],
  operands: readonly EagerTensor[],
): EagerTensor<D> {
  const out = allocate(dtype, shape);
  for (let i = 0; i < operands.length; i++) {
    if (operands[i]!.storage.address < 0) {
      fetchTogether([out.storage, ...operands.map((t) => t.storage)]);
      break;
    }
  }
  return out;
}

/** Fills a new tensor with numbers, converted as typed arrays convert them, and returns it. */
export function writeElements<T extends EagerTensor>(t: T, values: ArrayLike<number>): T {
  fetch(t.storage);
  const { data, first } = elementsIn(memoryBytes(), t);
  data.set(values, first);
  return t;
}
