/**
 * Describes the loaded program to the frontend: what its functions capture, in terms of the runtime's
 * classes and marks, which the compiler does not know.
 */

import type {
  Captured,
  EntryPoint,
  Environment,
  FunctionSource,
  Member,
} from "../compiler/frontend/environment.ts";
import type { Trace } from "../compiler/ops/trace.ts";
import { tensorType } from "../compiler/ops/types.ts";
import { sharedElements } from "../runtime/eager/elements.ts";
import {
  builtinMark,
  cellMark,
  methodMark,
  operatorMark,
  scriptMark,
  traceMark,
} from "../runtime/eager/marks.ts";
import { type EagerTensor, isTensor, EagerTensor as TensorClass } from "../runtime/eager/tensor.ts";
import { tagOf } from "../runtime/tags.ts";
import * as listMethods from "../stdlib/builtins/lists.ts";
// Importing the library gives tensors the methods that `method` looks up.
import { nn } from "../stdlib/index.ts";

/** The exported functions that are marked with `script`, by their export. */
export function entryPoints(exports: Readonly<Record<string, unknown>>): readonly EntryPoint[] {
  const entries: EntryPoint[] = [];
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value !== "function") continue;
    const options = markOf(value, scriptMark);
    if (isObject(options)) entries.push({ name, value, dims: dimsOf(options) });
  }
  return entries;
}

type Dims = Record<string, number | readonly [number, number]>;

/** `script` has checked the options; whatever else stands there is reported as bad bounds. */
function dimsOf(options: object): EntryPoint["dims"] {
  const dims: Dims = {};
  if (!("dims" in options) || !isObject(options.dims)) return dims;
  for (const [name, size] of Object.entries(options.dims)) {
    const [min, max]: readonly unknown[] = Array.isArray(size) ? size : [size, size];
    dims[name] = Array.isArray(size) ? [Number(min), Number(max)] : Number(min);
  }
  return dims;
}

export function loadedEnvironment(): Environment {
  return new LoadedEnvironment();
}

class LoadedEnvironment implements Environment {
  readonly methodNames: readonly string[] = Object.getOwnPropertyNames(
    TensorClass.prototype,
  ).filter((name) => this.method(name) !== undefined);

  describe(value: unknown): Captured {
    switch (typeof value) {
      case "symbol":
        return { kind: "other", what: "a symbol" };
      case "bigint":
        return { kind: "other", what: "a BigInt" };
      case "function":
        return describeFunction(value);
      case "object":
        return value === null ? { kind: "primitive", value } : describeObject(value);
      case "number":
      case "string":
      case "boolean":
      case "undefined":
        return { kind: "primitive", value };
    }
  }

  member(object: object, key: string): Member | undefined {
    for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at)) {
      const found = Object.getOwnPropertyDescriptor(at, key);
      if (found === undefined) continue;
      const owner = ownerOf(at);
      const { get, set, value } = found;
      const isAccessor = get !== undefined || set !== undefined;
      return isAccessor ? { kind: "accessor", get, set, owner } : { kind: "value", value, owner };
    }
    return undefined;
  }

  inherited(object: object, file: string, position: number, key: string): Member | undefined {
    for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at)) {
      const owner = ownerOf(at);
      if (owner?.file !== file || owner.position !== position) continue;
      const above: object | null = Object.getPrototypeOf(at);
      return above === null ? undefined : this.member(above, key);
    }
    return undefined;
  }

  keys(object: object): readonly string[] {
    return Object.keys(object);
  }

  isInstance(object: object, type: object): boolean {
    return typeof type === "function" && object instanceof type;
  }

  classSource(type: object): FunctionSource | undefined {
    return tagOf(type);
  }

  classOf(object: object): object | undefined {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (!isObject(prototype) || !Object.hasOwn(prototype, "constructor")) return undefined;
    const { constructor: type } = prototype;
    return typeof type === "function" ? type : undefined;
  }

  baseOf(type: object): object | undefined {
    const base: unknown = Object.getPrototypeOf(type);
    return typeof base === "function" && base !== Function.prototype ? base : undefined;
  }

  instanceMember(type: object, key: string): Member | undefined {
    const prototype: unknown = Reflect.get(type, "prototype");
    const member = isObject(prototype) ? this.member(prototype, key) : undefined;
    // What every object has is none of the class's.
    return member?.owner === undefined ? undefined : member;
  }

  parameters(module: object): readonly unknown[] | undefined {
    return module instanceof nn.Module ? module.parameters() : undefined;
  }

  listMethod(name: string): unknown {
    return Object.hasOwn(listMethods, name) ? Reflect.get(listMethods, name) : undefined;
  }

  method(name: string): unknown {
    const method = Object.getOwnPropertyDescriptor(TensorClass.prototype, name)?.value;
    return isObject(method) ? markOf(method, methodMark) : undefined;
  }
}

const isObject = (v: unknown): v is object =>
  (typeof v === "object" && v !== null) || typeof v === "function";

const markOf = (target: object, symbol: symbol): unknown => Reflect.get(target, symbol);

/** The class that a prototype, or a class itself, was written as. */
function ownerOf(at: object): FunctionSource | undefined {
  if (typeof at === "function") return tagOf(at);
  if (!Object.hasOwn(at, "constructor")) return undefined;
  const type = at.constructor;
  return typeof type === "function" ? tagOf(type) : undefined;
}

function describeFunction(value: object): Captured {
  const operator = markOf(value, operatorMark);
  if (typeof operator === "string") return { kind: "operator", op: operator };
  const builtin = markOf(value, builtinMark);
  if (typeof builtin === "string") return { kind: "builtin", name: builtin };
  const name = "name" in value ? String(value.name) : "";
  const isClass = Function.prototype.toString.call(value).startsWith("class");
  if (isClass) return { kind: "class", identity: value, name };
  const source = tagOf(value);
  const trace = markOf(value, traceMark);
  return trace === undefined
    ? { kind: "function", identity: value, name, source }
    : // The claim of the mark.
      { kind: "function", identity: value, name, source, trace: trace as Trace };
}

function describeObject(value: object): Captured {
  if (isTensor(value)) return describeTensor(value);
  if (Array.isArray(value)) return { kind: "list", identity: value };
  if (value instanceof Map) return describeMap(value, false, () => value);
  if (value instanceof Set) return describeMap(value, true, () => [...value].map((key) => [key]));
  const prototype: unknown = Object.getPrototypeOf(value);
  const named =
    isObject(prototype) && "constructor" in prototype ? prototype.constructor : undefined;
  const className = typeof named === "function" ? named.name : "Object";
  const isBuiltIn = typeof named === "function" && named !== Object && isNative(named);
  return isBuiltIn
    ? { kind: "other", what: `${/^[AEIOU]/.test(className) ? "an" : "a"} ${className}` }
    : { kind: "object", identity: value, className };
}

const describeMap = (
  identity: object,
  isSet: boolean,
  entries: () => Iterable<readonly unknown[]>,
): Captured => ({ kind: "map", identity, isSet, entries });

/** Dates, typed arrays, promises …: their contents are not fields. */
const isNative = (f: object): boolean =>
  Function.prototype.toString.call(f).includes("[native code]");

function describeTensor(value: EagerTensor): Captured {
  const { dtype, shape } = value;
  return {
    kind: cellMark in value ? "cell" : "tensor",
    parameter: markOf(value, cellMark) === "parameter",
    identity: value,
    type: tensorType(dtype, [...shape]),
    data: () => sharedElements(value),
    name: undefined,
  };
}
