/** Finds the buffers that an optimiser or an average keeps: those in the lists of its fields. */

import { BufferCell } from "../../runtime/eager/cell.ts";
import type { AnyCell } from "../nn/registered.ts";

/** Each with its name: the field and the position. */
export const buffersOf = (owner: object): (readonly [string, AnyCell])[] =>
  Object.entries(owner).flatMap(([field, list]: readonly [string, unknown]) => {
    if (!Array.isArray(list)) return [];
    const items: readonly unknown[] = list;
    return items.flatMap((cell, i) =>
      cell instanceof BufferCell ? [[`${field}.${i}`, cell] as const] : [],
    );
  });
