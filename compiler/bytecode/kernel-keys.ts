/** How packages name kernels: by a hash of a text that says what the kernel computes. */

import { wholeFunction } from "../ops/expr-steps.ts";
import { fnv64 } from "../ops/fnv64.ts";

/** The name of a step's kernel, by the key of its expression (expr-key.ts). */
export function mapName(key: string): string {
  const known = wholeFunction(key);
  return known ? `function ${known.name} ${known.version}` : `map ${key}`;
}

/** The name of a reduction, by its `reductionKey`. */
export const reduceName = (key: string): string => `reduce ${key}`;

/** The name of a scan, by the name under which the kernels export it. */
export const scanName = (exported: string): string => exported;

export const hashName = (name: string): readonly [low: number, high: number] =>
  fnv64(new TextEncoder().encode(name));
