/** `glim compile FILE -o DIR`: writes the artefact, or a package, and says on one screen what it is. */

import { createHash } from "node:crypto";
import path from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { bytesOf as elementBytes, isDType } from "../../compiler/ops/types.ts";
import type { Bytes, ModuleBytes } from "../artefact/describe-artefact.ts";
import type { CompiledFile, CompileFileOptions, ModuleSignature } from "../compiler.ts";
import { Misuse } from "../terminal/failure.ts";
import { runCommand } from "../terminal/run-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import {
  checkPasses,
  collect,
  type Done,
  jsonOption,
  type Level,
  optimizeOption,
  spellLeftOut,
} from "./command.ts";
import { writeC, writeInterpreterInC } from "./compile-to-c.ts";
import { writePackageFile } from "./compile-to-package.ts";

/** What writes each kind. */
const writers = {
  wasm: writeModule,
  glim: writePackageFile,
  c: writeC,
  "c-interpreter": writeInterpreterInC,
};

interface CompileOptions {
  readonly output: string;
  readonly name?: string;
  readonly weights?: string;
  readonly externalWeights?: boolean;
  readonly inline?: boolean;
  readonly entry: readonly string[];
  readonly emit: keyof typeof writers;
  readonly optimize: Level;
  readonly fusion: boolean;
  readonly skip: readonly string[];
  readonly names?: boolean;
  readonly profile?: boolean;
  readonly train?: boolean;
  readonly sources?: boolean;
  readonly json?: boolean;
}

export function addCompile(program: Command, done: Done): void {
  program
    .command("compile")
    .description("compile a model file to NAME.wasm, NAME.js and NAME.d.ts, or to a package")
    .argument("<file>", "a TypeScript file that exports entry points")
    .requiredOption("-o, --output <dir>", "the folder to write to; it is made if need be")
    .option("--name <name>", "the name of the files (default: the model file's)", parseName)
    .addOption(
      new Option(
        "--emit <kind>",
        "wasm: a module; glim: NAME.glim, a package for the interpreter; c: sources for a C compiler; " +
          "c-interpreter: those of the interpreter, with a package",
      )
        .choices(["wasm", "glim", "c", "c-interpreter"])
        .default("wasm"),
    )
    .option("--weights <file>", "a .safetensors file to use instead of what the model loads")
    .option(
      "--external-weights",
      "keep the weights in NAME.safetensors, to be loaded with NAME.wasm",
    )
    .option("--inline", "put the module into NAME.js instead of NAME.wasm")
    .option("--train", "compile entry points that write parameters, too")
    .option("--sources", "put the TypeScript into the package, for those who read it later")
    .option("--entry <name>", "compile only this entry point (may be repeated)", collect, [])
    .option("--profile", "call a clock around each kernel, for glim profile; same bits, but slower")
    .option("--names", "keep the functions' names in the module, for profilers and glim inspect")
    .addOption(optimizeOption())
    .option("--no-fusion", "make each operator a kernel by itself")
    .option("--skip <pass>", "leave out a pass (may be repeated)", collect, [])
    .option(...jsonOption)
    .action(async (file: string, options: CompileOptions) =>
      done(await runCommand(options.json ?? false, (t) => compile(file, options, t))),
    );
}

function parseName(text: string): string {
  if (!/^[\w.-]*\w[\w.-]*$/.test(text)) {
    throw new InvalidArgumentError("It has letters, digits, dots, dashes and underscores.");
  }
  return text;
}

async function compile(file: string, options: CompileOptions, terminal: Terminal): Promise<void> {
  const start = performance.now();
  const name = options.name ?? path.basename(file).replace(/\.[^.]*$/, "");
  checkOptions(options);
  if (options.emit === "wasm") checkPlace(file, options.output, name);
  terminal.progress(`compiling ${file}`);
  await checkPasses(options.skip);
  const given: CompileFileOptions = {
    name,
    entries: options.entry,
    ...(options.weights === undefined ? {} : { weights: options.weights }),
    optimize: options.optimize,
    fusion: options.fusion,
    skip: options.skip,
    ...(options.names ? { names: true } : {}),
    ...(options.profile ? { timed: true } : {}),
    ...(options.train ? { train: true } : {}),
    ...(options.sources ? { sources: true } : {}),
    externalWeights: options.externalWeights ?? false,
    inline: options.inline ?? false,
  };
  const seconds = (): number => (performance.now() - start) / 1000;
  const write = writers[options.emit];
  await write(file, options.output, given, seconds, terminal);
}

function checkOptions({ emit, inline, externalWeights, profile, sources }: CompileOptions): void {
  if (emit === "glim" && (inline || externalWeights)) {
    throw new Misuse("a package is one file: --inline and --external-weights are for --emit wasm");
  }
  if (emit === "glim" && profile) {
    throw new Misuse("a package has no code to time: --profile is for --emit wasm");
  }
  if (emit !== "glim" && sources) {
    throw new Misuse("only packages carry the TypeScript: --sources is for --emit glim");
  }
  if (emit === "c-interpreter" && externalWeights) {
    throw new Misuse("a package is one file: --external-weights is for --emit wasm and --emit c");
  }
  if (emit.startsWith("c") && (inline || profile)) {
    throw new Misuse("--inline and --profile are about JavaScript: they are for --emit wasm");
  }
}

