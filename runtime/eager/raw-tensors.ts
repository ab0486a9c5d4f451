/** Tensors from what files store, and back. */

import { FileFormatError } from "../files/file-format-error.ts";
import type { RawTensor } from "../files/raw-tensor.ts";
import { type ComputeArray, toTypedArray } from "../files/widen.ts";
import { allocate, writeElements } from "./allocate.ts";
import type { EagerTensor } from "./tensor.ts";

/**
 * The tensor that a file stores. 16-bit floats become f32 and all integers i32, exactly; what does not
 * fit is a FileFormatError.
 */
export function fromRaw(raw: RawTensor): EagerTensor {
  const elements = toTypedArray(raw);
  return writeElements(allocate(dtypeFor(elements), raw.shape), elements.data);
}

function dtypeFor({ dtype }: ComputeArray): "f32" | "i32" | "bool" {
  if (dtype === "u8" || dtype === "i8") return "i32";
  if (dtype !== "f64") return dtype;
  throw new FileFormatError("tensor", "it is f64, which tensors cannot hold yet: store it as f32");
}

/** A copy of a tensor's elements as files store them. */
export function toRaw(t: EagerTensor): RawTensor {
  const { buffer } = t.toTypedArray();
  return { dtype: t.dtype, shape: [...t.shape], data: new Uint8Array(buffer) };
}
