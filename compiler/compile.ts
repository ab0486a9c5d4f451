/** The compiler's entry: a graph module becomes a WebAssembly module that describes itself, or a package. */

import { encodeProgram } from "./bytecode/encode-program.ts";
import type { Module } from "./graph/ir.ts";
import type { Schedules } from "./lower/fused/schedule-choice.ts";
import { type LoweredModule, lowerModule } from "./lower/lower-module.ts";
import { TooLarge } from "./lower/too-large.ts";
import { writeDeclarations } from "./package/declarations.ts";
import { describeKernels, kernelsSection } from "./package/describe-kernels.ts";
import {
  type ExternalWeight,
  externalWeights,
  type WeightsFile,
  withoutWeights,
} from "./package/external-weights.ts";
import type { ModuleSignature, SourcePlace } from "./package/signature.ts";
import { describeModule, describeProgram, signatureSection, toJson } from "./package/signature.ts";
import { writePackage } from "./package/write-package.ts";
import type { KeptTensors } from "./passes/graph/kept-tensors.ts";
import type { Evaluator } from "./passes/graph/pass.ts";
import type { PipelineOptions, Stage } from "./pipeline.ts";
import { defaultPipeline, packagePasses, runGraphPasses, runLoopPasses } from "./pipeline.ts";
import { emitModule } from "./wasm/emit-module.ts";

export { TooLarge };

export interface CompileOptions extends Partial<PipelineOptions> {
  /** The compiler's version, as the artefact states it. */
  readonly version: string;
  /** The source file, as generated files mention it. */
  readonly source: string;
  /** Folds constants with the kernels of eager mode. */
  readonly evaluator?: Evaluator;
  readonly locate: (span: { file: string; start: number }) => SourcePlace | undefined;
  /** The heap that modules with strings, lists, records or maps link. */
  readonly heap?: Uint8Array;
  /**
   * Takes the weights out of the module: called with them, gives the file in which the host finds them.
   */
  readonly externalize?: (weights: readonly ExternalWeight[]) => WeightsFile;
  /** Whether the JavaScript bindings contain the module. */
  readonly inline?: boolean;
  /** Writes the functions' names into the module, and what its kernels are. */
  readonly names?: boolean;
  /** Calls a clock of the host around each kernel; has names, too. */
  readonly timed?: boolean;
  /** Contractions that are scheduled otherwise than the cost model would; the bits stay the same. */
  readonly schedules?: Schedules;
  readonly watch?: (stage: Stage) => void;
  /** What was computed of the weights when the program was compiled before. */
  readonly kept?: KeptTensors;
}

export interface Artefact {
  readonly wasm: Uint8Array;
  readonly declarations: string;
  readonly signature: ModuleSignature;
  /** The graph after the last pass, and its loops. */
  readonly module: Module;
  readonly lowered: LoweredModule;
}

/** @throws TooLarge where the tensors of an entry fit into no memory */
export async function compileModule(source: Module, options: CompileOptions): Promise<Artefact> {
  const pipeline = { ...defaultPipeline, ...options };
  const { evaluator, kept } = options;
  const begun = kept?.begin(source) ?? source;
  const module = runGraphPasses(begun, pipeline, { evaluator, kept }, options.watch);
  const { timed = false, names = timed, locate, schedules } = options;
  const lowered = lowerModule(module, { timed, ...(schedules ? { schedules } : {}) });
  const loops = { ...lowered, module: runLoopPasses(lowered.module, pipeline) };
  const signature = describeModule({
    module,
    lowered: loops,
    compiler: options.version,
    locate,
    weightsFile: options.externalize?.(externalWeights(module)),
  });
  const emitted = options.externalize ? withoutWeights(loops.module, module) : loops.module;
  const about = {
    module,
    loops: loops.module,
    kernels: lowered.kernels,
    entries: lowered.entries,
    locate,
  };
  const wasm = await emitModule(emitted, {
    names,
    library: options.heap,
    customSections: [
      signatureSection(signature),
      ...(names ? [kernelsSection(describeKernels(about))] : []),
    ],
  });
  return {
    wasm,
    declarations: writeDeclarations(signature, options.source, options.inline ?? false),
    signature,
    module,
    lowered: loops,
  };
}

export interface Package {
  /** The file. */
  readonly bytes: Uint8Array;
  readonly signature: ModuleSignature;
  /** The graph after the last pass. */
  readonly module: Module;
}

export interface PackageOptions extends CompileOptions {
  /** Files that the package carries along, by name. */
  readonly sourceTexts?: ReadonlyMap<string, string>;
  /** SHA-256 in hexadecimal; without it the package states no hash of its content. */
  readonly sha256?: (bytes: Uint8Array) => string;
}

/** A package for the interpreter. Weights stay as they are named in the source, so nothing is folded into them. */
export function packageModule(source: Module, options: PackageOptions): Package {
  let module = source;
  for (const pass of packagePasses({ ...defaultPipeline, ...options })) {
    module = pass.run(module, { evaluator: undefined });
    options.watch?.({ pass: pass.name, module });
  }
  const program = encodeProgram(module, options.locate);
  const signature = describeProgram({
    module,
    entries: module.funcs
      .filter((func) => func.entry)
      .map((func) => ({ func, symbols: program.symbols.get(func) ?? [], memory: [] })),
    sites: program.sites.sites,
    addressOf: () => 0,
    compiler: options.version,
    locate: options.locate,
  });
  const weights = new Set(source.constants.keys());
  const { sourceTexts } = options;
  const bytes = writePackage({
    module,
    program,
    signature: toJson(signature),
    weights,
    sources: sourceTexts,
    sha256: options.sha256,
  });
  return { bytes, signature, module };
}
