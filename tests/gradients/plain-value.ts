/** Values of plain runs and of compiled ones in one form that tests can compare, bit for bit. */

import { isTensor } from "#glim/runtime/eager/tensor.js";

/** Tensors as their shape and elements; every NaN is one value. */
export function plainValue(v: unknown): unknown {
  if (isTensor(v)) return elements(v.toTypedArray(), v.shape);
  if (Array.isArray(v)) return v.map(plainValue);
  if (typeof v !== "object" || v === null) return v;
  if ("data" in v && ArrayBuffer.isView(v.data) && "shape" in v) {
    return elements(v.data as Float32Array, v.shape as readonly number[]);
  }
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plainValue(x)]));
}

const elements = (data: ArrayLike<number>, shape: readonly number[]): unknown => ({
  shape: [...shape],
  elements: Array.from(data, (x) => (Object.is(x, -0) ? "-0" : String(x))),
});
