/** Owns `whenKnown`, with which the library takes another way where a number is not known early. */

import { builtinMark, mark } from "./marks.ts";

/**
 * When a number is known: `compiling`, with its value; `compiling, as a size`, as an expression of named
 * sizes; or `running`. A plain run always knows. Whatever way is taken must give the same bits.
 */
export type Known = "compiling" | "compiling, as a size" | "running";

export function whenKnown(_value: number): Known {
  return "compiling";
}

mark(whenKnown, builtinMark, "whenKnown");
