/**
 * Owns `compile(f)`: a function of a running program, compiled in place. Its parameters, buffers and other
 * values that it keeps stay those of the program: each call takes what the program has changed, and gives
 * back what the function has written.
 */

import path from "node:path";
import * as loading from "../compiler/diagnostics/catalog/loading.ts";
import type { Environment, Member } from "../compiler/frontend/environment.ts";
import { lowerProgram } from "../compiler/frontend/lower-program.ts";
import type { WrittenLocation } from "../compiler/frontend/module-tables.ts";
import { createSourceProgram, ParsedFiles } from "../compiler/frontend/program.ts";
import { attrOf, isText, type Module } from "../compiler/graph/ir.ts";
import { forEachNode } from "../compiler/graph/walk.ts";
import { Cell } from "../runtime/eager/cell.ts";
import { codes, GlimError } from "../runtime/eager/glim-error.ts";
import { type EagerTensor, isTensor } from "../runtime/eager/tensor.ts";
import { load, type Model, type State } from "../runtime/load.ts";
import { tagOf } from "../runtime/tags.ts";
import { tensor } from "../stdlib/index.ts";
import { compilerOptions } from "./compiler-options.ts";
import { entryPoints, loadedEnvironment } from "./environment.ts";
import { compileOrFail } from "./model/compile-module.ts";
import { Failure, fail } from "./terminal/failure.ts";
import { installedLibrary } from "./terminal/installed-library.ts";
import { shownPath } from "./terminal/shown-path.ts";

export interface CompileFunctionOptions {
  /** Looks at every result: for finding mistakes. */
  readonly stopAtNaN?: boolean;
}

/**
 * The same function, compiled. The program must have been loaded by Glim (`glim start FILE`), so that its
 * source is known. With `stopAtNaN` a call fails where it computes the first NaN.
 *
 * @throws CompileFailure
 */
export async function compile<F extends (...args: never[]) => unknown>(
  f: F,
  { stopAtNaN = false }: CompileFunctionOptions = {},
): Promise<F> {
  const tag = tagOf(f);
  if (tag === undefined) fail(loading.untaggedFunction(f.name));
  const environment = new WatchingEnvironment(loadedEnvironment());
  const [entry] = entryPoints({ run: f });
  const program = createSourceProgram({
    roots: [tag.file],
    ...installedLibrary,
    parsed: new ParsedFiles(),
  });
  const { module, diagnostics, homes } = lowerProgram({
    name: path.basename(tag.file).replace(/\.[^.]*$/, ""),
    file: shownPath(tag.file),
    program,
    entries: [entry ?? { name: "run", value: f, dims: {} }],
    environment,
    cellsChange: true,
  });
  if (module === undefined) throw new Failure(diagnostics);
  const unshared = [...module.state.values()].find(
    ({ name, type }) => !homes.has(name) || type.kind === "ref" || type.kind === "str",
  );
  if (unshared !== undefined) fail(loading.unsharedState(unshared.name));
  const { wasm } = await compileOrFail(module, compilerOptions(tag.file, { stopAtNaN }));
  const model = await load(new Uint8Array(wasm));
  const kept = new Map([...homes].filter(([name]) => module.state.has(name)));
  return shared(f, model, new Homes(model.state, kept, writtenIn(module)), environment);
}

function writtenIn(module: Module): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { body } of module.funcs) {
    forEachNode(body, (node) => {
      if (node.op === "state.set") names.add(attrOf(node, "name", isText));
    });
  }
  return names;
}

function shared<F extends (...args: never[]) => unknown>(
  f: F,
  model: Model,
  homes: Homes,
  environment: WatchingEnvironment,
): F {
  const run = (...args: readonly unknown[]): unknown => {
    environment.checkUnchanged(homes);
    homes.bring();
    try {
      return fromHost(model.run!(...args.map(toHost)));
    } finally {
      homes.fetch();
    }
  };
  // The claim of `compile`: what it gives is called as `f` is.
  return Object.defineProperty(run, "name", { value: f.name }) as unknown as F;
}

/** Values that live both in the program and in the compiled module. */
class Homes {
  readonly #state: State;
  readonly #homes: ReadonlyMap<string, WrittenLocation>;
  readonly #written: ReadonlySet<string>;
  /** What was last brought or fetched: while the program still has it, nothing need be copied. */
  readonly #last = new Map<string, unknown>();

  constructor(
    state: State,
    homes: ReadonlyMap<string, WrittenLocation>,
    written: ReadonlySet<string>,
  ) {
    this.#state = state;
    this.#homes = homes;
    this.#written = written;
    for (const [name, home] of homes) {
      if (home.key.startsWith("#")) fail(loading.unsharedState(name));
    }
  }

