/**
 * Describes a program that was evaluated, not run, to the frontend. What is not known is described as
 * unknown, which silences whatever follows from it.
 */

import type {
  Captured,
  Environment,
  FunctionSource,
  Member,
  Read,
} from "../../compiler/frontend/environment.ts";
import { tensorType } from "../../compiler/ops/types.ts";
import { isInstance } from "./evaluate-operators.ts";
import type { Certainty } from "./machine.ts";
import {
  isPrimitive,
  NativeFunction,
  StaticArray,
  StaticClass,
  StaticFunction,
  type StaticMember,
  StaticNamespace,
  StaticObject,
  StaticTensor,
  unclear,
} from "./static-values.ts";

const unknown: Captured = { kind: "unknown" };

export class StaticEnvironment implements Environment {
  readonly #certainty: Certainty;
  readonly #methods: ReadonlyMap<string, unknown>;
  readonly #listMethods: ReadonlyMap<string, unknown>;

  constructor(
    certainty: Certainty,
    methods: ReadonlyMap<string, unknown>,
    listMethods: ReadonlyMap<string, unknown>,
  ) {
    this.#certainty = certainty;
    this.#methods = methods;
    this.#listMethods = listMethods;
  }

  parameters(): undefined {
    return undefined;
  }

  listMethod(name: string): unknown {
    return this.#listMethods.get(name);
  }

  classSource(type: object): FunctionSource | undefined {
    return type instanceof StaticClass ? new StaticSource(type, undefined) : undefined;
  }

  classOf(object: object): object | undefined {
    return object instanceof StaticObject ? object.type : undefined;
  }

  baseOf(type: object): object | undefined {
    const parent = type instanceof StaticClass ? type.parent : undefined;
    return parent instanceof StaticClass ? parent : undefined;
  }

  instanceMember(type: object, key: string): Member | undefined {
    return type instanceof StaticClass ? found(type.line(), key, "members") : undefined;
  }

  get methodNames(): readonly string[] {
    return [...this.#methods.keys()];
  }

  method(name: string): unknown {
    return this.#methods.get(name);
  }

  describe(value: unknown): Captured {
    if (value === unclear) return unknown;
    if (typeof value === "symbol") return { kind: "other", what: "a symbol" };
    if (typeof value === "bigint") return { kind: "other", what: "a BigInt" };
    if (isPrimitive(value)) {
      return typeof value === "bigint" ? unknown : { kind: "primitive", value };
    }
    if (typeof value === "function") {
      return { kind: "function", identity: value, name: value.name, source: undefined };
    }
    return typeof value === "object" && value !== null ? this.#describeObject(value) : unknown;
  }

  #describeObject(value: object): Captured {
    if (value instanceof StaticTensor) return describeTensor(value);
    if (value instanceof StaticFunction) return describeFunction(value);
    if (value instanceof StaticClass) return { kind: "class", identity: value, name: value.name };
    if (value instanceof NativeFunction) {
      const { known } = value;
      if (known === undefined) return unknown;
      const { name } = known;
      return known.kind === "operator" ? { kind: "operator", op: name } : { kind: "builtin", name };
    }
    const isBlurred = this.#certainty.isBlurred(value);
    if (value instanceof StaticObject) {
      if (isBlurred && value.type === undefined) return unknown;
      return { kind: "object", identity: value, className: value.type?.name ?? "Object" };
    }
    if (value instanceof StaticNamespace) {
      return { kind: "object", identity: value, className: "Object" };
    }
    if (Array.isArray(value)) return isBlurred ? unknown : { kind: "list", identity: value };
    if (value instanceof Map && !isBlurred) {
      return { kind: "map", identity: value, isSet: false, entries: () => value };
    }
    if (value instanceof Set && !isBlurred) {
      const entries = () => [...value].map((key) => [key]);
      return { kind: "map", identity: value, isSet: true, entries };
    }
    if (value instanceof StaticArray) {
      return { kind: "other", what: `${/^I/.test(value.type) ? "an" : "a"} ${value.type}` };
    }
    return unknown;
  }

