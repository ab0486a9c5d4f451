/** Tensors from what files store, and back. */

import type { RawTensor } from "../files/raw-tensor.ts";
import { toTypedArray } from "../files/widen.ts";
import { allocate, writeElements } from "./allocate.ts";
import type { EagerTensor } from "./tensor.ts";

/**
 * The tensor that a file stores. 16-bit floats become f32, integers that no tensor can hold become i32,
 * exactly; what does not fit is a FileFormatError.
 */
export function fromRaw(raw: RawTensor): EagerTensor {
  const elements = toTypedArray(raw);
  return writeElements(allocate(elements.dtype, raw.shape), elements.data);
}

/** A copy of a tensor's elements as files store them. */
export function toRaw(t: EagerTensor): RawTensor {
  const { buffer } = t.toTypedArray();
  return { dtype: t.dtype, shape: [...t.shape], data: new Uint8Array(buffer) };
}
