/** Owns what is known of values where control is, beyond what holds wherever they are, and takes it back. */

import type { Value } from "../../../graph/ir.ts";
import { join, type Range } from "./range.ts";

export interface Known {
  readonly range: Range | undefined;
  /** The texts that a number is less than the lengths of. */
  readonly within: ReadonlySet<Value>;
}

const nothingKnown: Known = { range: undefined, within: new Set() };

export class Refinements {
  readonly #known = new Map<Value, Known>();
  /** What was known before each step, in order. */
  readonly #steps: { readonly value: Value; readonly before: Known | undefined }[] = [];

  of(v: Value): Known {
    return this.#known.get(v) ?? nothingKnown;
  }

  set(v: Value, known: Partial<Known>): void {
    const before = this.#known.get(v);
    this.#steps.push({ value: v, before });
    this.#known.set(v, { ...(before ?? nothingKnown), ...known });
  }

  /** Everything that is known now. */
  all(): ReadonlyMap<Value, Known> {
    return new Map(this.#known);
  }

  /** What `run` gives, and what it learnt, which is forgotten again. */
  during<T>(run: () => T): { readonly result: T; readonly learnt: ReadonlyMap<Value, Known> } {
    const start = this.#steps.length;
    const result = run();
    const learnt = new Map<Value, Known>();
    for (const { value } of this.#steps.slice(start)) learnt.set(value, this.of(value));
    while (this.#steps.length > start) {
      const { value, before } = this.#steps.pop()!;
      if (before === undefined) this.#known.delete(value);
      else this.#known.set(value, before);
    }
    return { result, learnt };
  }

  /** What is known on both of two ways that learnt this and that. */
  inBoth(a: ReadonlyMap<Value, Known>, b: ReadonlyMap<Value, Known>): ReadonlyMap<Value, Known> {
    const both = new Map<Value, Known>();
    for (const v of new Set([...a.keys(), ...b.keys()])) {
      const [one, other] = [a.get(v) ?? this.of(v), b.get(v) ?? this.of(v)];
      const range = one.range && other.range && join(one.range, other.range);
      const within = new Set([...one.within].filter((text) => other.within.has(text)));
      both.set(v, { range, within });
    }
    return both;
  }
}
