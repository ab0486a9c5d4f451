/** Functions whose intermediate results are computed twice instead of being kept. */

import { recomputed } from "../../runtime/eager/recomputed.ts";

/**
 * The same function, of which a gradient keeps the arguments and results alone: what lies between is
 * computed again on the way back. The same bits, less memory, more time.
 */
export function checkpoint<A extends unknown[], R>(f: (...args: A) => R): (...args: A) => R {
  return (...args) => recomputed(f, args);
}
