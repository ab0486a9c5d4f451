/** `glim check FILE…`: TypeScript's errors and Glim's, without compiling and, unless asked, without running. */

import path from "node:path";
import type { Command } from "commander";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { Failure, Misuse } from "../terminal/failure.ts";
import { keepLooking } from "../terminal/keep-looking.ts";
import { reportError, runCommand } from "../terminal/run-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Done, jsonOption } from "./command.ts";

interface CheckOptions {
  readonly run?: boolean;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** What one file came to. */
interface Checked {
  readonly file: string;
  readonly entries: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** Whether nothing was left out because only a run could tell. */
  readonly isComplete: boolean;
  /** Absolute paths of what was read, the file first. */
  readonly files: readonly string[];
}

type CheckFile = (file: string) => Promise<Checked>;

export function addCheck(program: Command, done: Done): void {
  program
    .command("check")
    .description("say what in model files cannot be compiled, and why; the files are not run")
    .argument("<file...>", "TypeScript files that export entry points")
    .option("--run", "run the files, as compiling does: what only a run can tell is checked, too")
    .option("--watch", "check again whenever a file is saved")
    .option(...jsonOption)
    .action(async (files: readonly string[], options: CheckOptions) =>
      done(await runCommand(options.json ?? false, (t) => check(files, options, t))),
    );
}

async function check(
  files: readonly string[],
  { run = false, watch = false }: CheckOptions,
  terminal: Terminal,
): Promise<void> {
  if (watch && run) throw new Misuse("--watch looks at the sources only; leave out --run");
  const checkFile = run ? await runningCheck() : await staticCheck();
  if (watch) await keepChecking(files, checkFile, terminal);
  const checked: Checked[] = [];
  for (const file of files) {
    terminal.progress(`checking ${file}`);
    checked.push(await checkFile(file));
  }
  const found = checked.flatMap((c) => c.diagnostics);
  if (found.length > 0) throw new Failure(found);
  printGood(checked, terminal);
}

function printGood(checked: readonly Checked[], terminal: Terminal): void {
  for (const { file, entries, isComplete } of checked) {
    const what = entries.length === 0 ? "no entry points" : entries.join(", ");
    const rest = isComplete ? "" : "; parts depend on what only a run knows: add --run";
    terminal.print(`${file}: ${what}: no errors${rest}`);
  }
  const files = checked.map(({ file, entries, isComplete }) => ({ file, entries, isComplete }));
  terminal.printJson({ ok: true, files, diagnostics: [] });
}

/** Reports each file now and whenever something that it is made of is saved; with `--json` a line each. */
async function keepChecking(
  files: readonly string[],
  checkFile: CheckFile,
  terminal: Terminal,
): Promise<never> {
  const { importedFiles } = await import("../loader/imported-files.ts");
  return keepLooking(files, async (file) => {
    try {
      const checked = await checkFile(file);
      if (checked.diagnostics.length > 0) terminal.report(checked.diagnostics);
      else printGood([checked], terminal);
      return [...checked.files, ...importedFiles(file)];
    } catch (error) {
      reportError(terminal, error);
      return importedFiles(file);
    }
  });
}

/** Looks at the sources only. */
async function staticCheck(): Promise<CheckFile> {
  const { ModelChecker } = await import("../checker/check-model.ts");
  const { findModelFile } = await import("../checker/find-model-file.ts");
  const checker = new ModelChecker();
  return (file) =>
    orFailure(file, async () => {
      const options = { edited: () => undefined, typeErrors: true };
      return checker.check(await findModelFile(file), options);
    });
}

/** Loads the model, which runs it. */
async function runningCheck(): Promise<CheckFile> {
  const { openProgram } = await import("../model/open-program.ts");
  const { loadedEnvironment } = await import("../environment.ts");
  return (file) =>
    orFailure(file, async () => {
      const program = await openProgram(file, []);
      const { diagnostics } = program.lower(loadedEnvironment());
      const entries = program.entries.map((e) => e.name);
      return { diagnostics, entries, files: [program.file], isComplete: true };
    });
}

async function orFailure(
  file: string,
  work: () => Promise<Omit<Checked, "file">>,
): Promise<Checked> {
  try {
    return { file, ...(await work()) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { diagnostics } = error;
    return { file, entries: [], diagnostics, files: [path.resolve(file)], isComplete: false };
  }
}
