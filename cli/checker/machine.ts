/**
 * Owns what the parts of the evaluator share: where evaluation stands, and how certain it is that the
 * program gets there.
 */

import type ts from "typescript";
import type { Binding, StaticScope } from "./static-scope.ts";
import { type Key, OutOfSteps, type StaticClass, unclear } from "./static-values.ts";

/** A function call, or the top level of a module. */
export interface Frame {
  /** Results of returns that may have been reached. */
  readonly maybe: unknown[];
  readonly loops: LoopState[];
}

export interface LoopState {
  readonly labels: readonly string[];
  /** A `break` without a label leads here, but not a `continue`. */
  readonly isSwitch: boolean;
  /** Whether the loop may have been left already. */
  uncertain: boolean;
}

export interface Place {
  readonly scope: StaticScope;
  readonly frame: Frame;
  readonly thisValue: unknown;
  readonly home: StaticClass | undefined;
  readonly file: ts.SourceFile;
  readonly isLibrary: boolean;
}

export const inScope = (at: Place, scope: StaticScope): Place => ({ ...at, scope });

/** How a statement ends, if not at its end. */
export type Exit =
  | { readonly kind: "return"; readonly value: unknown }
  | { readonly kind: "break" | "continue"; readonly label: string | undefined };

export interface Machine {
  readonly certainty: Certainty;
  evaluate(node: ts.Expression, at: Place): unknown;
  run(statements: readonly ts.Statement[], at: Place): Exit | undefined;
  makeClass(node: ts.ClassLikeDeclaration, at: Place): unknown;
  call(callee: unknown, thisValue: unknown, args: readonly unknown[]): unknown;
  construct(callee: unknown, args: readonly unknown[]): unknown;
  member(object: unknown, key: Key): unknown;
  setMember(object: unknown, key: Key, value: unknown): void;
  /** What `super(…)` does: the fields of the instance are made. */
  constructSuper(at: Place, args: readonly unknown[]): void;
  /** The library's function behind a method of tensors. */
  tensorMethod(name: string): unknown;
}

/**
 * Owns how certain it is that the program gets to where evaluation stands. Behind a condition that is not
 * known the level is higher; what was made at a lower level is then not changed but becomes unclear.
 */
export class Certainty {
  level = 0;
  #steps: number;
  readonly #levels = new WeakMap<object, number>();
  readonly #blurred = new WeakSet<object>();

  constructor(steps: number) {
    this.#steps = steps;
  }

  step(): void {
    if (--this.#steps < 0) throw new OutOfSteps();
  }

  /** Notes that an object is made here. */
  made<T extends object>(object: T): T {
    if (this.level > 0) this.#levels.set(object, this.level);
    return object;
  }

  /** Whether what is done to an object here is certain to happen. */
  changes(object: object): boolean {
    return this.level <= (this.#levels.get(object) ?? 0);
  }

  assign(binding: Binding, value: unknown): void {
    binding.set(this.level <= binding.level ? value : sameOr(binding, value));
  }

  /** Nothing that a list, map or object holds is known any longer. */
  blur(object: object): void {
    this.#blurred.add(object);
  }

  isBlurred(object: object): boolean {
    return this.#blurred.has(object);
  }
}

const sameOr = (binding: Binding, value: unknown): unknown =>
  binding.isSet && Object.is(binding.value, value) ? value : unclear;
