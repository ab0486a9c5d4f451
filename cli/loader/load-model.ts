/** Owns the loading of a model file: its code runs, and its functions can be traced to their source. */
import { mkdtempSync, rmSync } from "node:fs";
import { realpath, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { startAnew } from "../../stdlib/random/default-rng.ts";
import type { KeptDraws } from "../../stdlib/random/kept-draws.ts";
import { exitOnSignals } from "../terminal/exit-on-signals.ts";
import { type EmittedModule, emitModules } from "./emit-modules.ts";
import { HeldValues, type Releases } from "./held-values.ts";
import { fileProblem, LoadError } from "./load-error.ts";
import { stackMapper } from "./map-stack.ts";
import { findModuleGraph, type ModuleGraph, type ProvidedModules } from "./module-graph.ts";
import { thrownProblem } from "./thrown-problem.ts";
import { isTypeScriptFile } from "./typescript-file.ts";

export interface LoadedModel {
  /** The model's exports: its module namespace. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** Absolute paths of the files that the model is made of, its own first. */
  readonly files: readonly string[];
  /** The text of one of `files` when it was loaded; tags' positions are offsets in it. */
  sourceOf(file: string): string;
  /**
   * Gives up all that the program holds, for good: Node itself never forgets a module. What the program has begun
   * and is still at work keeps it whole, and so does loading it without `draws`.
   */
  release(): void;
  /** Rewrites places in the loaded module, as a stack trace has them, to places in `files`. */
  mapStack(stack: string): string;
}

/** This installation's own modules, the very instances that the process itself uses. */
const installed: ProvidedModules = {
  glim: new URL("../../stdlib/index.js", import.meta.url).href,
  "glim/data": new URL("../../stdlib/data/index.js", import.meta.url).href,
  "glim/compiler": new URL("../compiler.js", import.meta.url).href,
};

const COMPILING = Symbol.for("glim.compiling");

/** Models that are running now, by the module that starts them. */
const running = new Set<string>();

/**
 * Loads a TypeScript module and everything it imports, and runs it. Every function and class in
 * TypeScript is tagged (`tagOf` of `runtime/tags`). While it runs,
 * `globalThis[Symbol.for("glim.compiling")]` is true, and the default random numbers are those of a new
 * process: compiling a file again gives the same weights.
 *
 * @param provided file URLs of modules that imports by these names mean, wherever the model lies
 * @param draws what was drawn for it before, for one that is loaded again and again
 * @throws LoadError whenever the fault is the model's
 */
export function loadModel(
  file: string,
  provided: ProvidedModules = installed,
  draws?: KeptDraws,
): Promise<LoadedModel> {
  return loadProgram(file, provided, { draws });
}

/** The same for a program that is run, and not compiled: it finds no `glim.compiling`. */
export function startProgram(file: string): Promise<LoadedModel> {
  return loadProgram(file, installed, undefined);
}

/** How a program is loaded that is compiled, and not run. */
interface Compiling {
  readonly draws: KeptDraws | undefined;
}

async function loadProgram(
  file: string,
  provided: ProvidedModules,
  compiling: Compiling | undefined,
): Promise<LoadedModel> {
  const model = await findFile(path.resolve(file));
  const graph = await findModuleGraph(model, provided);
  // From before the folder is there until the model's own code runs, a signal must not leave it behind.
  const stop = exitOnSignals();
  const folder = makeFolder([path.dirname(model), os.tmpdir()], stop);
  const removeAtExit = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", removeAtExit);
  try {
    const held = compiling?.draws && new HeldValues();
    const modules = await emitModules(graph, folder, held && `./${CLEAN}`);
    const start = await writeModules(folder, modules);
    beforeModel.set(pathToFileURL(start).href, () => {
      if (!graph.importsLater) removeAtExit();
      // Here, and not only before the modules are read: another model may have run meanwhile.
      if (compiling) startAnew(compiling.draws);
      stop();
      return held?.releases;
    });
    const mapStack = stackMapper(folder, modules);
    const files = [...graph.files.keys()];
    const release = (): void => held?.release();
    const run = () => runModules(start, compiling);
    const { model: exports } = await (held?.run(run) ?? run()).catch((error: unknown) => {
      release();
      const problem = thrownProblem(error, { model, files, provided, mapStack });
      throw new LoadError([problem], { cause: error });
    });
    return { exports, files, sourceOf: (name) => textOf(graph, name), mapStack, release };
  } finally {
    stop();
    process.off("exit", removeAtExit);
    beforeModel.delete(pathToFileURL(path.join(folder, START)).href);
    await rm(folder, { recursive: true, force: true });
  }
}

/** The file itself, behind any links: that is how modules are known. */
async function findFile(model: string): Promise<string> {
  const found = await stat(model).catch(() => undefined);
  if (found?.isFile() !== true) {
    const what = found === undefined ? "there is no such file" : "this is not a file";
    throw new LoadError([fileProblem("unreadable", model, what)]);
  }
  if (isTypeScriptFile(model)) return realpath(model);
  const why = "a model is a TypeScript module: its name ends in .ts, .mts or .tsx";
  throw new LoadError([fileProblem("not-typescript", model, why)]);
}

/**
 * Makes a new folder in the first place that can be written. Beside the model, even a package
 * whose name is computed is found as the model would find it.
 */
function makeFolder(places: readonly string[], stop: () => void): string {
  const failures: unknown[] = [];
  for (const place of places) {
    try {
      return mkdtempSync(path.join(place, ".glim-"));
    } catch (error) {
      failures.push(error);
    }
  }
  stop();
  throw new AggregateError(failures, `no folder can be written: ${places.join(", ")}`);
}

async function writeModules(folder: string, modules: readonly EmittedModule[]): Promise<string> {
  for (const { output, code } of modules) await writeFile(output, code);
  await writeFile(path.join(folder, CLEAN), cleanModule);
  const start = path.join(folder, START);
  const model = path.basename(modules[0]?.output ?? "");
  await writeFile(start, `import "./${CLEAN}"; export * as model from "./${model}";\n`);
  return start;
}

/** The module that is imported to run a model. */
const START = "start.mjs";

/**
 * What happens when Node has read all modules and the model is about to run, by the URL of the module
 * that starts it. Whatever then becomes of the process, nothing is left behind.
 */
const beforeModel = new Map<string, () => Releases | undefined>();
const BEFORE_MODEL = Symbol.for("glim.beforeModel");

const CLEAN = "clean.mjs";
const cleanModule = `export const releases = globalThis[Symbol.for("glim.beforeModel")].get(new URL("${START}", import.meta.url).href)();
`;

/** Gives the program that loads models its own random numbers back, when none of them runs any more. */
let giveBack = (): void => {};

/** The exports are `model`, and not the promise's value itself: one may be called `then`. */
async function runModules(
  start: string,
  compiling: Compiling | undefined,
): Promise<{ readonly model: Readonly<Record<string, unknown>> }> {
  if (compiling) {
    const restore = startAnew(compiling.draws);
    if (running.size === 0) giveBack = restore;
    running.add(start);
  }
  Reflect.set(globalThis, COMPILING, running.size > 0);
  Reflect.set(globalThis, BEFORE_MODEL, beforeModel);
  try {
    return await import(pathToFileURL(start).href);
  } finally {
    running.delete(start);
    if (compiling && running.size === 0) giveBack();
    Reflect.set(globalThis, COMPILING, running.size > 0);
  }
}

function textOf(graph: ModuleGraph, file: string): string {
  const source = graph.files.get(file);
  if (source === undefined) throw new RangeError(`${file} is not part of the loaded model`);
  return source.text;
}
