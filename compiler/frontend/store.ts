/**
 * Owns what variables and script-made objects hold at one point of a program. Stores form a chain:
 * a branch or a round of a loop works on a fork, whose changes are merged or committed afterwards.
 */

import type { AbstractValue, ConflictReason } from "./values.ts";

/** A variable of script, by identity: each round of an unrolled loop has its own. */
export class Variable {
  readonly name: string;
  /** `const`: nothing is ever written after the declaration. */
  readonly fixed: boolean;

  constructor(name: string, fixed: boolean) {
    this.name = name;
    this.fixed = fixed;
  }
}

/** A list or record made by script, by identity. */
export class HeapObject {
  readonly shape: "list" | "record";
  /** Where it was made, so that it can be made on the run-time heap instead. */
  readonly sites: readonly string[];
  /** The class that it is an instance of. */
  type: object | undefined = undefined;

  constructor(shape: "list" | "record", sites: readonly string[]) {
    this.shape = shape;
    this.sites = sites;
  }
}

/** Fields of a record in order of insertion; those of a list are its indices. */
export interface Contents {
  readonly fields: ReadonlyMap<string, AbstractValue>;
  /** The object stands for one of several, so a write to it would have to reach the others too. */
  readonly shared: boolean;
  /** Set when the paths to here disagree on which fields there are; reported where it is used. */
  readonly conflict: ConflictReason | undefined;
}

export type Location = Variable | HeapObject;

export class Store {
  readonly #parent: Store | undefined;
  readonly #variables = new Map<Variable, AbstractValue>();
  readonly #objects = new Map<HeapObject, Contents>();

  constructor(parent?: Store) {
    this.#parent = parent;
  }

  fork(): Store {
    return new Store(this);
  }

  variable(variable: Variable): AbstractValue | undefined {
    for (let store: Store | undefined = this; store !== undefined; store = store.#parent) {
      const value = store.#variables.get(variable);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  object(object: HeapObject): Contents {
    for (let store: Store | undefined = this; store !== undefined; store = store.#parent) {
      const contents = store.#objects.get(object);
      if (contents !== undefined) return contents;
    }
    throw new Error("an object is used outside the path that made it");
  }

  has(location: Location): boolean {
    for (let store: Store | undefined = this; store !== undefined; store = store.#parent) {
      if (location instanceof Variable) {
        if (store.#variables.has(location)) return true;
      } else if (store.#objects.has(location)) return true;
    }
    return false;
  }

  setVariable(variable: Variable, value: AbstractValue): void {
    this.#variables.set(variable, value);
  }

  setObject(object: HeapObject, contents: Contents): void {
    this.#objects.set(object, contents);
  }

  /** The locations of `base` that were written between `base` and this store. */
  changedSince(base: Store): Set<Location> {
    const changed = new Set<Location>();
    for (let store: Store = this; store !== base; ) {
      for (const variable of store.#variables.keys()) if (base.has(variable)) changed.add(variable);
      for (const object of store.#objects.keys()) if (base.has(object)) changed.add(object);
      const parent = store.#parent;
      if (parent === undefined) throw new Error("a store is compared with one it does not extend");
      store = parent;
    }
    return changed;
  }

  /** Takes over everything that was written between this store and `later`, which extends it. */
  commit(later: Store): void {
    const path: Store[] = [];
    for (let store: Store = later; store !== this; ) {
      path.push(store);
      const parent = store.#parent;
      if (parent === undefined) throw new Error("a store is committed to one it does not extend");
      store = parent;
    }
    for (const store of path.reverse()) {
      for (const [variable, value] of store.#variables) this.#variables.set(variable, value);
      for (const [object, contents] of store.#objects) this.#objects.set(object, contents);
    }
  }
}
