/** Converts elements between dtypes where every value stays the same. */

import { isFloat, isInteger } from "../../compiler/ops/types.ts";
import type { LeafType } from "../../compiler/package/signature.ts";
import type { ComputeArray } from "../../runtime/files/widen.ts";
import type { NdArray } from "../../runtime/load.ts";
import { arrays } from "../../runtime/take.ts";

/** The elements as `dtype`; undefined where one would change, or where bool and numbers would mix. */
export function convertExactly(from: ComputeArray, dtype: LeafType): NdArray["data"] | undefined {
  const { data } = from;
  if ((from.dtype === "bool") !== (dtype === "bool")) return undefined;
  if (dtype === "bool") return Uint8Array.from(data);
  if (dtype === "value" || dtype === "boolean") return undefined;
  if (isInteger(dtype) && isFloat(from.dtype)) return undefined;
  const converted = arrays[dtype].from(data);
  return converted.every((x, i) => x === data[i] || Number.isNaN(x)) ? converted : undefined;
}
