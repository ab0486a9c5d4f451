/**
 * Owns what the frontend asks about the loaded program: what functions capture, described without
 * naming the classes of the runtime, so that the compiler does not import it.
 */

import type { TensorData } from "../graph/ir.ts";
import type { Trace } from "../ops/trace.ts";
import type { TensorType } from "../ops/types.ts";

/** A value that was read. It is boxed because `undefined` is a value too. */
export interface Read {
  readonly value: unknown;
}

/** Where a function or class was written, and what its free names are now. */
export interface FunctionSource {
  /** Absolute path of the TypeScript file. */
  readonly file: string;
  /** Offset of the first token of the function or class, modifiers included. */
  readonly position: number;
  /** The value of a free name (of a global, if the file does not declare it); of `this` in arrows. */
  read(name: string): Read | undefined;
  /** The private field `#name` of an object of the class that the function belongs to. */
  readPrivate(object: object, name: string): Read | undefined;
}

/** A tensor that never changes, or the cell of a parameter or buffer with what it holds now. */
export interface CapturedTensor {
  readonly kind: "tensor" | "cell";
  /** It is a parameter: a cell that training changes. */
  readonly parameter?: boolean;
  readonly identity: object;
  readonly type: TensorType;
  /** Row-major. Called at most once for each tensor that compiled code uses. */
  data(): TensorData;
  /** A name such as `net.fc1.weight` if the environment knows one; else the frontend makes one. */
  readonly name: string | undefined;
}

/** A map or set, with the keys and values, or the keys alone, that it has. */
export interface CapturedMap {
  readonly kind: "map";
  readonly identity: object;
  readonly isSet: boolean;
  entries(): Iterable<readonly unknown[]>;
}

export type Captured =
  | {
      readonly kind: "primitive";
      readonly value: number | string | boolean | null | undefined;
    }
  | CapturedTensor
  | { readonly kind: "list"; readonly identity: readonly unknown[] }
  | CapturedMap
  /** An object with fields: a module, an instance, a record, a namespace, an enum. */
  | { readonly kind: "object"; readonly identity: object; readonly className: string }
  /**
   * A function written by the user or in the standard library; `source` is absent for others. One that was
   * made by `trace` is compiled from its trace, and has the source of the function that was traced.
   */
  | {
      readonly kind: "function";
      readonly identity: object;
      readonly name: string;
      readonly source: FunctionSource | undefined;
      readonly trace?: Trace;
    }
  | { readonly kind: "class"; readonly identity: object; readonly name: string }
  /** The function form of an operator record. */
  | { readonly kind: "operator"; readonly op: string }
  /** Something that the frontend knows by name: `Math.sqrt`, `math.exp`, `assert`, `script`, `tensor`. */
  | { readonly kind: "builtin"; readonly name: string }
  /** An environment that runs nothing does not know the value: what follows from it is not reported. */
  | { readonly kind: "unknown" }
  /** Anything else; `what` names it in the user's words: "a Date". */
  | { readonly kind: "other"; readonly what: string };

/**
 * A property of an object, own or inherited. Methods and accessors of classes have no source of their
 * own: `owner` is that of the class that they were found on.
 */
export type Member =
  | { readonly kind: "value"; readonly value: unknown; readonly owner: FunctionSource | undefined }
  | {
      readonly kind: "accessor";
      readonly get: unknown;
      readonly set: unknown;
      readonly owner: FunctionSource | undefined;
    };

export interface Environment {
  describe(value: unknown): Captured;
  /** The property `key` of a captured object or class; undefined if there is none. */
  member(object: object, key: string): Member | undefined;
  /** The same, starting above the class whose source is at (`file`, `position`): what `super.key` is. */
  inherited(object: object, file: string, position: number, key: string): Member | undefined;
  /** Names of the own enumerable fields, in order. */
  keys(object: object): readonly string[];
  isInstance(object: object, type: object): boolean;
  /** The source of a class of the program or the library; undefined for other classes. */
  classSource(type: object): FunctionSource | undefined;
  /** The class that an object is an instance of. */
  classOf(object: object): object | undefined;
  /** The class that a class extends. */
  baseOf(type: object): object | undefined;
  /** What instances of a class have by this name from the class itself and those that it extends. */
  instanceMember(type: object, key: string): Member | undefined;
  /** The parameters of a module, each once, in order; undefined where nothing is run to find out. */
  parameters(module: object): readonly unknown[] | undefined;
  /** The standard-library function behind a tensor method that is not an operator: takes the tensor first. */
  method(name: string): unknown;
  /** The standard library's own form of a built-in method of lists, which takes the list first. */
  listMethod(name: string): unknown;
  /** Every tensor method that the standard library has, for suggestions. */
  readonly methodNames: readonly string[];
}

/** An exported function that is marked with `script`. */
export interface EntryPoint {
  readonly name: string;
  readonly value: unknown;
  /** `dims` of the script options: a fixed size, or bounds, by name. */
  readonly dims: Readonly<Record<string, number | readonly [min: number, max: number]>>;
}