  member(object: object, key: string): Member | undefined {
    if (object instanceof StaticNamespace) {
      return object.names().includes(key) ? plain(object.read(key)) : undefined;
    }
    if (object instanceof StaticClass) {
      if (this.#certainty.isBlurred(object)) return plain(unclear);
      return found(object.line(), key, "statics");
    }
    if (!(object instanceof StaticObject)) return plain(unclear);
    const isBlurred = this.#certainty.isBlurred(object);
    if (!isBlurred && object.fields.has(key)) return plain(object.fields.get(key));
    const accessor = object.accessors.get(key);
    if (accessor !== undefined) return asMember(accessor);
    const inherited = found(object.type?.line() ?? [], key, "members");
    return inherited ?? (isBlurred ? plain(unclear) : undefined);
  }

  inherited(object: object, file: string, position: number, key: string): Member | undefined {
    if (!(object instanceof StaticObject)) return plain(unclear);
    const line = [...(object.type?.line() ?? [])];
    const at = line.findIndex(
      (type) => type !== false && type.file === file && startOf(type) === position,
    );
    return at < 0 ? plain(unclear) : found(line.slice(at + 1), key, "members");
  }

  keys(object: object): readonly string[] {
    if (object instanceof StaticNamespace) return object.names();
    if (!(object instanceof StaticObject)) return [];
    const keys = [...object.fields.keys()].filter((key) => typeof key === "string");
    return keys.filter((key) => !key.startsWith("#"));
  }

  isInstance(object: object, type: object): boolean {
    return isInstance(object, type) ?? false;
  }
}

const plain = (value: unknown): Member => ({ kind: "value", value, owner: undefined });

const asMember = (member: StaticMember): Member =>
  "value" in member
    ? plain(member.value)
    : { kind: "accessor", get: member.get, set: member.set, owner: undefined };

function found(
  line: Iterable<StaticClass | false>,
  key: string,
  part: "members" | "statics",
): Member | undefined {
  for (const type of line) {
    if (type === false) return plain(unclear);
    const member = type[part].get(key);
    if (member !== undefined) return asMember(member);
  }
  return undefined;
}

const startOf = ({ node }: StaticClass): number => node.getStart();

function describeFunction(f: StaticFunction): Captured {
  if (f.builtin !== undefined) return { kind: "builtin", name: f.builtin };
  return { kind: "function", identity: f, name: f.name, source: new StaticSource(f, f.outerThis) };
}

function describeTensor(t: StaticTensor): Captured {
  return {
    kind: t.isCell ? "cell" : "tensor",
    identity: t,
    type: tensorType(t.dtype, t.shape),
    // Nothing is ever computed with them.
    data: () => new Float32Array(0),
    name: undefined,
  };
}

class StaticSource implements FunctionSource {
  readonly #code: StaticFunction | StaticClass;
  readonly #outerThis: unknown;

  constructor(code: StaticFunction | StaticClass, outerThis: unknown) {
    this.#code = code;
    this.#outerThis = outerThis;
  }

  get file(): string {
    return this.#code.file;
  }

  get position(): number {
    return this.#code.node.getStart();
  }

  read(name: string): Read | undefined {
    const { scope } = this.#code;
    if (name === "this") return { value: this.#outerThis };
    const binding = scope.find(name);
    if (binding !== undefined) {
      if (binding.isSet) return { value: binding.value };
      return scope.mayBeSetLater ? { value: unclear } : undefined;
    }
    if (!(name in globalThis)) return undefined;
    const value: unknown = Reflect.get(globalThis, name);
    const isPart = typeof value === "function" || value === Math || value === JSON;
    return { value: isPart || value === console || value === Reflect ? value : unclear };
  }

  readPrivate(object: object, name: string): Read | undefined {
    if (!(object instanceof StaticObject)) return { value: unclear };
    if (object.fields.has(name)) return { value: object.fields.get(name) };
    const method = object.type?.members.get(name);
    return method === undefined ? undefined : { value: method.value };
  }
}
