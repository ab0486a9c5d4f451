/**
 * Compiles a model file to C: the module that `glim compile` makes, or the interpreter with a package, translated, with
 * the runtime of runtime/c and a Makefile.
 */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ModuleSignature } from "../../compiler/package/signature.ts";
import { type CompileFileOptions, compileFile } from "../compiler.ts";
import { cName, translate } from "./translate.ts";
import { writeContainer, writeHeader, writeMakefile } from "./write-build.ts";
import { writeModule } from "./write-module.ts";

export interface CompiledToC {
  readonly name: string;
  readonly signature: ModuleSignature;
  /** Entry points that were left out, because they write parameters. */
  readonly leftOut: readonly string[];
  /** What is to be written, by names with slashes. */
  readonly files: ReadonlyMap<string, Uint8Array | string>;
}

const runtime = fileURLToPath(new URL("../../../runtime/c/", import.meta.url));
/** Of the runtime, what the interpreter takes. */
const interpreterFiles: readonly string[] = ["glim-interpreter.h", "glim-package.c"];

/** The runtime's files, in the folder `glim`. */
const runtimeFiles = (isInterpreter: boolean): (readonly [string, string])[] =>
  readdirSync(runtime)
    .filter((file) => isInterpreter || !interpreterFiles.includes(file))
    .sort()
    .map((file) => [`glim/${file}`, readFileSync(`${runtime}${file}`, "utf8")]);

const sourcesIn = (files: readonly (readonly [string, unknown])[]): readonly string[] =>
  files.map(([file]) => file).filter((file) => /\.[cS]$/.test(file));

/**
 * Compiles the entry points of a model file to C. The file is loaded, which runs it. With
 * `externalWeights` the program does not contain the weights: hosts give them to `glim_open`.
 *
 * @throws CompileFailure
 */
export async function compileToC(
  file: string,
  options: CompileFileOptions = {},
): Promise<CompiledToC> {
  const made = await compileFile(file, { ...options, externalWeights: true, inline: false });
  const { name, signature, leftOut, wasm } = made;
  const stem = cName(name);
  const hasWeights = (signature.external?.tensors.length ?? 0) > 0;
  const isWhole = hasWeights && !options.externalWeights;
  const weights = `${name}.safetensors`;
  const text = writeModule({ name, stem, signature, translation: translate(wasm, stem), isWhole });
  const files: (readonly [string, Uint8Array | string])[] = [
    [`${name}.c`, text],
    [
      `${name}.h`,
      writeHeader(name, signature.entries, [`extern const glim_module ${stem}_module;`]),
    ],
    ...(isWhole ? [[`${name}-data.S`, writeContainer(`${stem}_weights`, weights)] as const] : []),
    ...(hasWeights && made.weights ? [[weights, made.weights] as const] : []),
    ...runtimeFiles(false),
  ];
  const contained = isWhole ? [weights] : [];
  const makefile = writeMakefile({ name, sources: sourcesIn(files), contained });
  return { name, signature, leftOut, files: new Map([...files, ["Makefile", makefile]]) };
}
