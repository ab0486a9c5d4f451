/** Reads a tensor's elements out of the kernels' memory. */

import { bytesOf, type DType, elementArrays } from "../../compiler/ops/types.ts";
import { fetch, memoryBytes } from "./pool.ts";
import type { Storage } from "./storage-ring.ts";
import { lengthOf, type Strided } from "./strided.ts";
import type { EagerTensor } from "./tensor.ts";

export type Elements = Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array;

export const newElements = (dtype: DType, length: number): Elements =>
  new elementArrays[dtype](length);

/** All of the kernels' memory as elements of a dtype, and the place of a tensor's first one there. */
export function elementsIn(
  { buffer }: Uint8Array,
  { dtype, address }: Pick<Strided, "dtype" | "address">,
): { readonly data: Elements; readonly first: number } {
  return { data: new elementArrays[dtype](buffer as ArrayBuffer), first: address / bytesOf[dtype] };
}

/** A copy of the elements in row-major order. */
export function elementsOf(t: Strided & { readonly storage: Storage }): Elements {
  fetch(t.storage);
  const { data: from, first } = elementsIn(memoryBytes(), t);
  const to = newElements(t.dtype, lengthOf(t.shape));
  const { length } = to;
  if (t.dense) {
    to.set(from.subarray(first, first + length));
    return to;
  }
  copyStrided(from, first, t, to);
  return to;
}

/**
 * The elements, to be read only: where they lie in a buffer of their own, they are not copied. What is made of the
 * tensor later does not change them.
 */
export function sharedElements(t: Strided & Pick<EagerTensor, "storage" | "offset">): Elements {
  const { storage, dtype, offset } = t;
  storage.make?.();
  const { copy } = storage;
  const start = (copy?.byteOffset ?? 0) + storage.copyStart + offset * bytesOf[dtype];
  if (!copy || !t.dense || start % bytesOf[dtype] !== 0) return elementsOf(t);
  return new elementArrays[dtype](copy.buffer as ArrayBuffer, start, lengthOf(t.shape));
}

/** Row by row along the last axis: the other indices move once a row. */
function copyStrided(from: Elements, first: number, t: Strided, to: Elements): void {
  const { shape, strides } = t;
  const last = shape.length - 1;
  const [columns, step] = [shape[last]!, strides[last]!];
  const index = shape.map(() => 0);
  let row = first;
  for (let i = 0; i < to.length; i += columns) {
    for (let column = 0; column < columns; column++) to[i + column] = from[row + column * step]!;
    for (let axis = last - 1; axis >= 0; axis--) {
      row += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      row -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}
