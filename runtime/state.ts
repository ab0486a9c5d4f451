/** What a host does with the values that an instance keeps. Part of the loader. */

import type { Result, State } from "./load.ts";
import { refuse } from "./load-error.ts";
import { type Elements, type Typed, take } from "./take.ts";

/** A value of the state, and where it lies. */
export type StateCell = Typed & { readonly name: string; readonly address: number };

export function stateOf(
  cells: readonly StateCell[],
  read: (cell: StateCell, address: number, shape: readonly number[]) => Result,
  write: (cell: StateCell, address: number, data: Elements | readonly number[]) => void,
): State {
  const names = cells.map((cell) => cell.name);
  const cellOf = (name: string) =>
    cells.find((cell) => cell.name === name) ?? refuse("GLIM3004", `there is no state ${name}`);
  const get = (name: string): Result => {
    const cell = cellOf(name);
    return read(cell, cell.address, (cell.shape ?? []).map(Number));
  };
  const set = (name: string, x: unknown): void => {
    const cell = cellOf(name);
    const data = take(cell, cell.shape, x);
    write(cell, cell.address, cell.shape ? data : [data]);
  };
  const save = () => Object.fromEntries(names.map((name) => [name, get(name)]));
  const load = (saved: object): void => Object.entries(saved).forEach((entry) => set(...entry));
  const first = save();
  return { names, get, set, save, load, reset: () => load(first) };
}
