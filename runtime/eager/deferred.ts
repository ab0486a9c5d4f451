/** Owns tensors whose elements are computed when they are first needed, which may be never. */

import { bytesOf, type DType } from "../../compiler/ops/types.ts";
import { leaseOn } from "./allocate.ts";
import type { Elements } from "./elements.ts";
import { withOuterRecorders } from "./recording.ts";
import { Storage } from "./storage-ring.ts";
import { lengthOf } from "./strided.ts";
import { asValue, EagerTensor } from "./tensor.ts";
import type { AnyTensor } from "./tensor-types.ts";

/**
 * A tensor of the elements that `make` gives. It must give the same whenever it is called; nobody may write to
 * them afterwards.
 */
export function deferred<D extends DType>(
  dtype: D,
  shape: readonly number[],
  make: () => Elements,
): AnyTensor<D> {
  const storage = new Storage(lengthOf(shape) * bytesOf[dtype]);
  storage.make = () => {
    // Whoever records what is computed now has nothing to do with how these came about.
    const { buffer, byteOffset, byteLength } = withOuterRecorders(0, make);
    storage.copy = new Uint8Array(buffer, byteOffset, byteLength);
    storage.make = undefined;
  };
  return asValue(new EagerTensor(storage, dtype, shape, undefined, 0, leaseOn(storage)));
}