  has(owner: object, key: string): boolean {
    return [...this.#homes.values()].some((home) => home.owner === owner && home.key === key);
  }

  /** Gives the module what the program has changed. */
  bring(): void {
    for (const [name, { owner, key }] of this.#homes) {
      const now = owner instanceof Cell ? owner.storage : Reflect.get(owner, key);
      if (this.#last.has(name) && Object.is(this.#last.get(name), now)) continue;
      this.#state.set(name, toHost(owner instanceof Cell ? owner : now));
      this.#last.set(name, now);
    }
  }

  /** Gives the program what the module has changed. */
  fetch(): void {
    for (const [name, { owner, key }] of this.#homes) {
      if (!this.#written.has(name)) continue;
      const value = fromHost(this.#state.get(name));
      if (owner instanceof Cell) owner.assign(value);
      else Reflect.set(owner, key, value);
      this.#last.set(name, owner instanceof Cell ? owner.storage : value);
    }
  }
}

/** Remembers which plain values of the program were compiled as they were. */
class WatchingEnvironment implements Environment {
  readonly #inner: Environment;
  readonly #read = new Map<object, Map<string, unknown>>();

  constructor(inner: Environment) {
    this.#inner = inner;
  }

  member(object: object, key: string): Member | undefined {
    const member = this.#inner.member(object, key);
    if (member?.kind === "value" && isPlain(member.value) && Object.hasOwn(object, key)) {
      const values = this.#read.get(object) ?? new Map<string, unknown>();
      this.#read.set(object, values.set(key, member.value));
    }
    return member;
  }

  /** Refuses to run with what was compiled as a constant and is another value now. */
  checkUnchanged(homes: Homes): void {
    for (const [object, values] of this.#read) {
      for (const [key, before] of values) {
        const now: unknown = Reflect.get(object, key);
        if (Object.is(now, before) || homes.has(object, key)) continue;
        throw new GlimError(
          codes.argument,
          `compile: ${key} was ${String(before)} when the function was compiled and is ${String(now)} now: give it as an argument, or compile again`,
        );
      }
    }
  }

  get methodNames(): readonly string[] {
    return this.#inner.methodNames;
  }

  describe: Environment["describe"] = (value) => this.#inner.describe(value);
  inherited: Environment["inherited"] = (...of) => this.#inner.inherited(...of);
  keys: Environment["keys"] = (object) => this.#inner.keys(object);
  isInstance: Environment["isInstance"] = (object, type) => this.#inner.isInstance(object, type);
  classSource: Environment["classSource"] = (type) => this.#inner.classSource(type);
  classOf: Environment["classOf"] = (object) => this.#inner.classOf(object);
  baseOf: Environment["baseOf"] = (type) => this.#inner.baseOf(type);
  instanceMember: Environment["instanceMember"] = (...of) => this.#inner.instanceMember(...of);
  parameters: Environment["parameters"] = (module) => this.#inner.parameters(module);
  method: Environment["method"] = (name) => this.#inner.method(name);
  listMethod: Environment["listMethod"] = (name) => this.#inner.listMethod(name);
}

const isPlain = (v: unknown): boolean =>
  v === undefined || v === null || ["number", "string", "boolean"].includes(typeof v);

/** Tensors as compiled modules take them, in lists and records too. */
function toHost(v: unknown): unknown {
  if (isTensor(v)) return { data: v.toTypedArray(), shape: [...v.shape] };
  if (Array.isArray(v)) return v.map(toHost);
  if (typeof v !== "object" || v === null || Object.getPrototypeOf(v) !== Object.prototype)
    return v;
  return Object.fromEntries(Object.entries(v).map(([key, x]) => [key, toHost(x)]));
}

function fromHost(v: unknown): unknown {
  if (Array.isArray(v)) return v.map(fromHost);
  if (typeof v !== "object" || v === null || v instanceof Map || v instanceof Set) return v;
  if ("data" in v && "shape" in v && ArrayBuffer.isView(v.data)) return made(v.data, v.shape);
  return Object.fromEntries(Object.entries(v).map(([key, x]) => [key, fromHost(x)]));
}

function made(data: ArrayBufferView, shape: unknown): EagerTensor | unknown {
  const sizes = Array.isArray(shape) ? shape.map(Number) : [];
  if (data instanceof Float32Array) return tensor(data, sizes);
  if (data instanceof Int32Array) return tensor(data, sizes);
  return data instanceof Uint8Array ? tensor(Int32Array.from(data), sizes).to("bool") : data;
}
