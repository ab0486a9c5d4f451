/** Evaluates modules: their imports first, then their statements, as far as each goes. */

import path from "node:path";
import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { boundNames, hasModifier } from "../loader/scopes.ts";
import type { Machine, Place } from "./machine.ts";
import type { RuntimeExports } from "./runtime-modules.ts";
import { Binding, StaticScope } from "./static-scope.ts";
import { OutOfSteps, StaticNamespace, StaticThrow, unclear } from "./static-values.ts";

export interface ModuleFolders {
  /** Where the sources of the standard library lie, and those of the runtime; both end in a slash. */
  readonly stdlib: string;
  readonly runtime: string;
}

export interface StaticModule {
  readonly file: ts.SourceFile;
  readonly scope: StaticScope;
  /** Its own exports and those it passes on, by name; a namespace is no binding of a name. */
  readonly exports: Map<string, () => unknown>;
  /** What it passes on with `export *`. */
  readonly stars: (() => StaticModule | undefined)[];
}

export class StaticModules {
  readonly #machine: Machine;
  readonly #folders: ModuleFolders;
  readonly #fileAt: (path: string) => ts.SourceFile | undefined;
  readonly #runtime: RuntimeExports;
  /** The library's modules, which are evaluated once for all programs. */
  readonly #library: StaticModules | undefined;
  readonly #modules = new Map<string, StaticModule>();

  constructor(made: {
    readonly machine: Machine;
    readonly folders: ModuleFolders;
    readonly fileAt: (path: string) => ts.SourceFile | undefined;
    readonly runtime: RuntimeExports;
    readonly library: StaticModules | undefined;
  }) {
    this.#machine = made.machine;
    this.#folders = made.folders;
    this.#fileAt = made.fileAt;
    this.#runtime = made.runtime;
    this.#library = made.library;
  }

  /** The files of the modules that were evaluated, in the order in which they were begun. */
  get files(): readonly ts.SourceFile[] {
    return [...this.#modules.values()].map((module) => module.file);
  }

  /** The module in a file, evaluated; undefined if there is no such file. */
  module(file: string): StaticModule | undefined {
    const known = this.#modules.get(file);
    if (known !== undefined) return known;
    if (this.#library !== undefined && this.#isLibrary(file)) return this.#library.module(file);
    const source = this.#fileAt(file);
    if (source === undefined || source.isDeclarationFile) return undefined;
    const module: StaticModule = {
      file: source,
      scope: new StaticScope(undefined),
      exports: new Map(),
      stars: [],
    };
    this.#modules.set(file, module);
    this.#evaluate(module);
    return module;
  }

  #isLibrary(file: string): boolean {
    return file.startsWith(this.#folders.stdlib);
  }

  #evaluate(module: StaticModule): void {
    const { file, scope } = module;
    for (const node of file.statements) {
      if (tsc.isImportDeclaration(node)) this.#addImport(module, node);
      else if (tsc.isExportDeclaration(node)) this.#addExports(module, node);
      else addDeclared(module, node);
    }
    const at: Place = {
      scope,
      frame: { maybe: [], loops: [] },
      thisValue: undefined,
      home: undefined,
      file,
      isLibrary: this.#isLibrary(file.fileName),
    };
    const { certainty } = this.#machine;
    const { level } = certainty;
    try {
      this.#machine.run(file.statements, at);
    } catch (error) {
      if (!isEnd(error)) throw error;
      scope.isUnfinished = true;
    } finally {
      certainty.level = level;
    }
  }

  #addImport({ file, scope }: StaticModule, node: ts.ImportDeclaration): void {
    const read = this.#reader(file, node.moduleSpecifier);
    const clause = node.importClause;
    const add = (local: string, name: string): void => scope.alias(local, read(name));
    if (clause === undefined) return;
    if (clause.name !== undefined) add(clause.name.text, "default");
    const { namedBindings } = clause;
    if (namedBindings === undefined) return;
    if (tsc.isNamespaceImport(namedBindings)) add(namedBindings.name.text, "*");
    else
      for (const { name, propertyName } of namedBindings.elements) {
        add(name.text, (propertyName ?? name).text);
      }
  }

