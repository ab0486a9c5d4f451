/** Owns the constants and the state of a module, and the names of both. */

import type { Constant, SizeBounds, StateCell, TensorData, Type } from "../graph/ir.ts";
import { printTensorType, type TensorType } from "../ops/types.ts";
import type { CapturedTensor } from "./environment.ts";

/** A place that the program writes, and what it holds when the module starts. */
export interface WrittenLocation {
  readonly owner: object;
  readonly key: string;
  /** How the program reaches it. */
  readonly path: string;
  readonly type: Type;
  readonly initial: StateCell["initial"];
}

/**
 * What the program writes. A location is state as soon as one write to it is found anywhere, so the
 * walk starts again when the list has grown; the list itself stays.
 */
export class WrittenLocations {
  readonly #all: WrittenLocation[] = [];

  get all(): readonly WrittenLocation[] {
    return this.#all;
  }

  add(location: WrittenLocation): void {
    this.#all.push(location);
  }
}

/** Gives each captured thing one name, and no two the same. */
class Names {
  readonly #byOwner = new Map<object, Map<string, string>>();
  readonly #taken = new Set<string>();

  isTaken(name: string): boolean {
    return this.#taken.has(name);
  }

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
  /** The state that parameters have become. */
  readonly parameters = new Set<string>();
  /** Where each value of the state lives in the loaded program. */
  readonly homes = new Map<string, WrittenLocation>();
  readonly #names = new Names();
  /** Names of constants by the other paths that lead to them. */
  readonly #aliases = new Map<string, string>();
  readonly #cells = new Map<object, Map<string, StateCell>>();
  readonly #literals = new Map<string, CapturedTensor>();
  readonly #written: WrittenLocations;

  /** What earlier walks have found to be written is state from the start. */
  constructor(written: WrittenLocations) {
    this.#written = written;
    for (const location of written.all) this.#addCell(location);
  }

  constantOf(tensor: CapturedTensor, path: string): Constant {
    const name = this.#names.of(tensor.identity, "", tensor.name ?? path);
    const known = this.constants.get(name);
    if (path !== name && !this.#aliases.has(path)) this.#aliases.set(path, name);
    if (known !== undefined) return known;
    const made = { name, type: tensor.type, layout: undefined, data: tensor.data() };
    this.constants.set(name, made);
    return made;
  }

  /** The other names by which the program reaches a constant; what is a name of its own is none. */
  aliasesOf(constant: string): readonly string[] {
    return [...this.#aliases]
      .filter(([path, name]) => name === constant && !this.#names.isTaken(path))
      .map(([path]) => path);
  }

  /** The tensor of a literal; equal literals are one. */
  literal(type: TensorType, data: TensorData): CapturedTensor {
    const key = `${printTensorType(type)} ${Array.from(data, (x) => (Object.is(x, -0) ? "-0" : x))}`;
    const known = this.#literals.get(key);
    if (known !== undefined) return known;
    const made: CapturedTensor = {
      kind: "tensor",
      identity: data,
      type,
      data: () => data,
      name: undefined,
    };
    this.#literals.set(key, made);
    return made;
  }

  /** The state at a location, if the program is known to write it. */
  stateOf(owner: object, key: string): StateCell | undefined {
    return this.#cells.get(owner)?.get(key);
  }

  /** Whether any part of an object is state. */
  isWritten(owner: object): boolean {
    return this.#cells.has(owner);
  }

  /** Makes a location state, from the next walk on for what has been read in this one. */
  addState(location: WrittenLocation): StateCell {
    this.#written.add(location);
    return this.#addCell(location);
  }

  #addCell(location: WrittenLocation): StateCell {
    const { owner, key, path, type, initial } = location;
    const cell = { name: this.#names.of(owner, key, path), type, initial };
    const fields = this.#cells.get(owner) ?? new Map<string, StateCell>();
    this.#cells.set(owner, fields.set(key, cell));
    this.state.set(cell.name, cell);
    this.homes.set(cell.name, location);
    return cell;
  }
}
