/** Tensors from what files store, and back. */

import type { RawTensor } from "../files/raw-tensor.ts";
import { toTypedArray } from "../files/widen.ts";
import { adopt, allocate, writeElements } from "./allocate.ts";
import type { EagerTensor } from "./tensor.ts";

/**
 * The tensor that a file stores. 16-bit floats become f32, integers that no tensor can hold become i32,
 * exactly; what does not fit is a FileFormatError. `isOwn`: nobody else has the data, so that no copy is needed.
 */
export function fromRaw(raw: RawTensor, isOwn = false): EagerTensor {
  const { dtype, data } = toTypedArray(raw);
  const isFree = isOwn || data.buffer !== raw.data.buffer;
  // A view of little keeps all of the buffer.
  const isMost = data.byteLength * 8 >= data.buffer.byteLength * 7;
  if (isFree && isMost && data.byteLength >= adoptedBytes) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return adopt(dtype, raw.shape, bytes);
  }
  return writeElements(allocate(dtype, raw.shape), data);
}

/** Smaller ones are better off in the pool. */
const adoptedBytes = 65536;

/** A copy of a tensor's elements as files store them. */
export function toRaw(t: EagerTensor): RawTensor {
  const { buffer } = t.toTypedArray();
  return { dtype: t.dtype, shape: [...t.shape], data: new Uint8Array(buffer) };
}
