/** What the library says of sizes and ranges that, compiled, only a run tells. */

import { builtinMark, mark } from "./marks.ts";

/** The number itself; compiled, as a size, from which other sizes can be computed and compared. */
export function asSize(n: number): number {
  return n;
}

/** The numbers between the colons of the text of a range, `""` where there is none. */
export function boundsOf(text: string): readonly (number | "")[] {
  return text.split(":").map((bound) => (bound === "" ? "" : Number(bound)));
}

mark(asSize, builtinMark, "asSize");
mark(boundsOf, builtinMark, "boundsOf");
