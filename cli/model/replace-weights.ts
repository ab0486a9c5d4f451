/**
 * Owns `--weights`: finds the modules that the entry points use, and gives their parameters and
 * buffers the values of a file, before the program is lowered to be compiled.
 */

import { readFile } from "node:fs/promises";
import * as loading from "../../compiler/diagnostics/catalog/loading.ts";
import type { Message } from "../../compiler/diagnostics/diagnostic.ts";
import type {
  Captured,
  Environment,
  FunctionSource,
  Member,
} from "../../compiler/frontend/environment.ts";
import { type AnyTensor, GlimError, loadSafetensors, nn } from "../../stdlib/index.ts";
import { fail } from "../terminal/failure.ts";
import { shownPath } from "../terminal/shown-path.ts";
import { systemReason } from "../terminal/system-reason.ts";
import type { OpenProgram } from "./open-program.ts";

/**
 * Replaces the weights. A file for one module has the names of its state dict; for several, each name
 * begins with the name of the variable that holds the module.
 *
 * @throws Failure with every name that is missing or surplus, and every shape that differs
 */
export async function replaceWeights(
  program: OpenProgram,
  environment: Environment,
  file: string,
): Promise<void> {
  const bytes = await readFile(file).catch((error: unknown) =>
    fail(loading.weightsFile(shownPath(file), systemReason(error))),
  );
  const watcher = new ModuleWatcher(environment);
  program.lower(watcher);
  const roots = watcher.roots();
  if (roots.size === 0) {
    fail(loading.weightsFile(shownPath(file), "the entry points use no nn.Module to put them in"));
  }
  const [only] = roots.values();
  const target = roots.size === 1 && only !== undefined ? only : new Together(roots);
  assign(target, await parse(bytes, file), shownPath(file));
}

async function parse(bytes: Uint8Array, file: string): Promise<Map<string, AnyTensor>> {
  try {
    return await loadSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof GlimError)) throw error;
    const text = error.message.replace(/^the safetensors file: /, "");
    return fail(loading.weightsFile(shownPath(file), text));
  }
}

function assign(target: nn.Module, given: Map<string, AnyTensor>, file: string): void {
  const own = target.stateDict();
  const problems: Message[] = [];
  const unfit = new Set<string>();
  for (const [name, t] of given) {
    const cell = own.get(name);
    if (cell === undefined || describe(cell) === describe(t)) continue;
    problems.push(loading.weightsShape(name, describe(cell), describe(t)));
    unfit.add(name);
    given.delete(name);
  }
  try {
    const { missing, surplus } = target.loadStateDict(given, { strict: false });
    const absent = missing.filter((name) => !unfit.has(name));
    if (absent.length + surplus.length > 0) problems.unshift(loading.weightsKeys(absent, surplus));
  } catch (error) {
    if (!(error instanceof GlimError)) throw error;
    problems.push({ ...loading.weightsFile(file, error.message), code: error.code });
  }
  if (problems.length > 0) {
    fail(...problems.map((m) => ({ ...m, message: `${file}: ${m.message}` })));
  }
}

const describe = (t: AnyTensor): string => `${t.dtype}[${t.shape.join(",")}]`;

/** Several modules under the names of their variables. */
class Together extends nn.Module {
  constructor(parts: ReadonlyMap<string, nn.Module>) {
    super();
    Object.assign(this, Object.fromEntries(parts));
  }
}

/** Passes everything on, and notes the modules that functions reach by their free names. */
class ModuleWatcher implements Environment {
  readonly methodNames: readonly string[];
  readonly #environment: Environment;
  readonly #found = new Map<nn.Module, string>();

  constructor(environment: Environment) {
    this.#environment = environment;
    this.methodNames = environment.methodNames;
  }

  /** The modules that are no part of another one, by name. */
  roots(): ReadonlyMap<string, nn.Module> {
    const modules = [...this.#found.keys()];
    const isPart = (m: nn.Module): boolean =>
      modules.some((other) => other !== m && holds(other, m));
    const roots = new Map<string, nn.Module>();
    for (const [module, name] of this.#found) if (!isPart(module)) roots.set(name, module);
    return roots;
  }

  classSource(type: object): FunctionSource | undefined {
    return this.#environment.classSource(type);
  }

  classOf(object: object): object | undefined {
    return this.#environment.classOf(object);
  }

  baseOf(type: object): object | undefined {
    return this.#environment.baseOf(type);
  }

  instanceMember(type: object, key: string): Member | undefined {
    return this.#environment.instanceMember(type, key);
  }

  parameters(module: object): readonly unknown[] | undefined {
    return this.#environment.parameters(module);
  }

  listMethod(name: string): unknown {
    return this.#environment.listMethod(name);
  }

  describe(value: unknown): Captured {
    const captured = this.#environment.describe(value);
    if (captured.kind !== "function" || captured.source === undefined) return captured;
    return { ...captured, source: this.#watch(captured.source) };
  }

  #watch(source: FunctionSource): FunctionSource {
    return {
      file: source.file,
      position: source.position,
      read: (name) => {
        const read = source.read(name);
        this.#note(read?.value, name);
        return read;
      },
      readPrivate: (object, name) => source.readPrivate(object, name),
    };
  }

  /** Modules are found under a name itself, or one step into a list or record. */
  #note(value: unknown, name: string): void {
    if (value instanceof nn.Module) this.#add(value, name);
    else if (typeof value === "object" && value !== null) {
      for (const [key, part] of Object.entries(value)) {
        if (part instanceof nn.Module) this.#add(part, `${name}.${key}`);
      }
    }
  }

  #add(module: nn.Module, wanted: string): void {
    if (this.#found.has(module)) return;
    const taken = new Set(this.#found.values());
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`;
    this.#found.set(module, name);
  }

  member: Environment["member"] = (object, key) => this.#environment.member(object, key);
  inherited: Environment["inherited"] = (...args) => this.#environment.inherited(...args);
  keys: Environment["keys"] = (object) => this.#environment.keys(object);
  isInstance: Environment["isInstance"] = (o, type) => this.#environment.isInstance(o, type);
  method: Environment["method"] = (name) => this.#environment.method(name);
}

/** Whether every cell of `part` is one of `whole`, which has more. */
function holds(whole: nn.Module, part: nn.Module): boolean {
  const cells = new Set(whole.stateDict().values());
  const inner = [...part.stateDict().values()];
  return inner.length > 0 && inner.length < cells.size && inner.every((cell) => cells.has(cell));
}