async function writeModule(
  file: string,
  output: string,
  options: CompileFileOptions,
  seconds: () => number,
  terminal: Terminal,
): Promise<void> {
  const { compileFile } = await import("../compiler.ts");
  const { writeTogether } = await import("../terminal/write-together.ts");
  const compiled = await compileFile(file, options);
  const files = filesOf(compiled, output, options.inline ?? false);
  writeTogether(new Map(Object.values(files).map(({ file, content }) => [file, content])));
  await describe(file, compiled, files, seconds(), terminal);
}

interface OutputFile {
  readonly file: string;
  readonly content: Uint8Array | string;
}

type OutputFiles = { readonly js: OutputFile; readonly declarations: OutputFile } & {
  readonly [kind in "wasm" | "weights"]?: OutputFile;
};

function filesOf(
  { name, wasm, weights, js, declarations }: CompiledFile,
  output: string,
  inline: boolean,
): OutputFiles {
  const at = (ending: string, content: Uint8Array | string): OutputFile => ({
    file: path.join(output, `${name}.${ending}`),
    content,
  });
  return {
    ...(inline ? {} : { wasm: at("wasm", wasm) }),
    ...(weights ? { weights: at("safetensors", weights) } : {}),
    js: at("js", js),
    declarations: at("d.ts", declarations),
  };
}

/** TypeScript reads `import "./model.js"` as `model.ts` where both stand in one folder. */
function checkPlace(file: string, output: string, name: string): void {
  const stem = path.join(path.resolve(output), name);
  const source = path.resolve(file);
  if (path.join(path.dirname(source), path.basename(source).replace(/\.[^.]*$/, "")) !== stem)
    return;
  throw new Misuse(
    `${name}.js would stand beside ${path.basename(file)}, and TypeScript takes one for the other; ` +
      "choose another folder, or another --name",
  );
}

async function describe(
  source: string,
  compiled: CompiledFile,
  files: OutputFiles,
  seconds: number,
  terminal: Terminal,
): Promise<void> {
  const {
    bytesOf,
    measure,
    measureText,
    memoryBytes,
    spellBytes,
    spellEntry,
    spellMemory,
    spellTable,
    typicalSizes,
  } = await import("../artefact/describe-artefact.ts");
  const { wasm, weights, js, signature } = compiled;
  const bytes = { ...measure(wasm), weights: signature.weights, js: measureText(js) };
  const sha256 = createHash("sha256").update(wasm).digest("hex");
  terminal.printJson({
    ok: true,
    files: Object.fromEntries(Object.entries(files).map(([kind, { file }]) => [kind, file])),
    entries: signature.entries.map((e) => ({
      ...e,
      arena: typicalSizes(e).map((at) => ({
        sizes: Object.fromEntries(at),
        bytes: memoryBytes(e, at),
      })),
    })),
    leftOut: compiled.leftOut,
    state: signature.state,
    bytes,
    sha256,
    seconds,
    sameBitsOnEveryHost: signature.bits === "portable",
  });
  const table = spellTable([
    ...(files.wasm ? wasmRows(files.wasm.file, bytes, signature) : []),
    ...(files.weights && weights ? [[files.weights.file, bytesOf(weights)] as const] : []),
    [files.js.file, bytes.js],
    [files.declarations.file, measureText(compiled.declarations)],
  ]);
  const lines = [
    `${source} compiled in ${seconds.toFixed(1)} s`,
    "",
    ...signature.entries.flatMap((e) => [
      spellEntry(e),
      `  arena ${spellMemory(e, typicalSizes(e))}`,
    ]),
    ...spellState(signature, spellBytes),
    ...spellLeftOut(compiled.leftOut),
    "",
    ...table,
    "",
    `sha256 ${sha256}`,
    `same bits on every host: ${signature.bits === "portable" ? "yes" : "no"}`,
  ];
  terminal.print(lines.join("\n"));
}

/** What is kept between calls: of a step that trains, parameters and averages. */
function spellState(
  { state }: ModuleSignature,
  spellBytes: (n: number) => string,
): readonly string[] {
  const bytes = state.reduce((sum, { dtype, shape }) => {
    const each = isDType(dtype) ? elementBytes[dtype] : 1;
    return sum + (shape ?? []).reduce<number>((n, size) => n * Number(size), each);
  }, 0);
  return bytes === 0 ? [] : [`state ${spellBytes(bytes)}, kept between calls`];
}

const wasmRows = (
  file: string,
  bytes: ModuleBytes,
  { weights, external }: ModuleSignature,
): (readonly [string, Bytes])[] => [
  [file, bytes.total],
  ["  code", bytes.withoutData],
  [weights > 0 && external === undefined ? "  weights" : "  data", bytes.data],
];
