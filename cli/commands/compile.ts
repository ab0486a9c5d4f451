/** `glim compile FILE -o DIR`: writes the artefact, or a package, and says on one screen what it is. */

import path from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CompileFileOptions } from "../compiler.ts";
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
} from "./command.ts";
import { writeC, writeInterpreterInC } from "./compile-to-c.ts";
import { writeModule } from "./compile-to-module.ts";
import { writePackageFile } from "./compile-to-package.ts";
import { isWatchable, keepCompiling } from "./watch-compile.ts";

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
  readonly watch?: boolean;
  readonly stopAtNan?: boolean;
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
    .option(
      "--stop-at-nan",
      "stop calls at the first NaN, with the operator and the line that made it",
    )
    .option("--sources", "put the TypeScript into the package, for those who read it later")
    .option("--watch", "compile again whenever the file, or one that it imports, is saved")
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
    ...(options.stopAtNan ? { stopAtNaN: true } : {}),
    externalWeights: options.externalWeights ?? false,
    inline: options.inline ?? false,
  };
  const { output, emit } = options;
  if (options.watch && isWatchable(emit)) await keepCompiling(file, output, emit, given, terminal);
  terminal.progress(`compiling ${file}`);
  const seconds = (): number => (performance.now() - start) / 1000;
  await writers[emit](file, output, given, seconds, terminal);
}

function checkOptions(options: CompileOptions): void {
  const { emit, inline, externalWeights, profile, sources, watch } = options;
  if (watch && !isWatchable(emit)) {
    throw new Misuse("--watch is for --emit wasm and --emit glim");
  }
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
