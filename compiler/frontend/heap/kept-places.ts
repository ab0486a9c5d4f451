/**
 * Owns which captured places lie on the heap for as long as the instance lives: objects that the program
 * changes, fields that hold what no plain cell of state can, and what these refer to. The knowledge
 * grows from walk to walk.
 */

import type ts from "typescript";
import type { Diagnostic, Message } from "../../diagnostics/diagnostic.ts";
import type { Context, Frame } from "../context.ts";
import type { AbstractValue } from "../values.ts";
import type { HeapShapes } from "./shapes.ts";

/** A captured object, or a field of one, as it is when the module starts. */
export interface KeptPlace {
  /** The object, or the one that has the field. */
  readonly owner: object;
  /** How the program reaches it; the name of its field in the record of all that is kept. */
  readonly name: string;
  /** Its value at the start, made in the context of the function that makes all that is kept. */
  readonly initial: (start: Context) => AbstractValue;
  /** Where this was found. */
  readonly node: ts.Node;
  readonly frame: Frame;
}

export type NewPlace = Omit<KeptPlace, "name" | "owner"> & { readonly path: string };

/** The key of a place that is an object itself. */
const itself = "";

export class KeptPlaces {
  readonly #heap: HeapShapes;
  readonly #byOwner = new Map<object, Map<string, KeptPlace>>();
  readonly #fields = new Set<string>();
  readonly #byName = new Map<string, KeptPlace>();
  /** Captured objects that some function of this walk copied as constants. */
  readonly copied = new Map<object, NewPlace>();
  /** Captured objects that no record can hold, each with the reason. */
  readonly #refused = new Map<object, Message>();
  /** Objects that the program writes, which are nowhere known when compiling. */
  readonly #written = new Set<object>();

  constructor(heap: HeapShapes) {
    this.#heap = heap;
  }

  get isEmpty(): boolean {
    return this.#byName.size === 0;
  }

  named(name: string): KeptPlace | undefined {
    return this.#byName.get(name);
  }

  /** Whether a place is a field by itself, which is kept because it is written. */
  isField({ name }: KeptPlace): boolean {
    return this.#fields.has(name);
  }

  object(identity: object): KeptPlace | undefined {
    return this.#byOwner.get(identity)?.get(itself);
  }

  /** Why an object cannot be kept; undefined if nothing is known against it. */
  refusal(identity: object): Message | undefined {
    return this.#refused.get(identity);
  }

  /**
   * An object cannot be kept after all, as making it showed: from the next walk on, only who uses it as an object of
   * the heap is told so. False for a field, which is kept because it is written.
   */
  refuse({ owner, name }: KeptPlace, { code, message, why, fix }: Diagnostic): boolean {
    if (this.#fields.has(name)) return false;
    this.#refused.set(owner, { code, message, why, fix });
    this.#written.delete(owner);
    this.#byName.delete(name);
    this.#byOwner.get(owner)?.delete(itself);
    this.#heap.demand(`refused ${name}`);
    return true;
  }

  /** The object, where it can be read from the heap only. */
  writtenObject(identity: object): KeptPlace | undefined {
    return this.#written.has(identity) ? this.object(identity) : undefined;
  }

  field(owner: object, key: string): KeptPlace | undefined {
    return this.#byOwner.get(owner)?.get(`.${key}`);
  }

  /** Whether a field of the object is kept by itself. */
  hasFields(owner: object): boolean {
    return [...(this.#byOwner.get(owner)?.keys() ?? [])].some((key) => key !== itself);
  }

  addObject(identity: object, place: NewPlace): KeptPlace {
    return this.#add(identity, itself, place);
  }

  addField(owner: object, key: string, place: NewPlace): KeptPlace {
    return this.#add(owner, `.${key}`, place);
  }

  noteWritten(identity: object): void {
    this.#written.add(identity);
    this.#heap.demand(`written ${this.#heap.numberOf(identity)}`);
  }

  #add(owner: object, key: string, { path, ...place }: NewPlace): KeptPlace {
    const places = this.#byOwner.get(owner) ?? new Map<string, KeptPlace>();
    const known = places.get(key);
    if (known !== undefined) return known;
    let name = path;
    for (let n = 2; this.#byName.has(name); n++) name = `${path}_${n}`;
    const made = { ...place, owner, name };
    if (key !== itself) this.#fields.add(name);
    this.#byName.set(name, made);
    this.#byOwner.set(owner, places.set(key, made));
    this.#heap.demand(`kept ${name}`);
    return made;
  }
}
