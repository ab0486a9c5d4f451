/** Lowers a model file against a stand-in for the runtime, so that these tests need nothing of it. */

import { fileURLToPath } from "node:url";
import { loadModel } from "#glim/cli/loader/load-model.js";
import type {
  Captured,
  EntryPoint,
  Environment,
  FunctionSource,
  Member,
} from "#glim/compiler/frontend/environment.js";
import { type LoweredProgram, lowerProgram } from "#glim/compiler/frontend/lower-program.js";
import { createSourceProgram, ParsedFiles } from "#glim/compiler/frontend/program.js";
import type { Module } from "#glim/compiler/graph/ir.js";
import { printGraph } from "#glim/compiler/graph/text.js";
import { verifyGraph } from "#glim/compiler/graph/verify.js";
import { builtinMark } from "#glim/runtime/eager/marks.js";
import { tagOf } from "#glim/runtime/tags.js";
import * as listMethods from "#glim/stdlib/builtins/lists.js";

export const fixtures = new URL("../fixtures/frontend/", import.meta.url);
const standIn = new URL("glim.mjs", fixtures).href;

const library = await loadModel(fileURLToPath(new URL("library/index.ts", fixtures)), {
  glim: standIn,
});
const parsed = new ParsedFiles();

const isObject = (v: unknown): v is object =>
  (typeof v === "object" || typeof v === "function") && v !== null;

class StandInEnvironment implements Environment {
  readonly methodNames = ["softmax", "relu", "matmul"];

  describe(value: unknown): Captured {
    if (typeof value === "symbol") return { kind: "other", what: "a symbol" };
    if (typeof value === "bigint") return { kind: "other", what: "a BigInt" };
    if (!isObject(value)) return { kind: "primitive", value: primitive(value) };
    if (Array.isArray(value)) return { kind: "list", identity: value };
    if (typeof value === "function") return describeFunction(value);
    if (isTensor(value)) return describeTensor(value);
    if (value instanceof Date) return { kind: "other", what: "a Date" };
    if (value instanceof Map) {
      return { kind: "map", identity: value, isSet: false, entries: () => value };
    }
    return { kind: "object", identity: value, className: value.constructor?.name ?? "Object" };
  }

  member(object: object, key: string): Member | undefined {
    for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at)) {
      const found = Object.getOwnPropertyDescriptor(at, key);
      if (found === undefined) continue;
      const holder =
        typeof at === "function"
          ? at
          : Object.hasOwn(at, "constructor")
            ? at.constructor
            : undefined;
      const owner = holder === undefined ? undefined : tagOf(holder);
      const { get, set, value } = found;
      if (get === undefined && set === undefined) return { kind: "value", value, owner };
      return { kind: "accessor", get, set, owner };
    }
    return undefined;
  }

  inherited(object: object, file: string, position: number, key: string): Member | undefined {
    for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at)) {
      const tag = Object.hasOwn(at, "constructor") ? tagOf(at.constructor) : undefined;
      if (tag?.file === file && tag.position === position) {
        return this.member(Object.getPrototypeOf(at), key);
      }
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
    const { constructor: type } = object;
    return type === Object ? undefined : type;
  }

  baseOf(type: object): object | undefined {
    const base: unknown = Object.getPrototypeOf(type);
    return typeof base === "function" && base !== Function.prototype ? base : undefined;
  }

  instanceMember(type: object, key: string): Member | undefined {
    const prototype: unknown = Reflect.get(type, "prototype");
    const member = isObject(prototype) ? this.member(prototype, key) : undefined;
    return member?.owner === undefined ? undefined : member;
  }

  parameters(): undefined {
    return undefined;
  }

  listMethod(name: string): unknown {
    return Object.hasOwn(listMethods, name) ? Reflect.get(listMethods, name) : undefined;
  }

  method(name: string): unknown {
    return this.methodNames.includes(name) ? library.exports[name] : undefined;
  }
}

const primitive = (v: unknown): number | string | boolean | null | undefined =>
  typeof v === "number" || typeof v === "string" || typeof v === "boolean" || v === undefined
    ? v
    : null;

function describeFunction(value: object): Captured {
  const name = "name" in value ? String(value.name) : "";
  if ("operator" in value) return { kind: "operator", op: String(value.operator) };
  const mark: unknown = Reflect.get(value, builtinMark);
  if (typeof mark === "string") return { kind: "builtin", name: mark };
  if ("builtin" in value) return { kind: "builtin", name: String(value.builtin) };
  const text = Function.prototype.toString.call(value);
  if (text.startsWith("class")) return { kind: "class", identity: value, name };
  return { kind: "function", identity: value, name, source: tagOf(value) };
}

interface FakeTensor {
  readonly dtype: "f32" | "i32" | "bool";
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const isTensor = (v: object): v is FakeTensor => "dtype" in v && "shape" in v && "data" in v;

function describeTensor(value: FakeTensor): Captured {
  const isCell = value.constructor.name === "Cell";
  return {
    kind: isCell ? "cell" : "tensor",
    identity: value,
    type: { kind: "tensor", dtype: value.dtype, shape: value.shape },
    data: () => value.data,
    name: undefined,
  };
}

function entriesOf(exports: Readonly<Record<string, unknown>>): readonly EntryPoint[] {
  const entries: EntryPoint[] = [];
  for (const [name, value] of Object.entries(exports)) {
    if (!isObject(value)) continue;
    const mark: unknown = Reflect.get(value, Symbol.for("glim.script"));
    if (isObject(mark) && "dims" in mark) entries.push({ name, value, dims: Object(mark.dims) });
  }
  return entries;
}

export interface LoweredFixture extends LoweredProgram {
  readonly file: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Lowers a model file. */
export async function lowerFile(file: string): Promise<LoweredFixture> {
  const { exports } = await loadModel(file, { glim: standIn });
  const program = createSourceProgram({
    roots: [file],
    glimTypes: fileURLToPath(new URL("glim.d.ts", fixtures)),
    libraryFolders: [
      fileURLToPath(new URL("library", fixtures)),
      fileURLToPath(new URL("glim.d.ts", fixtures)),
    ],
    parsed,
  });
  const entries = entriesOf(exports);
  const environment = new StandInEnvironment();
  const lowered = lowerProgram({ name: "model", file, program, entries, environment });
  return { file, exports, ...lowered };
}

/** Lowers `tests/fixtures/frontend/<name>`. */
export const lowerFixture = (name: string): Promise<LoweredFixture> =>
  lowerFile(fileURLToPath(new URL(name, fixtures)));

/** The module, which must obey the laws of graphs. */
export function lawful({ module, diagnostics }: LoweredProgram): Module {
  if (module === undefined) {
    throw new Error(diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
  }
  const broken = verifyGraph(module);
  if (broken.length > 0) throw new Error(`${broken.join("\n")}\n${printGraph(module)}`);
  return module;
}
