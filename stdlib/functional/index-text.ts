/** Owns how an index of `at` and `with` is read: which axis each part is for, and what it asks of it. */

import { demand, refuse } from "../../runtime/eager/refuse.ts";
import { boundsOf } from "../../runtime/eager/run-sizes.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import { whenKnown } from "../../runtime/eager/when-known.ts";
import { positionsOf } from "./nonzero.ts";

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

/** The parts of an index for a tensor of `shape`, with a part for each axis; a mask is for as many as it has. */
export function placeIndices(
  f: string,
  index: readonly Index[],
  shape: readonly number[],
): readonly AxisIndex[] {
  let axes = 0;
  for (const part of index) axes += axesFor(part);
  const rank = shape.length;
  if (axes > rank) return refuse("axis", `${f}: ${axes} positions for a tensor of rank ${rank}`);
  const rest = Array.from({ length: rank - axes }, () => whole);
  const found: AxisIndex[] = [];
  let axis = 0;
  let isFilled = false;
  for (const part of index) {
    if (typeof part === "string" && part === "...") {
      if (isFilled) return refuse("argument", `${f}: "..." stands twice in the index`);
      isFilled = true;
      found.push(...rest);
      axis += rest.length;
    } else if (isMask(part)) {
      const sizes = shape.slice(axis, axis + part.rank);
      checkMask(f, part.shape, sizes);
      for (const at of positionsOf(part)) found.push({ kind: "many", at });
      axis += part.rank;
    } else {
      found.push(readPart(f, part));
      axis += axesFor(part);
    }
  }
  return isFilled ? found : [...found, ...rest];
}

function checkMask(f: string, mask: readonly number[], sizes: readonly number[]): void {
  const fits = mask.every((size, i) => size === sizes[i]);
  demand(fits, `${f}: a mask of [${mask}] does not fit axes of [${sizes}]`);
}

/** How many axes a part is for: `null` is for none, and `"..."` for as many as remain. */
function axesFor(part: Index): number {
  if (typeof part === "number") return 1;
  if (typeof part === "string") return part === "..." ? 0 : 1;
  // A tensor may not be compared with null.
  if (part?.dtype === undefined) return 0;
  return isMask(part) ? part.rank : 1;
}

export function isMask(part: Index | undefined): part is AnyTensor<"bool"> {
  if (typeof part === "number" || typeof part === "string") return false;
  return part?.dtype === "bool";
}

function readPart(f: string, part: number | null | SliceText | AnyTensor<"i32">): AxisIndex {
  if (typeof part === "number") return { kind: "one", at: part };
  if (typeof part === "string") return { kind: "range", range: readRange(f, part) };
  // A tensor may not be compared with null.
  const dtype = part?.dtype;
  if (dtype === undefined) return { kind: "new" };
  return { kind: "many", at: part as AnyTensor<"i32"> };
}

function readRange(f: string, text: string): Range {
  const bounds = boundsOf(text);
  const [start = "", stop = "", by = ""] = bounds;
  const isRange = bounds.length === 2 || bounds.length === 3;
  if (!isRange || (by !== "" && whenKnown(by) === "running")) return refuseRange(f, text);
  const step = by === "" ? 1 : by;
  const range = { start: start === "" ? null : start, stop: stop === "" ? null : stop, step };
  if (step === 0 || !Number.isInteger(step)) return refuseRange(f, text);
  checkBound(f, text, range.start);
  checkBound(f, text, range.stop);
  return range;
}

function checkBound(f: string, text: string, bound: number | null): void {
  if (bound === null) return;
  if (whenKnown(bound) === "running") {
    demand(Number.isInteger(bound), `${f}: "${text}" is not a range of whole numbers`);
  } else if (!Number.isInteger(bound)) refuseRange(f, text);
}

function refuseRange(f: string, text: string): never {
  return refuse("argument", `${f}: "${text}" is not a range such as "1:", ":-1" or "::2"`);
}
