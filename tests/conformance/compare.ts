/** Compares results with the reference: values within bounds, sizes and kinds of dtypes exactly. */

import type { Mapping } from "./mapping.ts";
import type { Leaf } from "./run-eagerly.ts";
import type { SampleTensor } from "./samples.ts";

export interface Bounds {
  readonly rtol: number;
  readonly atol: number;
}

const usual: Bounds = { rtol: 1e-4, atol: 1e-5 };

/** Undefined if all agree; otherwise what does not. */
export function difference(
  found: readonly Leaf[],
  wanted: readonly SampleTensor[],
  { tolerance = { ...usual, why: "" }, signs = [] }: Mapping,
): string | undefined {
  if (found.length !== wanted.length) {
    return `${found.length} results in place of ${wanted.length}`;
  }
  for (const [i, reference] of wanted.entries()) {
    const leaf = found[i]!;
    if (leaf.dtype !== "number" && kindOf(leaf.dtype) !== kindOf(reference.dtype)) {
      return `result ${i} is ${leaf.dtype} in place of ${reference.dtype}`;
    }
    if (String(leaf.shape) !== String(reference.shape)) {
      return `result ${i} is [${leaf.shape}] in place of [${reference.shape}]`;
    }
    const count = found[signs.indexOf("exact")]?.shape.at(-1) ?? 0;
    const data = withSigns(leaf, reference, signs[i] ?? "exact", count);
    const at = Array.from(reference.data).findIndex((v, j) => !isNear(data[j]!, v, tolerance));
    if (at >= 0) return `result ${i} has ${data[at]} at ${at} in place of ${reference.data[at]}`;
  }
  return undefined;
}

type Kind = "float" | "whole" | "bool";

const kindOf = (dtype: string): Kind =>
  dtype.startsWith("f") || dtype.startsWith("bf") ? "float" : dtype === "bool" ? "bool" : "whole";

export function isNear(a: number, b: number, { rtol, atol }: Bounds): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  return a === b || Math.abs(a - b) <= atol + rtol * Math.abs(b);
}

/**
 * The elements with the sign of each column (or row) of each matrix turned to the reference's. Columns
 * from `count` on complete a basis and are not unique: other tests see whether they are orthogonal.
 */
function withSigns(
  { data, shape }: Leaf,
  reference: SampleTensor,
  signs: "columns" | "rows" | "exact",
  count: number,
): ArrayLike<number> {
  if (signs === "exact") return data;
  const turned = Array.from(data);
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const [lines, length] = signs === "columns" ? [columns, rows] : [rows, columns];
  const [line, step] = signs === "columns" ? [1, columns] : [columns, 1];
  for (let start = 0; start < turned.length; start += rows * columns) {
    for (let l = 0; l < lines; l++) {
      const places = Array.from({ length }, (_, j) => start + l * line + j * step);
      if (l >= count) for (const j of places) turned[j] = reference.data[j]!;
      const product = places.reduce((sum, j) => sum + turned[j]! * reference.data[j]!, 0);
      if (product < 0) for (const j of places) turned[j] = -turned[j]!;
    }
  }
  return turned;
}

/** Whether two runs gave the same bits; all NaNs are one value. */
export function sameBits(a: readonly Leaf[], b: readonly Leaf[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ dtype, shape, data }, i) => {
      const other = b[i]!;
      if (dtype !== other.dtype || String(shape) !== String(other.shape)) return false;
      return Array.from(data).every((v, j) => Object.is(v, other.data[j]));
    })
  );
}
