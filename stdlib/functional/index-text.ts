/** Owns how an index of `at` and `with` is read: which axis each part is for, and what it asks of it. */

import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";

type Bound = number | "";
/** Python's slices as texts: `":"`, `"1:"`, `":-1"`, `"::2"`, `"4:0:-1"`. */
export type SliceText = `${Bound}:${Bound}` | `${Bound}:${Bound}:${Bound}`;
/** One part of an index. */
export type Index = number | null | "..." | SliceText | AnyTensor<"i32"> | AnyTensor<"bool">;

/** What is taken of an axis; `new` adds one. */
export type AxisIndex =
  | { readonly kind: "one"; readonly at: number }
  | { readonly kind: "range"; readonly range: Range }
  | { readonly kind: "many"; readonly at: AnyTensor<"i32"> }
  | { readonly kind: "new" };

/** Bounds as in Python: null for none. */
export interface Range {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number;
}

const whole: AxisIndex = { kind: "range", range: { start: null, stop: null, step: 1 } };

/** The parts of an index for a tensor of `rank`, with a part for each axis. */
export function placeIndices(
  f: string,
  index: readonly Index[],
  rank: number,
): readonly AxisIndex[] {
  const axes = index.filter(isForAxis).length;
  if (axes > rank) return refuse("axis", `${f}: ${axes} positions for a tensor of rank ${rank}`);
  const rest = Array.from({ length: rank - axes }, () => whole);
  const found: AxisIndex[] = [];
  let isFilled = false;
  for (const part of index) {
    if (typeof part === "string" && part === "...") {
      if (isFilled) return refuse("argument", `${f}: "..." stands twice in the index`);
      isFilled = true;
      found.push(...rest);
    } else found.push(readPart(f, part));
  }
  return isFilled ? found : [...found, ...rest];
}

/** Whether a part is for one axis: `null` is for none, and `"..."` for as many as remain. */
function isForAxis(part: Index): boolean {
  if (typeof part === "number") return true;
  return typeof part === "string" ? part !== "..." : part?.dtype !== undefined;
}

function readPart(f: string, part: Exclude<Index, "...">): AxisIndex {
  if (typeof part === "number") return { kind: "one", at: part };
  if (typeof part === "string") return { kind: "range", range: readRange(f, part) };
  // A tensor may not be compared with null.
  const dtype = part?.dtype;
  if (dtype === undefined) return { kind: "new" };
  if (dtype === "bool") {
    return refuse(
      "argument",
      `${f}: a bool tensor is no index: how many elements it takes would depend on its values; use where(mask, x, 0) or multiply by the mask`,
    );
  }
  return { kind: "many", at: part as AnyTensor<"i32"> };
}

function readRange(f: string, text: string): Range {
  const parts = text.split(":");
  const [start = "", stop = "", by = ""] = parts;
  const step = by === "" ? 1 : Number(by);
  const numbers = [start, stop, by].filter((part) => part !== "").map(Number);
  const isRange = parts.length === 2 || parts.length === 3;
  if (!isRange || !numbers.every((n) => Number.isInteger(n)) || step === 0) {
    return refuse("argument", `${f}: "${text}" is not a range such as "1:", ":-1" or "::2"`);
  }
  return {
    start: start === "" ? null : Number(start),
    stop: stop === "" ? null : Number(stop),
    step,
  };
}
