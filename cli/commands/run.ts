/** `glim run ARTEFACT --input NAME=FILE…`: runs an entry point of a compiled module or a package on files. */

import type { Command } from "commander";
import type { ModuleSignature } from "../../compiler/package/signature.ts";
import type { Model, Result } from "../../runtime/load.ts";
import type { GivenInputs } from "../artefact/entry-arguments.ts";
import { fail } from "../terminal/failure.ts";
import { runCommand } from "../terminal/run-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { collectPairs, type Done, jsonOption, noPairs } from "./command.ts";

interface RunOptions extends GivenInputs {
  readonly entry?: string;
  readonly weights?: string;
  readonly output?: string;
  readonly json?: boolean;
}

export function addRun(program: Command, done: Done): void {
  program
    .command("run")
    .description("run an entry point of a compiled module or a package on files")
    .argument("<artefact>", "a .wasm or .glim file that glim compile wrote")
    .option("--entry <name>", "the entry point, where there are several")
    .option(
      "--weights <file>",
      "the weights of a module that was compiled without (default: NAME.safetensors beside it)",
    )
    .option(
      "--input <name=file>",
      "a tensor, from .npy, .json, .safetensors, idx or raw bytes, each also as .gz (may be repeated)",
      collectPairs,
      noPairs,
    )
    .option("--set <name=value>", "a number or boolean (may be repeated)", collectPairs, noPairs)
    .option(
      "--shape <name=sizes>",
      "the shape of an input, as in images=64,784 (may be repeated)",
      collectPairs,
      noPairs,
    )
    .option(
      "--dtype <name=dtype>",
      "how the elements of a raw file are stored (default: as the entry point takes them)",
      collectPairs,
      noPairs,
    )
    .option("--output <file>", "write the result to a .npy, .json, .safetensors or raw file")
    .option(...jsonOption)
    .action(async (file: string, options: RunOptions) =>
      done(await runCommand(options.json ?? false, (t) => run(file, options, t))),
    );
}

async function run(file: string, options: RunOptions, terminal: Terminal): Promise<void> {
  const { readArguments, selectEntry } = await import("../artefact/entry-arguments.ts");
  const { signature, load } = await openEither(file, options);
  const entry = selectEntry(signature, options.entry, file);
  const args = await readArguments(entry, options);
  terminal.progress(`running ${entry.name}`);
  const { result, seconds } = await call(load, entry.name, args);
  const { fileOf, leavesOf, printLeaves, toJson } = await import("../artefact/result-leaves.ts");
  const { output } = options;
  if (output === undefined) {
    terminal.print(printLeaves(leavesOf(entry, result)));
    terminal.printJson({ ok: true, entry: entry.name, seconds, result: toJson(entry, result) });
    return;
  }
  const { writeTogether } = await import("../terminal/write-together.ts");
  writeTogether(new Map([[output, fileOf(output, entry, result)]]));
  terminal.print(`${output}: the result of ${entry.name}, computed in ${seconds.toFixed(3)} s`);
  terminal.printJson({ ok: true, entry: entry.name, seconds, output });
}

/** A compiled module or a package: what it takes, and how it is made ready. */
async function openEither(
  file: string,
  options: RunOptions,
): Promise<{ readonly signature: ModuleSignature; readonly load: () => Model }> {
  const { isPackage, openPackage, orFail } = await import("../artefact/open-package.ts");
  if (isPackage(file)) {
    const { loadInterpreter, openSync } = await import("../../runtime/package/open.ts");
    const { bytes, signature } = await openPackage(file);
    const interpreter = await loadInterpreter();
    return { signature, load: () => orFail(file, () => openSync(bytes, interpreter)) };
  }
  const { openArtefact } = await import("../artefact/open-artefact.ts");
  const { readWeights } = await import("../artefact/read-weights.ts");
  const { loadSync } = await import("../../runtime/load.ts");
  const { module, signature } = await openArtefact(file);
  const weights = signature.external && (await readWeights(file, options.weights));
  return { signature, load: () => loadSync(module, weights ? { weights } : {}) };
}

async function call(
  load: () => Model,
  name: string,
  args: readonly unknown[],
): Promise<{ readonly result: Result; readonly seconds: number }> {
  const { GlimError } = await import("../../runtime/load-error.ts");
  const { callFailed } = await import("../../compiler/diagnostics/catalog/running.ts");
  try {
    const model = load();
    const start = performance.now();
    const result = model[name]?.(...args);
    return { result, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    if (!(error instanceof GlimError)) throw error;
    return fail(callFailed(error.code, error.message));
  }
}
