/** What programs import from "glim/compiler": compiling model files without the command line. */

import { type Artefact, type Package, packageModule } from "../compiler/compile.ts";
import * as loading from "../compiler/diagnostics/catalog/loading.ts";
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import type { Module } from "../compiler/graph/ir.ts";
import type { Schedules } from "../compiler/lower/fused/schedule-choice.ts";
import type { ModuleSignature } from "../compiler/package/signature.ts";
import type { PipelineOptions, Stage } from "../compiler/pipeline.ts";
import { compilerOptions } from "./compiler-options.ts";
import { loadedEnvironment } from "./environment.ts";
import { needsOf, writeBindings } from "./model/bindings.ts";
import { compileOrFail } from "./model/compile-module.ts";
import { CompileSession } from "./model/compile-session.ts";
import { type OpenProgram, openProgram } from "./model/open-program.ts";
import { programSources } from "./model/program-sources.ts";
import { replaceWeights } from "./model/replace-weights.ts";
import { WeightsWriter } from "./model/write-weights.ts";
import { readSchedules, schedulePath } from "./schedule-file.ts";
import { Failure, fail } from "./terminal/failure.ts";
import { installedVersion } from "./terminal/version.ts";

export { type CompileFunctionOptions, compile } from "./compile-function.ts";
export { type SavePackageOptions, save } from "./save-package.ts";
export type { Diagnostic, ModuleSignature };
/** Thrown for a model that cannot be compiled; its `diagnostics` are all that is wrong with it. */
export { CompileSession, Failure as CompileFailure };

export interface CompileFileOptions extends Partial<PipelineOptions> {
  /** The name of the artefact's files, without an ending. Default: the model file's. */
  readonly name?: string;
  /** The entry points to compile. Default: all. */
  readonly entries?: readonly string[];
  /** A `.safetensors` file whose tensors replace the weights that the model file loads. */
  readonly weights?: string;
  /** Compiles entry points that write parameters, too. Default: only where `entries` names them. */
  readonly train?: boolean;
  /** Puts the weights into a file of their own, `NAME.safetensors`. */
  readonly externalWeights?: boolean;
  /** Puts the module into `NAME.js`, for hosts that cannot load a second file. */
  readonly inline?: boolean;
  /** Writes the names of functions into the module, and what its kernels are, for `glim inspect`. */
  readonly names?: boolean;
  /** Calls a clock of the host around each kernel, for `glim profile`; such a module needs its imports. */
  readonly timed?: boolean;
  /** Puts the TypeScript of the program into the package. */
  readonly sources?: boolean;
  /** Contractions that are scheduled otherwise than the cost model would. Default: those of `glim tune`, from beside the file. */
  readonly schedules?: Schedules;
  /** Called with the graph of the source, then after each pass. */
  readonly watch?: (stage: Stage) => void;
  /** Makes compiling the same file again fast. Default: a new one. */
  readonly session?: CompileSession;
}

export interface CompiledFile extends Artefact {
  readonly name: string;
  /** Absolute paths of the model file and of what it imports, but for packages. */
  readonly files: readonly string[];
  /** The text of `name.js`, which loads `name.wasm` from beside it, or contains it. */
  readonly js: string;
  /** The file `name.safetensors`, if the weights are to lie in one. */
  readonly weights: Uint8Array | undefined;
  /** Entry points that were left out, because they write parameters. */
  readonly leftOut: readonly string[];
}

/**
 * Compiles the entry points of a model file. The file is loaded, which runs it.
 *
 * @throws CompileFailure
 */
export async function compileFile(
  file: string,
  options: CompileFileOptions = {},
): Promise<CompiledFile> {
  const { program, module, leftOut } = await lowerFile(file, options);
  const name = options.name ?? module.name;
  const weights = options.externalWeights ? new WeightsWriter() : undefined;
  const schedules = options.schedules ?? readSchedules(program.file);
  const artefact = await compileOrFail(module, {
    ...compilerOptions(program.file, options),
    ...(schedules ? { schedules } : {}),
    ...(options.session ? { kept: options.session.kept(program.file) } : {}),
    ...(weights ? { externalize: weights.write } : {}),
  });
  const files = [...program.files, ...(schedules ? [schedulePath(program.file)] : [])];
  const js = await writeBindings({
    name,
    version: installedVersion(),
    ...needsOf(artefact),
    length: artefact.wasm.length + (weights?.file.length ?? 0),
    inline: options.inline ? artefact.wasm : undefined,
  });
  return { ...artefact, name, files, js, weights: weights?.file, leftOut };
}

export interface PackagedFile extends Package {
  readonly name: string;
  /** Absolute paths of the model file and of what it imports, but for packages. */
  readonly files: readonly string[];
  /** Entry points that were left out, because they write parameters. */
  readonly leftOut: readonly string[];
}

/**
 * Makes a package of the entry points of a model file, for the interpreter. The file is loaded, which
 * runs it.
 *
 * @throws CompileFailure
 */
export async function packageFile(
  file: string,
  options: CompileFileOptions = {},
): Promise<PackagedFile> {
  const { program, module, leftOut } = await lowerFile(file, options);
  const made = packageModule(module, {
    ...compilerOptions(program.file, options),
    ...(options.sources ? { sourceTexts: programSources(module, program.file) } : {}),
  });
  return { ...made, name: options.name ?? module.name, files: program.files, leftOut };
}

async function lowerFile(
  file: string,
  options: CompileFileOptions,
): Promise<{
  readonly program: OpenProgram;
  readonly module: Module;
  readonly leftOut: readonly string[];
}> {
  const program = await openProgram(file, options.entries ?? [], options.session);
  try {
    checkEntryNames(program);
    const environment = loadedEnvironment();
    if (options.weights !== undefined) await replaceWeights(program, environment, options.weights);
    const train = options.train ?? (options.entries ?? []).length > 0;
    const { module, diagnostics, leftOut } = program.lower(environment, { train });
    if (module === undefined) throw new Failure(diagnostics);
    options.watch?.({ pass: "source", module });
    return { program, module, leftOut };
  } finally {
    program.release();
  }
}

/** Names that a module, or what its bindings give, has for itself. */
const reserved = [
  ...["memory", "glim_error", "glim_selftest", "glim_room", "glim_failure", "state"],
  // `await` takes an object with a `then` for a promise; `__proto__` is no field of an object.
  ...["then", "__proto__"],
];

function checkEntryNames({ entries }: OpenProgram): void {
  const names = entries.map((e) => e.name);
  const taken = new Set([
    ...reserved,
    ...names.flatMap((name) => [`${name}_prepare`, `${name}_in`, `${name}_out`]),
  ]);
  const clashes = names.filter((name) => taken.has(name));
  if (clashes.length > 0) fail(...clashes.map(loading.reservedEntry));
}
