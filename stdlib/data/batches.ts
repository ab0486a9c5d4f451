/** Batches of tensors that are already there: rows of each, taken together. */

import { tensor } from "../../runtime/eager/from-data.ts";
import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
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

/** A record of tensors, also one whose type is an interface. */
type TensorsOf<R> = { readonly [K in keyof R]: AnyTensor };

/** A loader over the rows of tensors: `batches({ images, labels }, { size: 64, shuffle: 0 })`. */
export function batches<R extends TensorsOf<R>>(
  tensors: R,
  { size, ...options }: BatchOptions,
): DataLoader<number, R> {
  const length = rowsOf(tensors);
  const rows = { length, get: (i: number) => i };
  return new DataLoader<number, R>(rows, {
    ...options,
    batch: size,
    collate: (positions) => takeRows(tensors, positions),
  });
}

function takeRows<R extends TensorsOf<R>>(tensors: R, positions: readonly number[]): R {
  const at = tensor(Int32Array.from(positions), [positions.length]);
  const taken = Object.entries<AnyTensor>(tensors).map(([name, t]) => [name, t.take(at, 0)]);
  return Object.fromEntries(taken) as R;
}

function rowsOf<R extends TensorsOf<R>>(tensors: R): number {
  const counts = Object.entries<AnyTensor>(tensors).map(
    ([name, t]) => [name, t.shape[0] ?? 0] as const,
  );
  const [first] = counts;
  const other = counts.find(([, rows]) => rows !== first?.[1]);
  if (first !== undefined && other === undefined) return first[1];
  const message = first
    ? `batches: ${first[0]} has ${first[1]} rows and ${other?.[0]} has ${other?.[1]}`
    : "batches: there is no tensor";
  throw new GlimError(codes.shape, message);
}
