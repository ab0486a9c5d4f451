/** Owns the names of evaluated programs, and what they are bound to. */

import { unclear } from "./static-values.ts";

/** What a name has before its declaration is reached. */
const unset: unique symbol = Symbol("unset");

export class Binding {
  #value: unknown = unset;
  /** How uncertain the place of its declaration was: see `Uncertainty`. */
  readonly level: number;

  constructor(level: number) {
    this.level = level;
  }

  get isSet(): boolean {
    return this.#value !== unset;
  }

  get value(): unknown {
    return this.#value === unset ? unclear : this.#value;
  }

  set(value: unknown): void {
    this.#value = value;
  }
}

export class StaticScope {
  readonly parent: StaticScope | undefined;
  readonly #bindings = new Map<string, Binding>();
  /** Evaluation stopped before its end: names without a value may have one when the program runs. */
  isUnfinished = false;

  constructor(parent: StaticScope | undefined) {
    this.parent = parent;
  }

  declare(name: string, level: number): Binding {
    const known = this.#bindings.get(name);
    if (known !== undefined) return known;
    const binding = new Binding(level);
    this.#bindings.set(name, binding);
    return binding;
  }

  /** Makes a name stand for a binding of another module. */
  alias(name: string, binding: Binding): void {
    this.#bindings.set(name, binding);
  }

  own(name: string): Binding | undefined {
    return this.#bindings.get(name);
  }

  find(name: string): Binding | undefined {
    for (let at: StaticScope | undefined = this; at !== undefined; at = at.parent) {
      const found = at.#bindings.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Whether a name that has no value yet may have one when the program runs. */
  get mayBeSetLater(): boolean {
    return this.isUnfinished || (this.parent?.mayBeSetLater ?? false);
  }
}
