/**
 * Owns the values of programs that are evaluated but not run. Numbers, texts, lists, maps and sets are
 * JavaScript's own; objects, functions, classes and tensors are described; `unclear` is whatever is not known.
 */

import type ts from "typescript";
import type { FunctionNode } from "../../compiler/frontend/program.ts";
import type { DType } from "../../compiler/ops/types.ts";
import type { StaticScope } from "./static-scope.ts";

/** A value that is not known. It is never an error, and whatever is computed from it is unclear too. */
export const unclear: unique symbol = Symbol("unclear");

export type Key = string | symbol;

/** Thrown for what the program would throw. */
export class StaticThrow extends Error {}

/** Thrown when a program takes longer than anybody wants to wait for. */
export class OutOfSteps extends Error {}

/** A tensor without elements, or the cell of a parameter or buffer. */
export class StaticTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly isCell: boolean;

  constructor(dtype: DType, shape: readonly number[], isCell = false) {
    this.dtype = dtype;
    this.shape = shape;
    this.isCell = isCell;
  }
}

/** A typed array, of which only the length matters. */
export class StaticArray {
  readonly type: string;
  /** Undefined where it is not known. */
  readonly length: number | undefined;

  constructor(type: string, length: number | undefined) {
    this.type = type;
    this.length = length;
  }
}

/** A method or accessor. */
export interface StaticMember {
  value?: unknown;
  get?: unknown;
  set?: unknown;
}

/** An instance of a class, or a record where there is none. */
export class StaticObject {
  readonly type: StaticClass | undefined;
  readonly fields = new Map<Key, unknown>();
  /** Accessors and methods of an object literal. */
  readonly accessors = new Map<Key, StaticMember>();

  constructor(type: StaticClass | undefined) {
    this.type = type;
  }
}

/** What a module exports, by name. */
export class StaticNamespace {
  readonly names: () => readonly string[];
  readonly read: (name: string) => unknown;

  constructor(names: () => readonly string[], read: (name: string) => unknown) {
    this.names = names;
    this.read = read;
  }
}

export class StaticFunction {
  readonly node: FunctionNode;
  readonly file: string;
  readonly scope: StaticScope;
  readonly name: string;
  /** What `this` is in an arrow function. */
  readonly outerThis: unknown;
  /** The class whose body the function stands in, for `super`. */
  readonly home: StaticClass | undefined;
  readonly isLibrary: boolean;
  /** The name by which the compiler knows it, if that is not by its source. */
  builtin: string | undefined;
  /** The options that it was given to `script` with. */
  script: unknown;

  constructor(made: {
    readonly node: FunctionNode;
    readonly file: string;
    readonly scope: StaticScope;
    readonly name: string;
    readonly outerThis: unknown;
    readonly home: StaticClass | undefined;
    readonly isLibrary: boolean;
  }) {
    this.node = made.node;
    this.file = made.file;
    this.scope = made.scope;
    this.name = made.name;
    this.outerThis = made.outerThis;
    this.home = made.home;
    this.isLibrary = made.isLibrary;
  }
}

export class StaticClass {
  readonly node: ts.ClassLikeDeclaration;
  readonly file: string;
  readonly name: string;
  /** The names around the class, and its own. */
  readonly scope: StaticScope;
  /** Undefined without `extends`; something else than a class where it is not known. */
  readonly parent: unknown;
  readonly isLibrary: boolean;
  readonly members = new Map<Key, StaticMember>();
  readonly statics = new Map<Key, StaticMember>();

  constructor(made: {
    readonly node: ts.ClassLikeDeclaration;
    readonly file: string;
    readonly name: string;
    readonly scope: StaticScope;
    readonly parent: unknown;
    readonly isLibrary: boolean;
  }) {
    this.node = made.node;
    this.file = made.file;
    this.name = made.name;
    this.scope = made.scope;
    this.parent = made.parent;
    this.isLibrary = made.isLibrary;
  }

  /** The class itself and those above it, nearest first; false as the last where that is not known. */
  *line(): Generator<StaticClass | false> {
    for (let at: unknown = this; at !== undefined && at !== null; ) {
      if (!(at instanceof StaticClass)) {
        yield false;
        return;
      }
      yield at;
      at = at.parent;
    }
  }
}

/** A function of the runtime, which is described here and not evaluated. */
export class NativeFunction {
  readonly name: string;
  readonly call: (args: readonly unknown[]) => unknown;
  /** How the compiler knows it. */
  readonly known: { readonly kind: "operator" | "builtin"; readonly name: string } | undefined;
  /** For classes: whether a value is an instance. */
  readonly has: ((value: unknown) => boolean) | undefined;

  constructor(
    name: string,
    call: (args: readonly unknown[]) => unknown,
    known?: NativeFunction["known"],
    has?: (value: unknown) => boolean,
  ) {
    this.name = name;
    this.call = call;
    this.known = known;
    this.has = has;
  }
}

/** What `trace` gives: only a run tells what it does. */
export class TracedFunction extends NativeFunction {
  constructor() {
    super("traced", () => unclear);
  }
}

/** A method of a tensor, list, map or text: called on one, it is found by its name. */
export class BuiltInMethod {
  readonly key: Key;

  constructor(key: Key) {
    this.key = key;
  }
}

/** One value for two that are possible; unclear unless they cannot be told apart. */
export function joined(a: unknown, b: unknown): unknown {
  if (Object.is(a, b)) return a;
  const alike =
    a instanceof StaticTensor &&
    b instanceof StaticTensor &&
    !a.isCell &&
    !b.isCell &&
    a.dtype === b.dtype &&
    a.shape.length === b.shape.length &&
    a.shape.every((n, i) => n === b.shape[i]);
  return alike ? a : unclear;
}

export const isPrimitive = (
  v: unknown,
): v is number | string | boolean | null | undefined | bigint =>
  v === null || (typeof v !== "object" && typeof v !== "function" && typeof v !== "symbol");

/** What JavaScript's `Boolean(v)` is; undefined where it is not known. */
export function truthOf(v: unknown): boolean | undefined {
  return v === unclear ? undefined : Boolean(v);
}
