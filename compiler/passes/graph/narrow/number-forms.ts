/**
 * The two forms that numbers have while integers are made of them: the number that others read, and the i32
 * that it is where control is. What one form needs of the other is made where it is asked for first.
 */

import { f64Type, i32Type, makeNode, type Node, type Value, value } from "../../../graph/ir.ts";
import type { Ranges } from "../ranges/analyze-ranges.ts";
import { isInt } from "../ranges/range.ts";

/** The forms that values have where control is; one for each region around. */
interface Scope {
  readonly ints: Map<Value, Value>;
  readonly floats: Map<Value, Value>;
}

export class NumberForms {
  readonly #ranges: Ranges;
  readonly #makers: ReadonlyMap<Value, Node>;
  readonly #scopes: Scope[] = [];
  /** What stands for values that are no numbers, and numbers that are other ones. */
  readonly #became = new Map<Value, Value>();
  /** Numbers that exist as integers alone. */
  readonly #isIntOnly = new Set<Value>();
  #nodes: Node[] = [];

  constructor(ranges: Ranges, makers: ReadonlyMap<Value, Node>) {
    this.#ranges = ranges;
    this.#makers = makers;
  }

  /** The nodes that `write` emits, in a scope of their own. */
  inScope(write: () => void): readonly Node[] {
    const outer = this.#nodes;
    const nodes: Node[] = [];
    this.#nodes = nodes;
    this.#scopes.push({ ints: new Map(), floats: new Map() });
    write();
    this.#scopes.pop();
    this.#nodes = outer;
    return nodes;
  }

  #find(form: keyof Scope, v: Value): Value | undefined {
    for (let at = this.#scopes.length - 1; at >= 0; at--) {
      const found = this.#scopes[at]![form].get(v);
      if (found) return found;
    }
    return undefined;
  }

  /** What stands for the value by now. */
  current(v: Value): Value {
    let now = v;
    for (let next = this.#became.get(now); next; next = this.#became.get(now)) now = next;
    return now;
  }

  emit(node: Node): void {
    this.#nodes.push(node);
  }

  /** A node that computes what `of` is, or a part of it. */
  scalar(fn: string, operands: readonly Value[], of: Value, type = i32Type): Value {
    const result = value(type, of.hint);
    this.emit(makeNode("scalar", operands, { fn }, [result], this.#makers.get(of)?.span));
    return result;
  }

  /** The value as a number, or whatever it is. */
  plain(given: Value): Value {
    const v = this.current(given);
    if (v.type.kind !== "f64") return v;
    if (!this.#isIntOnly.has(v)) return v;
    return this.#find("floats", v) ?? this.#makeFloat(v, this.#find("ints", v)!);
  }

  /** The integer that the value is where control is, if that is known. */
  int(given: Value): Value | undefined {
    return this.#find("ints", this.current(given));
  }

  #makeFloat(v: Value, int: Value): Value {
    const made = this.scalar("toFloat", [int], v, f64Type);
    this.#scopes.at(-1)!.floats.set(v, made);
    return made;
  }

  /** The integer that the value is proved to be. */
  makeInt(v: Value): Value {
    const made = this.scalar("toInt", [this.plain(v)], v);
    this.#scopes.at(-1)!.ints.set(v, made);
    return made;
  }

  /** As the parameter or result `to` has it. */
  as(to: Value, given: Value): Value {
    if (!this.isNarrow(to)) return this.plain(given);
    return this.int(given) ?? this.makeInt(this.current(given));
  }

  /** Whether the value is proved to be an i32. */
  isNarrow = (v: Value): boolean => v.type.kind === "f64" && isInt(this.#ranges.of(v));

  /** A value that control gives its number. */
  define(v: Value): Value {
    if (!this.isNarrow(v)) return v;
    const int = value(i32Type, v.hint);
    this.setInt(v, int);
    return int;
  }

  /** From here on the value is this integer. */
  setInt(v: Value, int: Value): void {
    this.#isIntOnly.add(v);
    this.#scopes.at(-1)!.ints.set(v, int);
  }

  /** The other form where it can be had once, not in each round of a loop; what nothing reads goes later. */
  offerFloats(values: readonly Value[]): void {
    for (const v of values) {
      const int = this.#scopes.at(-1)!.ints.get(v);
      if (int) this.#makeFloat(v, int);
    }
  }

  /** A number that turns out to be an integer. */
  learn(given: Value): void {
    const v = this.current(given);
    if (v.type.kind === "f64" && !this.#find("ints", v)) this.makeInt(v);
  }

  /** One value is another one. */
  replace(v: Value, by: Value): void {
    this.#became.set(v, this.current(by));
  }

  /** A second form beside the number, which stays. */
  addInt(v: Value, int: Value): void {
    this.#scopes.at(-1)!.ints.set(v, int);
  }
}
