/** Owns the constants and the state of a module, and the names of both. */

import type { Constant, SizeBounds, StateCell } from "../graph/ir.ts";
import type { CapturedTensor } from "./environment.ts";

/**
 * What the program writes. A location is state as soon as one write to it is found anywhere, so the
 * walk starts again when the table has grown; the table itself stays.
 */
export class StateTable {
  readonly #cells = new Map<object, Map<string, StateCell>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  find(owner: object, key: string): StateCell | undefined {
    return this.#cells.get(owner)?.get(key);
  }

  add(owner: object, key: string, cell: StateCell): void {
    const fields = this.#cells.get(owner) ?? new Map<string, StateCell>();
    this.#cells.set(owner, fields.set(key, cell));
    this.#size++;
  }
}

/** Gives each captured thing one name, and no two the same. */
export class Names {
  readonly #byOwner = new Map<object, Map<string, string>>();
  readonly #taken = new Set<string>();

  of(owner: object, key: string, wanted: string): string {
    const names = this.#byOwner.get(owner) ?? new Map<string, string>();
    this.#byOwner.set(owner, names);
    const known = names.get(key);
    if (known !== undefined) return known;
    let name = wanted;
    for (let n = 2; this.#taken.has(name); n++) name = `${wanted}_${n}`;
    this.#taken.add(name);
    names.set(key, name);
    return name;
  }
}

export class ModuleTables {
  readonly constants = new Map<string, Constant>();
  readonly state = new Map<string, StateCell>();
  readonly sizes = new Map<string, SizeBounds>();
  readonly names: Names;
  readonly written: StateTable;

  constructor(names: Names, written: StateTable) {
    this.names = names;
    this.written = written;
  }

  constantOf(tensor: CapturedTensor, path: string): Constant {
    const name = this.names.of(tensor.identity, "", tensor.name ?? path);
    const known = this.constants.get(name);
    if (known !== undefined) return known;
    const made = { name, type: tensor.type, layout: undefined, data: tensor.data() };
    this.constants.set(name, made);
    return made;
  }

  /** The state at a location, if the program is known to write it. */
  stateOf(owner: object, key: string): StateCell | undefined {
    const cell = this.written.find(owner, key);
    if (cell !== undefined) this.state.set(cell.name, cell);
    return cell;
  }
}
