/** Converts elements between dtypes where every value stays the same. */

import type { LeafType } from "../../compiler/package/signature.ts";
import type { ComputeArray } from "../../runtime/files/widen.ts";
import type { NdArray } from "../../runtime/load.ts";

/** The elements as `dtype`; undefined where one would change, or where bool and numbers would mix. */
export function convertExactly(from: ComputeArray, dtype: LeafType): NdArray["data"] | undefined {
  const { data } = from;
  if ((from.dtype === "bool") !== (dtype === "bool")) return undefined;
  if (dtype === "bool") return Uint8Array.from(data);
  const isFraction = from.dtype === "f32" || from.dtype === "f64";
  if (dtype === "i32") return isFraction ? undefined : Int32Array.from(data);
  if (dtype === "f32") return isExact(data) ? Float32Array.from(data) : undefined;
  return Float64Array.from(data);
}

function isExact(data: ComputeArray["data"]): boolean {
  if (data instanceof Float32Array) return true;
  for (const x of data) if (Math.fround(x) !== x && !Number.isNaN(x)) return false;
  return true;
}
