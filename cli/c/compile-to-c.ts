/**
 * Compiles a model file to C: the module that `glim compile` makes, or the interpreter with a package, translated, with
 * the runtime of runtime/c and a Makefile.
 */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type CompiledFile,
  type CompileFileOptions,
  compileFile,
  packageFile,
} from "../compiler.ts";
import { cComment } from "./c-text.ts";
import { cName, type Translation, translate } from "./translate.ts";
import { type Contained, writeContainer, writeHeader, writeMakefile } from "./write-build.ts";
import { writeModule } from "./write-module.ts";

type Files = ReadonlyMap<string, Uint8Array | string>;

export interface CompiledToC extends Pick<CompiledFile, "name" | "signature" | "leftOut"> {
  /** What is to be written, by names with slashes. */
  readonly files: Files;
}

const dist = new URL("../../", import.meta.url);
const runtime = fileURLToPath(new URL("../runtime/c/", dist));
const interpreter = fileURLToPath(new URL("runtime/interpreter/interpreter.wasm", dist));
/** Of the runtime, what runs packages. */
const interpreterFiles: readonly string[] = ["glim-interpreter.h", "glim-package.c"];

/** The runtime's files, in the folder `glim`. */
const runtimeFiles = (withInterpreter: boolean): Files =>
  new Map(
    readdirSync(runtime)
      .filter((file) => withInterpreter || !interpreterFiles.includes(file))
      .sort()
      .map((file) => [`glim/${file}`, readFileSync(`${runtime}${file}`, "utf8")]),
  );

/** All files, with those that build them. */
function withBuild(name: string, files: Files, contained: readonly Contained[]): Files {
  const all = new Map(files);
  if (contained.length > 0) all.set(`${name}-data.S`, writeContainer(contained));
  const sources = [...all.keys()].filter((file) => /\.[cS]$/.test(file));
  const data = [...new Set(contained.map(({ file }) => file))];
  return all.set("Makefile", writeMakefile({ name, sources, contained: data }));
}

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
  const { name, signature, leftOut } = made;
  return { name, signature, leftOut, files: moduleToC(made, options.externalWeights !== true) };
}

/** A module as C. Weights that lie outside of it become a file, or part of the program where `isWhole`. */
export function moduleToC(
  { name, signature, wasm, weights }: Pick<CompiledFile, "name" | "signature" | "wasm" | "weights">,
  isWhole: boolean,
): Files {
  const stem = cName(name);
  const translation = translate(wasm, stem);
  const hasWeights = (signature.external?.tensors.length ?? 0) > 0;
  const withWeights = hasWeights && isWhole;
  const weightsFile = `${name}.safetensors`;
  const declarations = [`extern const glim_module ${stem}_module;`];
  const { bytes, contained } = joinData(`${name}.data`, translation);
  const module = writeModule({ name, stem, signature, translation, isWhole: withWeights });
  const files = new Map<string, Uint8Array | string>([
    [`${name}.c`, module],
    [`${name}.h`, writeHeader(name, signature.entries, declarations)],
    ...(hasWeights && weights ? [[weightsFile, weights] as const] : []),
    ...(contained.length > 0 ? [[`${name}.data`, bytes] as const] : []),
    ...runtimeFiles(false),
  ]);
  const own = withWeights ? [{ symbol: `${stem}_weights`, file: weightsFile }] : [];
  return withBuild(name, files, [...own, ...contained]);
}

/** The data that a translation leaves out of its code, in one file. */
function joinData(file: string, { data }: Translation) {
  const contained: Contained[] = [];
  let at = 0;
  for (const [symbol, bytes] of data) {
    contained.push({ symbol, file, part: [at, bytes.length] });
    at += bytes.length;
  }
  return { bytes: new Uint8Array(Buffer.concat([...data.values()])), contained };
}

/**
 * The interpreter in C, and a package of the entry points of a model file, which the program contains. The file is
 * loaded, which runs it.
 *
 * @throws CompileFailure
 */
export async function packageToC(
  file: string,
  options: CompileFileOptions = {},
): Promise<CompiledToC> {
  const { name, signature, leftOut, bytes } = await packageFile(file, options);
  const symbol = `${cName(name)}_package`;
  const declarations = [
    '#include "glim-interpreter.h"',
    "",
    "/* What `data` of glim_options is for it, from its first byte to its end. */",
    `extern const unsigned char ${symbol}[], ${symbol}_end[];`,
  ];
  const files = new Map<string, Uint8Array | string>([
    [`${name}.glim`, bytes],
    [`${name}.h`, writeHeader(name, signature.entries, declarations)],
    ...interpreterToC(),
  ]);
  const contained = [{ symbol, file: `${name}.glim` }];
  return { name, signature, leftOut, files: withBuild(name, files, contained) };
}

/** The interpreter and the runtime, in the folder `glim`. */
export function interpreterToC(): Files {
  const { code } = translate(readFileSync(interpreter), "interpreter");
  const about =
    "The interpreter's functions, for glim-package.c. Written by `glim compile`: changes would be lost.";
  return new Map([
    ...runtimeFiles(true),
    ["glim/glim-interpreter-code.h", `${cComment([about])}\n\n${code}`],
  ]);
}
