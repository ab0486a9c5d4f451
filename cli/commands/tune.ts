/** `glim tune FILE`: finds faster schedules on this machine, and stores them beside the model file. */

import { cpus } from "node:os";
import type { Command } from "commander";
import type { Module } from "../../compiler/graph/ir.ts";
import type { Schedules } from "../../compiler/lower/fused/schedule-choice.ts";
import type { EntrySignature } from "../../compiler/package/signature.ts";
import type { CompiledFile } from "../compiler.ts";
import type { TimedRun } from "../profile/time-kernels.ts";
import type { Tuned } from "../profile/tune-kernels.ts";
import { runCommand } from "../terminal/run-command.ts";
import { shownPath } from "../terminal/shown-path.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Done, jsonOption, wholeNumber } from "./command.ts";
import { addInputOptions, inputsOf, type MeasuredInputs } from "./entry-inputs.ts";

interface TuneOptions extends MeasuredInputs {
  readonly entry?: string;
  readonly seconds: number;
  readonly json?: boolean;
}

export function addTune(program: Command, done: Done): void {
  const command = program
    .command("tune")
    .description("find faster schedules on this machine, and store them beside the model file")
    .argument("<file>", "a TypeScript file")
    .option("--entry <name>", "the entry point, where there are several");
  addInputOptions(command)
    .option("--seconds <count>", "how long to measure each of four times", wholeNumber, 5)
    .option(...jsonOption)
    .action(async (file: string, options: TuneOptions) =>
      done(await runCommand(options.json ?? false, (t) => tune(file, options, t))),
    );
}

async function tune(file: string, options: TuneOptions, terminal: Terminal): Promise<void> {
  const { selectEntry } = await import("../artefact/entry-arguments.ts");
  const { readKernels } = await import("../../compiler/package/describe-kernels.ts");
  const { tuneKernels } = await import("../profile/tune-kernels.ts");
  const { schedulePath, writeSchedules } = await import("../schedule-file.ts");
  const { writeTogether } = await import("../terminal/write-together.ts");
  terminal.progress(`compiling ${file}`);
  const { source, compiled } = await compileOnce(file, options);
  const entry = selectEntry(compiled.signature, options.entry, file);
  const { args } = await inputsOf(entry, options);
  const module = await WebAssembly.compile(Uint8Array.from(compiled.wasm));
  const tuned = await tuneKernels({
    kernels: readKernels(module) ?? [],
    open: (schedules) => openTimed(file, source, entry, args, schedules),
    milliseconds: 1000 * options.seconds,
    progress: (text) => terminal.progress(text),
  });
  const path = schedulePath(file);
  if (tuned.schedules.size > 0) {
    const machine = cpus()[0]?.model.trim() ?? "unknown";
    writeTogether(new Map([[path, writeSchedules(machine, tuned.schedules)]]));
  }
  const written = tuned.schedules.size > 0 ? shownPath(path) : undefined;
  terminal.print(printTuned(shownPath(file), entry.name, tuned, written));
  terminal.printJson({ ok: true, entry: entry.name, ...tuned, schedules: undefined, written });
}

/** The graph of the source, which all schedules have in common, and what the cost model makes of it. */
async function compileOnce(
  file: string,
  { entry }: TuneOptions,
): Promise<{ readonly source: Module; readonly compiled: CompiledFile }> {
  const { compileFile } = await import("../compiler.ts");
  const sources: Module[] = [];
  const compiled = await compileFile(file, {
    entries: entry === undefined ? [] : [entry],
    timed: true,
    schedules: new Map(),
    watch: ({ pass, module }) => {
      if (pass === "source") sources.push(module);
    },
  });
  const [source] = sources;
  if (source === undefined) throw new Error("the graph of the source was not seen");
  return { source, compiled };
}

async function openTimed(
  file: string,
  source: Module,
  entry: EntrySignature,
  args: readonly unknown[],
  schedules: Schedules,
): Promise<() => TimedRun> {
  const { compilerOptions } = await import("../compiler-options.ts");
  const { compileOrFail } = await import("../model/compile-module.ts");
  const { TimedModel } = await import("../profile/time-kernels.ts");
  const { wasm } = await compileOrFail(source, {
    ...compilerOptions(file),
    timed: true,
    schedules,
  });
  const model = new TimedModel(await WebAssembly.compile(Uint8Array.from(wasm)));
  return () => model.run(entry.name, args);
}

function printTuned(
  file: string,
  entry: string,
  { kernels, before, after }: Tuned,
  written: string | undefined,
): string {
  if (written === undefined) return `${file}: ${entry} has no faster schedules on this machine`;
  const saved = ((100 * (before - after)) / before).toFixed(1);
  return [
    `${file}: ${entry} takes ${spell(after)} ms instead of ${spell(before)} ms: ${saved} % less, the same bits`,
    "",
    ...kernels.map(
      ({ key, choice, before: was, after: is }) =>
        `  ${spell(was)} → ${spell(is)} ms  ${key}\n    ${spellChoice(choice)}`,
    ),
    "",
    `wrote ${written}`,
  ].join("\n");
}

const spell = (milliseconds: number): string => milliseconds.toPrecision(3);

const spellChoice = (choice: object): string =>
  Object.entries(choice)
    .map(([name, n]) => `${name} ${n}`)
    .join(", ");
