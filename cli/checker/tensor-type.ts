/** Says which of TypeScript's types are tensors. */

import type ts from "typescript";

/** What no other type has together. */
const marks = ["dtype", "rank", "sizes$", "toTypedArray"] as const;

/** A tensor, parameter or buffer; not what may also be something else, such as undefined. */
export function isTensorType(type: ts.Type): boolean {
  if (type.isUnion()) return type.types.every(isTensorType);
  // Asked of most types there are, so the cheapest question comes first.
  return marks.every((name) => type.getProperty(name) !== undefined);
}
