/**
 * Checks model files without running them: the one engine of the editors and of `glim check`. What it
 * keeps between checks makes the next one, after an edit, fast.
 */

import path from "node:path";
import { typeError } from "../../compiler/diagnostics/catalog/loading.ts";
import { type Diagnostic, tidyDiagnostics } from "../../compiler/diagnostics/diagnostic.ts";
import type { Observer } from "../../compiler/frontend/context.ts";
import type { EntryPoint } from "../../compiler/frontend/environment.ts";
import { lowerProgram } from "../../compiler/frontend/lower-program.ts";
import {
  createSourceProgram,
  ParsedFiles,
  type SourceProgram,
} from "../../compiler/frontend/program.ts";
import { installedLibrary } from "../terminal/installed-library.ts";
import { shownPath } from "../terminal/shown-path.ts";
import { checkEagerCode } from "./check-eager-code.ts";
import type { Machine } from "./machine.ts";
import { dimsOf, runtimeExports } from "./runtime-modules.ts";
import { StaticEnvironment } from "./static-environment.ts";
import { StaticMachine } from "./static-machine.ts";
import { exportedNames, type ModuleFolders, readExport, StaticModules } from "./static-modules.ts";
import { StaticFunction, TracedFunction } from "./static-values.ts";

const { code: typeErrorCode } = typeError(0, "");

/** How many expressions and statements of a program are evaluated before the rest counts as unknown. */
const mostSteps = 2_000_000;

export interface CheckOptions {
  /** The text of a file that is being edited. */
  readonly edited: (file: string) => string | undefined;
  /** Whether TypeScript's own errors are wanted: editors have them already. */
  readonly typeErrors: boolean;
  readonly observe?: Observer;
}

export interface CheckedModel {
  readonly diagnostics: readonly Diagnostic[];
  /** The names of the entry points that were found, in the order of the source; traced ones come last. */
  readonly entries: readonly string[];
  /** Whether all that the entry points reach was looked at; what is unclear is not. */
  readonly isComplete: boolean;
  /** Absolute paths of the user's files that the model is made of, its own first. */
  readonly files: readonly string[];
  readonly program: SourceProgram;
}

export class ModelChecker {
  readonly #parsed = new ParsedFiles();
  readonly #previous = new Map<string, SourceProgram>();
  #library: Library | undefined;

