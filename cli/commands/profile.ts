/** `glim profile FILE`: where the time of an entry point goes, kernel by kernel. */

import type { Command } from "commander";
import type { KernelDescription } from "../../compiler/package/describe-kernels.ts";
import type { EntrySignature, ModuleSignature } from "../../compiler/package/signature.ts";
import type { Profile } from "../profile/kernel-rates.ts";
import type { TimedRun } from "../profile/time-kernels.ts";
import { Misuse } from "../terminal/failure.ts";
import { runCommand } from "../terminal/run-command.ts";
import { shownPath } from "../terminal/shown-path.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Done, isTypeScript, jsonOption, wholeNumber } from "./command.ts";
import { addInputOptions, inputsOf, type MeasuredInputs } from "./entry-inputs.ts";

interface ProfileOptions extends MeasuredInputs {
  readonly entry?: string;
  readonly weights?: string;
  readonly seconds: number;
  readonly top: number;
  readonly svg?: string;
  readonly trace?: string;
  readonly json?: boolean;
}

export function addProfile(program: Command, done: Done): void {
  const command = program
    .command("profile")
    .description("say where the time of an entry point goes, kernel by kernel")
    .argument("<file>", "a TypeScript file, or a .wasm file of glim compile --profile")
    .option("--entry <name>", "the entry point, where there are several");
  addInputOptions(command)
    .option("--weights <file>", "the weights of a module that was compiled without")
    .option("--seconds <count>", "how long to measure", wholeNumber, 2)
    .option("--top <count>", "how many kernels to print", wholeNumber, 20)
    .option("--svg <file>", "write a flame graph")
    .option("--trace <file>", "write a trace of one run for chrome://tracing or Perfetto")
    .option(...jsonOption)
    .action(async (file: string, options: ProfileOptions) =>
      done(await runCommand(options.json ?? false, (t) => profile(file, options, t))),
    );
}

async function profile(file: string, options: ProfileOptions, terminal: Terminal): Promise<void> {
  const { selectEntry } = await import("../artefact/entry-arguments.ts");
  const { profileOf } = await import("../profile/kernel-rates.ts");
  const { measureCeilings } = await import("../profile/measure-ceilings.ts");
  const { printProfile } = await import("../profile/print-profile.ts");
  terminal.progress(`compiling ${file}`);
  const { module, signature, kernels } = await openTimed(file, options);
  const entry = selectEntry(signature, options.entry, file);
  terminal.progress(`measuring ${entry.name}`);
  const ceilings = await measureCeilings();
  const { sizes, runs } = await timedRuns(file, { module, signature, kernels }, entry, options);
  const about = profileOf({ entry: entry.name, sizes, kernels, runs, ceilings });
  const written = await writeDrawings(options, about, kernels, runs);
  terminal.print([printProfile(shownPath(file), about, options.top), ...written].join("\n"));
  terminal.printJson({ ok: true, ...about });
}

interface Timed {
  readonly module: WebAssembly.Module;
  readonly signature: ModuleSignature;
  readonly kernels: readonly KernelDescription[];
}

async function openTimed(file: string, { entry }: ProfileOptions): Promise<Timed> {
  const { isTimed } = await import("../profile/time-kernels.ts");
  const { readKernels } = await import("../../compiler/package/describe-kernels.ts");
  if (isTypeScript(file)) {
    const { compileFile } = await import("../compiler.ts");
    const entries = entry === undefined ? [] : [entry];
    const { wasm, signature } = await compileFile(file, { entries, timed: true });
    const module = await WebAssembly.compile(Uint8Array.from(wasm));
    return { module, signature, kernels: readKernels(module) ?? [] };
  }
  const { openArtefact } = await import("../artefact/open-artefact.ts");
  const { module, signature } = await openArtefact(file);
  const kernels = readKernels(module);
  if (kernels === undefined || !isTimed(module)) {
    throw new Misuse(
      `${shownPath(file)} has no clocks: give its TypeScript file, or compile it with --profile`,
    );
  }
  return { module, signature, kernels };
}

async function timedRuns(
  file: string,
  { module, signature }: Timed,
  entry: EntrySignature,
  options: ProfileOptions,
): Promise<{ readonly sizes: ReadonlyMap<string, number>; readonly runs: readonly TimedRun[] }> {
  const { readWeights } = await import("../artefact/read-weights.ts");
  const { TimedModel, timeRuns } = await import("../profile/time-kernels.ts");
  const { args, sizes } = await inputsOf(entry, options);
  const weights = signature.external && (await readWeights(file, options.weights));
  const model = new TimedModel(module, weights);
  const patience = { milliseconds: 1000 * options.seconds, runs: 2000 };
  const runs = timeRuns(() => model.run(entry.name, args), patience);
  return { sizes, runs };
}

/** Writes what was asked for, and says so. */
async function writeDrawings(
  { svg, trace }: ProfileOptions,
  about: Profile,
  kernels: readonly KernelDescription[],
  runs: readonly TimedRun[],
): Promise<readonly string[]> {
  const { chromeTrace } = await import("../profile/chrome-trace.ts");
  const { flameGraph } = await import("../profile/flame-graph.ts");
  const { writeTogether } = await import("../terminal/write-together.ts");
  const files = new Map<string, string>();
  if (svg !== undefined) files.set(svg, flameGraph(about));
  if (trace !== undefined) {
    files.set(trace, `${JSON.stringify(chromeTrace(about.entry, kernels, runs.at(-1)!))}\n`);
  }
  writeTogether(files);
  return [...files.keys()].map((name) => `wrote ${name}`);
}
