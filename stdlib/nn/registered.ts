/** Owns which members of a module are registered, and under which names. */

import { type BufferCell, Cell, type ParameterCell } from "../../runtime/eager/cell.ts";

/** A parameter or buffer, as the runtime holds it. */
export type AnyCell = ParameterCell | BufferCell;

/** The method that gives a module's registered members by name. */
export const registered = Symbol("registered");

type Members = Iterable<readonly [string, unknown]>;
export interface HasMembers {
  [registered](): Members;
}

/** The cells below a module with the path to each. One that is in several places is listed for each. */
export const cellsOf = (module: HasMembers): readonly (readonly [string, AnyCell])[] =>
  partsOf(module, isCell);

/** What of a kind is below a module or is the module itself, with the path to each. */
export function partsOf<T>(
  module: HasMembers,
  isPart: (v: unknown) => v is T,
): readonly (readonly [string, T])[] {
  const found: (readonly [string, T])[] = [];
  collect(module, "", [], isPart, found);
  return found;
}

/** A module that contains itself is not entered again. */
function collect<T>(
  value: unknown,
  path: string,
  inside: readonly object[],
  isPart: (v: unknown) => v is T,
  into: (readonly [string, T])[],
): void {
  if (isPart(value)) into.push([path, value]);
  if (typeof value !== "object" || value === null || inside.includes(value)) return;
  for (const [name, member] of membersOf(value)) {
    const below = path === "" ? name : `${path}.${name}`;
    collect(member, below, [...inside, value], isPart, into);
  }
}

const isCell = (v: unknown): v is AnyCell => v instanceof Cell;

/** Lists and plain records are looked into; other objects are the program's own business. */
function membersOf(value: object): Members {
  if (registered in value) return (value as HasMembers)[registered]();
  const isPlain = Object.getPrototypeOf(value) === Object.prototype;
  return Array.isArray(value) || isPlain ? Object.entries(value) : [];
}