  /** The tensor methods that the standard library has, once something has been checked. */
  get methodNames(): readonly string[] {
    return [...(this.#library?.methods.keys() ?? [])];
  }

  /**
   * Checks a file and everything that it imports; that it exports no entry point is for the caller to
   * judge.
   */
  check(file: string, { edited, typeErrors, observe }: CheckOptions): CheckedModel {
    const program = createSourceProgram({
      roots: [file],
      ...installedLibrary,
      parsed: this.#parsed,
      edited,
      previous: this.#previous.get(file),
    });
    this.#previous.set(file, program);
    this.#library ??= new Library(program);
    const { methods } = this.#library;
    const machine = new StaticMachine(mostSteps, methods);
    const modules = this.#library.modulesFor(machine, program);
    const model = modules.module(file);
    const entries =
      model === undefined
        ? []
        : entriesOf(machine, exportedNames(model), (name) => readExport(model, name));
    const files = modules.files.map((f) => f.fileName);
    const traced =
      model === undefined
        ? []
        : exportedNames(model).filter((name) => readExport(model, name) instanceof TracedFunction);
    const names = [...entries.map((e) => e.name), ...traced];
    const result = { entries: names, files, program };
    const eager = files.flatMap((f) => checkEagerCode(program, f));
    if (entries.length === 0) {
      const types = typeErrors ? program.typeErrors() : [];
      return { ...result, diagnostics: together(types, eager), isComplete: traced.length === 0 };
    }
    const { module, diagnostics } = lowerProgram({
      name: path.basename(file).replace(/\.[^.]*$/, ""),
      file: shownPath(file),
      program: typeErrors ? program : withoutTypeErrors(program),
      entries,
      environment: new StaticEnvironment(machine.certainty, methods, this.#library.listMethods),
      ...(observe === undefined ? {} : { observe }),
    });
    const isWhole = module !== undefined || diagnostics.length > 0;
    const isComplete = isWhole && traced.length === 0;
    return { ...result, diagnostics: together(diagnostics, eager), isComplete };
  }
}

/**
 * What code that is only run does wrong is added where nothing else is said, and takes the place of what
 * TypeScript says there.
 */
function together(
  found: readonly Diagnostic[],
  eager: readonly Diagnostic[],
): readonly Diagnostic[] {
  const isOwn = (d: Diagnostic): boolean => d.code !== typeErrorCode;
  const own = found.filter(isOwn);
  const added = eager.filter((d) => !own.some((other) => overlap(d, other)));
  const types = found.filter((d) => !isOwn(d) && !added.some((other) => overlap(d, other)));
  return tidyDiagnostics([...types, ...own, ...added]);
}

const overlap = ({ span: a }: Diagnostic, { span: b }: Diagnostic): boolean =>
  a !== undefined && b !== undefined && a.file === b.file && a.start < b.end && b.start < a.end;

/** The standard library, evaluated once. */
class Library {
  readonly methods = new Map<string, unknown>();
  /** The library's own forms of the methods of lists. */
  readonly listMethods = new Map<string, unknown>();
  readonly #folders: ModuleFolders;
  readonly #modules: StaticModules;
  readonly #runtime;
  /** Functions of the runtime work for the program that calls them. */
  #machine: Machine;

  constructor(program: SourceProgram) {
    const [stdlib = ""] = installedLibrary.libraryFolders;
    this.#folders = { stdlib, runtime: path.join(stdlib, "../runtime/") };
    this.#machine = new StaticMachine(mostSteps, this.methods);
    this.#runtime = runtimeExports(() => this.#machine, this.methods);
    this.#modules = this.#make(this.#machine, program, undefined);
    this.#modules.module(`${stdlib}index.ts`);
    const lists = this.#modules.module(`${stdlib}builtins/lists.ts`);
    for (const name of lists === undefined ? [] : exportedNames(lists)) {
      if (lists !== undefined) this.listMethods.set(name, readExport(lists, name));
    }
  }

  modulesFor(machine: Machine, program: SourceProgram): StaticModules {
    this.#machine = machine;
    return this.#make(machine, program, this.#modules);
  }

  #make(machine: Machine, program: SourceProgram, library: StaticModules | undefined) {
    return new StaticModules({
      machine,
      folders: this.#folders,
      fileAt: (file) => program.fileAt(file),
      runtime: this.#runtime,
      library,
    });
  }
}

/** The exported functions that are given to `script`. */
function entriesOf(
  machine: Machine,
  names: readonly string[],
  read: (name: string) => unknown,
): readonly EntryPoint[] {
  const found: { readonly entry: EntryPoint; readonly at: number }[] = [];
  for (const name of names) {
    const value = read(name);
    if (!(value instanceof StaticFunction) || value.script === undefined) continue;
    const entry = { name, value, dims: dimsOf(machine, value.script) };
    found.push({ entry, at: value.node.pos });
  }
  return found.sort((a, b) => a.at - b.at).map(({ entry }) => entry);
}

const withoutTypeErrors = (program: SourceProgram): SourceProgram => ({
  checker: program.checker,
  typeAt: (node) => program.typeAt(node),
  symbolAt: (name) => program.symbolAt(name),
  fileAt: (file) => program.fileAt(file),
  isChecked: (file) => program.isChecked(file),
  isLibrary: (file) => program.isLibrary(file),
  functionAt: (file, position) => program.functionAt(file, position),
  classAt: (file, position) => program.classAt(file, position),
  memberAt: (file, position, member) => program.memberAt(file, position, member),
  typeErrors: () => [],
});
