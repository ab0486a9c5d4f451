/** Reads a tensor's elements out of the kernels' memory. */

import { bytesOf } from "../../compiler/ops/types.ts";
import { fetch, memoryBytes } from "./pool.ts";
import type { Storage } from "./storage-ring.ts";
import { lengthOf, type Strided } from "./strided.ts";

/** What elements of each dtype are given as; a bool is 0 or 1. */
export type Elements = Float32Array | Int32Array | Uint8Array;

/** A copy of the elements in row-major order. */
export function elementsOf(t: Strided & { readonly storage: Storage }): Elements {
  fetch(t.storage);
  const { buffer } = memoryBytes();
  const length = lengthOf(t.shape);
  const first = t.address / bytesOf[t.dtype];
  switch (t.dtype) {
    case "f32":
      return copyInto(new Float32Array(length), new Float32Array(buffer), first, t);
    case "i32":
      return copyInto(new Int32Array(length), new Int32Array(buffer), first, t);
    case "bool":
      return copyInto(new Uint8Array(length), new Uint8Array(buffer), first, t);
  }
}

function copyInto<T extends Elements>(to: T, from: T, first: number, t: Strided): T {
  const { length } = to;
  if (t.dense) {
    to.set(from.subarray(first, first + length));
    return to;
  }
  const { shape, strides } = t;
  const index = shape.map(() => 0);
  let place = first;
  for (let i = 0; i < length; i++) {
    to[i] = from[place]!;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      place += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      place -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return to;
}
