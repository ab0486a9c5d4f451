/** Owns which files a model is made of, and what each of their imports means. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  type BuildOptions,
  build,
  type Loader,
  type OnLoadResult,
  type OnResolveArgs,
  type OnResolveResult,
  type Plugin,
  type PluginBuild,
} from "esbuild";
import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { asLoadError } from "./build-problems.ts";
import { readNested } from "./nested-too-deeply.ts";
import { isTypeScriptFile } from "./typescript-file.ts";

/** What an import means: a file of the graph, or a module that Node loads from where it lies. */
export type ImportTarget =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "external"; readonly specifier: string };

export interface ModuleGraph {
  /** The files by absolute path, the model first. */
  readonly files: ReadonlyMap<string, ts.SourceFile>;
  /** Whether files may be imported while the model runs, by `import()`. */
  readonly importsLater: boolean;
  /** `undefined` for imports of types alone, which are never looked up. */
  target(importer: string, specifier: string): ImportTarget | undefined;
}

/** File URLs of modules that are not looked up from the model: one copy of Glim for the process. */
export type ProvidedModules = Readonly<Record<string, string>>;

/** What Node goes by when it resolves imports, where esbuild's defaults are others. */
export const AS_NODE: BuildOptions = {
  format: "esm",
  platform: "node",
  target: "node20",
  conditions: [],
  mainFields: ["main"],
  logLevel: "silent",
};

/**
 * Follows the imports of a model: through what it imports relatively and through packages that
 * ship TypeScript. esbuild resolves them, and finds malformed files and missing exports.
 *
 * @throws LoadError
 */
export async function findModuleGraph(
  model: string,
  provided: ProvidedModules,
): Promise<ModuleGraph> {
  const search = new GraphSearch(provided);
  try {
    await build({
      ...AS_NODE,
      absWorkingDir: path.dirname(model),
      entryPoints: [model],
      outdir: path.dirname(model),
      write: false,
      bundle: true,
      treeShaking: false,
      plugins: [search.plugin()],
    });
  } catch (error) {
    throw asLoadError(error, { model, folder: path.dirname(model), files: search.files });
  }
  // The files that a file imports are read side by side, in no fixed order.
  const [first, ...others] = search.files;
  const sorted = others.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const files = new Map(first === undefined ? [] : [first, ...sorted]);
  const { importsLater } = search;
  return { files, importsLater, target: (importer, name) => search.target(importer, name) };
}

/** Marks a resolution asked for by the plugin itself, which is esbuild's to answer. */
const ASKED = Symbol("asked");

class GraphSearch {
  readonly files = new Map<string, ts.SourceFile>();
  importsLater = false;
  readonly #targets = new Map<string, ImportTarget>();
  readonly #provided: ProvidedModules;

  constructor(provided: ProvidedModules) {
    this.#provided = provided;
  }

  target(importer: string, specifier: string): ImportTarget | undefined {
    return this.#targets.get(`${importer}\n${specifier}`);
  }

  plugin(): Plugin {
    return {
      name: "glim-model",
      setup: (plugin) => {
        plugin.onResolve({ filter: /./ }, (args) => this.#resolve(plugin, args));
        plugin.onLoad({ filter: /./, namespace: "file" }, (args) => this.#load(args.path));
      },
    };
  }

  async #resolve(plugin: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> {
    if (args.kind === "entry-point" || args.pluginData === ASKED) return undefined;
    const target = await this.#find(plugin, args);
    // esbuild then fails by itself, and says at which import.
    if (target === undefined) return undefined;
    this.#targets.set(`${args.importer}\n${args.path}`, target);
    if (target.kind === "file") {
      this.importsLater ||= args.kind === "dynamic-import";
      return { path: target.file };
    }
    return { path: target.specifier, external: true };
  }

  async #find(plugin: PluginBuild, args: OnResolveArgs): Promise<ImportTarget | undefined> {
    const { path: specifier, kind, importer, namespace, resolveDir } = args;
    const provided = Object.hasOwn(this.#provided, specifier)
      ? this.#provided[specifier]
      : undefined;
    if (provided !== undefined) return { kind: "external", specifier: provided };
    if (specifier.startsWith("file:")) return this.#targetOf(fileURLToPath(specifier), true);
    if (/^[a-z][a-z+]+:/i.test(specifier)) return { kind: "external", specifier };
    const options = { kind, importer, namespace, resolveDir, pluginData: ASKED, with: args.with };
    const found = await plugin.resolve(specifier, options);
    if (found.errors.length > 0) return undefined;
    if (found.external) return { kind: "external", specifier: found.path };
    return this.#targetOf(found.path, specifier.startsWith("."));
  }

  /** JavaScript of packages stays where it is: one instance of it for the process. */
  async #targetOf(file: string, isOwn: boolean): Promise<ImportTarget> {
    const isData = file.endsWith(".json");
    const isScript = /\.[mc]?jsx?$/.test(file);
    const belongs = isScript ? isOwn && (await isModule(file)) : isData || isOwn;
    if (belongs || isTypeScriptFile(file)) return { kind: "file", file };
    return { kind: "external", specifier: pathToFileURL(file).href };
  }

  async #load(file: string): Promise<OnLoadResult | undefined> {
    const loader = loaderOf(file);
    if (loader === undefined) return undefined;
    const contents = await readFile(file, "utf8");
    return readNested(file, contents, () => {
      this.files.set(file, parse(file, contents));
      return { contents, loader };
    });
  }
}

/** How esbuild reads a file; `undefined` for what is not code or data. */
export function loaderOf(file: string): Loader | undefined {
  const extension = /\.[mc]?([jt]sx?|json)$/.exec(file)?.[1];
  const loaders = new Set<Loader>(["js", "jsx", "ts", "tsx", "json"]);
  return [...loaders].find((loader) => loader === extension);
}

function parse(file: string, text: string): ts.SourceFile {
  return tsc.createSourceFile(file, text, tsc.ScriptTarget.Latest, true);
}

/** A file without `import` and `export` may be CommonJS: Node finds out. */
async function isModule(file: string): Promise<boolean> {
  return tsc.isExternalModule(parse(file, await readFile(file, "utf8")));
}
