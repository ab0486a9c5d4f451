/** A random program while it is written: its choices, its lines, and the values known where it stands. */

import type { T } from "./program-types.ts";

/** A loop that may be left or begun again. */
export interface Place {
  readonly label: string;
  readonly carried: readonly T[];
  readonly results: readonly T[];
  readonly counter: string;
}

export class ProgramWriter {
  readonly lines: string[] = [];
  /** The loops around, the innermost last. */
  readonly loops: Place[] = [];
  /** Of the function. */
  results: readonly T[] = [];
  depth = 0;
  readonly #choices: readonly number[];
  #next = 0;
  #names = 0;
  #scope = new Map<T, string[]>();

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  choose(count: number): number {
    return (this.#choices[this.#next++] ?? 0) % count;
  }

  pick<X>(list: readonly X[]): X {
    return list[this.choose(list.length)]!;
  }

  get hasMore(): boolean {
    return this.#next < this.#choices.length;
  }

  /** The names of the values of a type. */
  get scope(): ReadonlyMap<T, readonly string[]> {
    return this.#scope;
  }

  name(): string {
    return `%v${this.#names++}`;
  }

  label(): string {
    return `L${this.#names++}`;
  }

  emit(line: string): void {
    this.lines.push(`${"  ".repeat(this.depth + 1)}${line}\n`);
  }

  know(name: string, type: T): string {
    const known = this.#scope.get(type) ?? [];
    this.#scope.set(type, [...known, name]);
    return name;
  }

  /** What refers to nothing must not be read. */
  forget(type: T, name: string): void {
    const known = this.#scope.get(type) ?? [];
    this.#scope.set(
      type,
      known.filter((n) => n !== name),
    );
  }

  define(type: T, what: string): string {
    const name = this.name();
    this.emit(`${name} = ${what} : ${type}`);
    return this.know(name, type);
  }

  number(value: number): string {
    return this.define("f64", `number ${value}`);
  }

  region(write: () => void): void {
    const before = new Map(this.#scope);
    this.depth++;
    write();
    this.depth--;
    this.#scope = before;
  }
}
