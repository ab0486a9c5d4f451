/** Reads tables of a package that is not trusted yet: whatever is outside refuses the package. */

import { section, sectionBytes } from "./program";
import { badTable, cutOff, refuse } from "./stop";
import { at, goTo, next } from "./words";

let limit: usize = 0;

export function readFrom(start: usize, end: usize): void {
  goTo(start);
  limit = end;
}

/** Begins with a section of the program. */
export function readSection(id: i32): void {
  const start = section(id);
  readFrom(start, start + sectionBytes(id));
}

export function read(): i32 {
  if (at + 4 > limit || at + 4 < at) refuse(cutOff);
  return next();
}

/** A number below `count`. */
export function readBelow(count: i32): i32 {
  const i = read();
  if (<u32>i >= <u32>count) refuse(badTable);
  return i;
}

/** How many things of at least one word follow. */
export function readCount(): i32 {
  const count = read();
  if (<u32>count > <u32>((limit - at) >> 2)) refuse(cutOff);
  return count;
}

export function mustHold(holds: bool): void {
  if (!holds) refuse(badTable);
}

export function isAtEnd(): bool {
  return at === limit;
}
