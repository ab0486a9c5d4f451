/** Owns which shape tensors have together. */

import { demand } from "../../runtime/eager/refuse.ts";
import { whenKnown } from "../../runtime/eager/when-known.ts";

/** Sizes aligned at the end, where a 1 takes the other's size. */
export function commonShape(f: string, shapes: readonly (readonly number[])[]): readonly number[] {
  let result: readonly number[] = [];
  for (const shape of shapes) result = broadcastPair(f, result, shape);
  return result;
}

function broadcastPair(f: string, a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (whenKnown(m) === "compiling" && m === 1) return n;
    if (whenKnown(n) === "compiling" && n === 1) return m;
    demand(m === n, `${f}: sizes ${m} and ${n} differ`);
    return m;
  });
}
