/** Batches of tensors that are already there: rows of each, taken together. */

import { tensor } from "../../runtime/eager/from-data.ts";
import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { asValue, isTensor } from "../../runtime/eager/tensor.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import { DataLoader } from "./data-loader.ts";
import type { Shuffle } from "./epoch-order.ts";

export interface BatchOptions {
  /** How many rows a batch has; the last one of an epoch may have fewer. */
  readonly size: number;
  /** A seed: each epoch has an order of its own. */
  readonly shuffle?: Shuffle;
  readonly dropLast?: boolean;
}

/**
 * A loader over the rows of tensors: `batches({ images, labels }, { size: 64, shuffle: 0 })`. The values of `R` must be
 * tensors; a constraint that says so would decide the dtypes of `zeros([8])` and the like.
 */
export function batches<R extends object>(
  tensors: R,
  { size, ...options }: BatchOptions,
): DataLoader<number, R> {
  const parts = tensorsOf(tensors);
  const length = rowsOf(parts);
  const rows = { length, get: (i: number) => i };
  return new DataLoader<number, R>(rows, {
    ...options,
    batch: size,
    collate: (positions) => takeRows(parts, positions) as R,
  });
}

type Part = readonly [string, AnyTensor];

const tensorsOf = (tensors: object): readonly Part[] =>
  Object.entries(tensors).map(([name, t]: readonly [string, unknown]): Part => {
    if (isTensor(t)) return [name, asValue(t)];
    throw new GlimError(codes.argument, `batches: ${name} is not a tensor`);
  });

function takeRows(parts: readonly Part[], positions: readonly number[]): object {
  const at = tensor(Int32Array.from(positions), [positions.length]);
  return Object.fromEntries(parts.map(([name, t]) => [name, t.take(at, 0)]));
}

function rowsOf(parts: readonly Part[]): number {
  const counts = parts.map(([name, t]) => [name, t.shape[0] ?? 0] as const);
  const [first] = counts;
  const other = counts.find(([, rows]) => rows !== first?.[1]);
  if (first !== undefined && other === undefined) return first[1];
  const message = first
    ? `batches: ${first[0]} has ${first[1]} rows and ${other?.[0]} has ${other?.[1]}`
    : "batches: there is no tensor";
  throw new GlimError(codes.shape, message);
}
