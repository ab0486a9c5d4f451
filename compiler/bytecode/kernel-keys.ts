/** How packages name kernels: by a hash of a text that says what the kernel computes. */

import { fnv64 } from "../ops/fnv64.ts";

/** The name of a `map` kernel, by the key of its expression (expr-key.ts). */
export const mapName = (key: string): string => `map ${key}`;

/** The name of a reduction, by its `reductionKey`. */
export const reduceName = (key: string): string => `reduce ${key}`;

/** The name of a scan, by the name under which the kernels export it. */
export const scanName = (exported: string): string => exported;

export const hashName = (name: string): readonly [low: number, high: number] =>
  fnv64(new TextEncoder().encode(name));
