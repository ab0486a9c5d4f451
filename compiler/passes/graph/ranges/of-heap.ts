/** The ranges of what lists, maps and texts tell of themselves. */

import { anything, integers, type Range } from "./range.ts";

/** Blocks of lists are made for at most 2³⁰ bytes and an eighth more; entries take 8 bytes or more. */
export const mostElements = 2 ** 28;
/** Texts have at most 2³⁰ bytes. */
const mostUnits = 2 ** 29;

/** The length of a list, or the entries of a map. */
export const rangeOfCount: Range = integers(0, mostElements);

/** A code unit that is there. */
export const rangeOfUnit: Range = integers(0, 0xffff);

/** What an operation on texts gives. */
export function rangeOfText(fn: string): Range {
  switch (fn) {
    case "length":
      return integers(0, mostUnits);
    case "indexOf":
    case "lastIndexOf":
    case "codePointAt":
      return integers(-1, mostUnits);
    case "compare":
      return integers(-1, 1);
    case "charCodeAt":
      return { ...rangeOfUnit, nan: true };
    default:
      return anything;
  }
}
