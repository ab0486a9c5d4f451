/** What a host does with the values that an instance keeps. Part of the loader. */

import type { EntrySignature } from "./bind.ts";
import type { Entry, Exports, Result, State } from "./load.ts";
import { refuse } from "./load-error.ts";
import { hasValues } from "./own-module.ts";
import { type Elements, type Typed, take } from "./take.ts";

/** A value of the state, and where it lies: on the heap, behind entries of its own. */
export type StateCell = Typed & {
  readonly name: string;
  readonly address?: number;
  readonly get?: EntrySignature;
  readonly set?: EntrySignature;
};

export function stateOf(
  wasm: Exports,
  cells: readonly StateCell[],
  read: (cell: StateCell, address: number, shape: readonly number[]) => Result,
  write: (cell: StateCell, address: number, data: Elements | readonly number[]) => void,
  bind: (entry: EntrySignature) => Entry,
): State {
  const names = cells.map((cell) => cell.name);
  const cellOf = (name: string) =>
    cells.find((cell) => cell.name === name) ?? refuse("GLIM3004", `there is no state ${name}`);
  const get = (name: string): Result => {
    const cell = cellOf(name);
    return hasValues && cell.get
      ? bind(cell.get)()
      : read(cell, cell.address!, (cell.shape ?? []).map(Number));
  };
  const set = (name: string, x: unknown): void => {
    const cell = cellOf(name);
    if (hasValues && cell.get) {
      bind(cell.set ?? refuse("GLIM3004", `${name} has private parts: it cannot be set`))(x);
      return;
    }
    const data = take(cell, cell.shape, x);
    write(cell, cell.address!, cell.shape ? data : [data]);
  };
  const save = (some = cells) => Object.fromEntries(some.map(({ name }) => [name, get(name)]));
  const load = (saved: object): void => Object.entries(saved).forEach((entry) => set(...entry));
  const first = hasValues ? save(cells.filter((cell) => !cell.get)) : save();
  const reset = () => {
    load(first);
    if (hasValues) wasm.glim_reset?.();
  };
  return { names, get, set, save, load, reset };
}