  #addExports(module: StaticModule, node: ts.ExportDeclaration): void {
    const { exportClause, moduleSpecifier } = node;
    if (node.isTypeOnly) return;
    if (moduleSpecifier === undefined) {
      if (exportClause === undefined || !tsc.isNamedExports(exportClause)) return;
      for (const { name, propertyName } of exportClause.elements) {
        const local = (propertyName ?? name).text;
        module.exports.set(name.text, () => module.scope.find(local)?.value ?? unclear);
      }
      return;
    }
    const read = this.#reader(module.file, moduleSpecifier);
    if (exportClause === undefined) {
      const from = this.#resolve(module.file, moduleSpecifier);
      module.stars.push(() => (from === undefined ? undefined : this.module(from)));
    } else if (tsc.isNamespaceExport(exportClause)) {
      module.exports.set(exportClause.name.text, () => read("*").value);
    } else {
      for (const { name, propertyName } of exportClause.elements) {
        const binding = read((propertyName ?? name).text);
        module.exports.set(name.text, () => binding.value);
      }
    }
  }

  /** Evaluates an imported module, and gives the bindings of its exports. */
  #reader(file: ts.SourceFile, specifier: ts.Expression): (name: string) => Binding {
    const target = this.#resolve(file, specifier);
    const runtime = target?.startsWith(this.#folders.runtime) ? target : undefined;
    const module = target === undefined || runtime !== undefined ? undefined : this.module(target);
    return (name) => {
      if (runtime !== undefined) return bound(this.#runtime(runtime, name));
      if (module === undefined) return bound(unclear);
      return name === "*" ? bound(namespaceOf(module)) : new ExportBinding(module, name);
    };
  }

  #resolve(file: ts.SourceFile, specifier: ts.Expression): string | undefined {
    if (!tsc.isStringLiteralLike(specifier)) return undefined;
    const { text } = specifier;
    if (text === "glim") return `${this.#folders.stdlib}index.ts`;
    if (text === "glim/data") return `${this.#folders.stdlib}data/index.ts`;
    if (!text.startsWith(".")) return undefined;
    const wanted = path.resolve(path.dirname(file.fileName), text);
    if (wanted.startsWith(this.#folders.runtime)) return wanted;
    const places = [
      wanted,
      wanted.replace(/\.([cm]?)js$/, ".$1ts"),
      `${wanted}.ts`,
      `${wanted}.tsx`,
      path.join(wanted, "index.ts"),
    ];
    return places.find((place) => /\.[cm]?tsx?$/.test(place) && this.#fileAt(place) !== undefined);
  }
}

/** Why evaluation ends before the end of a module. */
const isEnd = (error: unknown): boolean =>
  error instanceof StaticThrow || error instanceof OutOfSteps || error instanceof RangeError;

function bound(value: unknown): Binding {
  const binding = new Binding(0);
  binding.set(value);
  return binding;
}

/** A name that another module exports: what it means is asked when it is read. */
class ExportBinding extends Binding {
  readonly #module: StaticModule;
  readonly #name: string;

  constructor(module: StaticModule, name: string) {
    super(0);
    this.#module = module;
    this.#name = name;
  }

  override get isSet(): boolean {
    return true;
  }

  override get value(): unknown {
    return readExport(this.#module, this.#name);
  }
}

/** What a module exports under a name; unclear if that is not known. */
export function readExport(module: StaticModule, name: string): unknown {
  const own = module.exports.get(name);
  if (own !== undefined) return own();
  for (const star of module.stars) {
    const from = star();
    if (from && exportedNames(from).includes(name)) return readExport(from, name);
  }
  return unclear;
}

/** The names that a module exports, also those that `export *` passes on from others. */
export function exportedNames(
  module: StaticModule,
  seen: ReadonlySet<StaticModule> = new Set(),
): readonly string[] {
  const passed = module.stars.flatMap((star) => {
    const from = star();
    if (from === undefined || seen.has(from)) return [];
    return exportedNames(from, new Set([...seen, module])).filter((name) => name !== "default");
  });
  return [...new Set([...module.exports.keys(), ...passed])];
}

const namespaceOf = (module: StaticModule): StaticNamespace =>
  new StaticNamespace(
    () => exportedNames(module),
    (name) => readExport(module, name),
  );

/** `export const a = …`, `export function f`, `export default …` */
function addDeclared({ scope, exports }: StaticModule, node: ts.Statement): void {
  const add = (name: string, local = name): void => {
    exports.set(name, () => scope.find(local)?.value ?? unclear);
  };
  if (tsc.isExportAssignment(node)) add("default");
  else if (!hasModifier(node, tsc.SyntaxKind.ExportKeyword)) return;
  else if (tsc.isVariableStatement(node)) {
    for (const { name } of node.declarationList.declarations)
      boundNames(name).forEach((n) => add(n));
  } else if (tsc.isFunctionDeclaration(node) || tsc.isClassDeclaration(node)) {
    const local = node.name?.text ?? "default";
    add(hasModifier(node, tsc.SyntaxKind.DefaultKeyword) ? "default" : local, local);
  } else if (tsc.isEnumDeclaration(node)) add(node.name.text);
}
