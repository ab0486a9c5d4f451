/** How examples cross from a thread to the program: tensors as plain elements, all else as it is. */

import { fromRaw, toRaw } from "../../runtime/eager/raw-tensors.ts";
import { asValue, isTensor } from "../../runtime/eager/tensor.ts";
import type { RawTensor } from "../../runtime/files/raw-tensor.ts";

/** Marks a tensor among what was sent. */
const key = "glim.tensor";

/** `buffers` receives the memory that may change hands instead of being copied. */
export function toSent(value: unknown, buffers: ArrayBufferLike[]): unknown {
  if (isTensor(value)) {
    const raw = toRaw(value);
    buffers.push(raw.data.buffer);
    return { [key]: raw };
  }
  return mapParts(value, (part) => toSent(part, buffers));
}

export function fromSent(value: unknown): unknown {
  return isSentTensor(value) ? asValue(fromRaw(value[key])) : mapParts(value, fromSent);
}

const isSentTensor = (v: unknown): v is { readonly [key]: RawTensor } =>
  typeof v === "object" && v !== null && key in v;

function mapParts(value: unknown, f: (part: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(f);
  if (typeof value !== "object" || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, f(part)]));
}
