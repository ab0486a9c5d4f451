/** Maps compare keys by their kind: numbers and booleans, texts, references each have their functions. */

import type { HeapType } from "../../graph/heap-types.ts";
import { convert } from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr } from "../../loop/ir.ts";

export type MapType = HeapType & { readonly kind: "map" };

const suffixes = {
  f64: "Num",
  bool: "Num",
  str: "Str",
  ref: "Ref",
  i32: undefined,
  tensor: undefined,
} as const;

/** The address where `verb` finds, puts or drops the entry with this key. */
export function mapCall(
  verb: "Find" | "Put" | "Drop",
  type: MapType,
  map: LoopExpr,
  key: LoopExpr,
): LoopExpr {
  const suffix = suffixes[type.key.kind];
  if (suffix === undefined) throw new Error(`${type.key.kind} is no key`);
  return callHeap(
    `map${verb}${suffix}` as const,
    map,
    suffix === "Num" ? convert(key, "f64") : key,
  );
}
