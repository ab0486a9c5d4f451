/** What the list methods are made of; the compiler knows each by its name. */

import { builtinMark, mark } from "../../runtime/eager/marks.ts";

/** The element at a place that exists. */
export function elementOf<T>(list: readonly T[], place: number): T {
  const [element] = list.slice(place, place + 1) as [T];
  return element;
}

/** A new list of the elements from one place up to another; both exist. */
export function sliceOf<T>(list: readonly T[], from: number, to: number): T[] {
  return list.slice(from, to);
}

/** Takes `count` elements out of a list. */
export function removeFrom<T>(list: T[], place: number, count: number): void {
  list.splice(place, count);
}

/** Makes room for `count` elements, which are to be written at once. */
export function insertInto<T>(list: T[], place: number, count: number): void {
  list.splice(place, 0, ...new Array<T>(count));
}

/** Texts one after the other, with a separator between them. */
export function joinTexts(texts: readonly string[], separator: string): string {
  return texts.join(separator);
}

mark(elementOf, builtinMark, "elementOf");
mark(sliceOf, builtinMark, "sliceOf");
mark(removeFrom, builtinMark, "removeFrom");
mark(insertInto, builtinMark, "insertInto");
mark(joinTexts, builtinMark, "joinTexts");
