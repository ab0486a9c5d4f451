/** `glim check FILE…`: TypeScript's errors and Glim's, without compiling and, unless asked, without running. */

import type { Command } from "commander";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { Failure } from "../terminal/failure.ts";
import { runCommand } from "../terminal/run-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Done, jsonOption } from "./command.ts";

interface CheckOptions {
  readonly run?: boolean;
  readonly json?: boolean;
}

/** What one file came to. */
interface Checked {
  readonly file: string;
  readonly entries: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

type CheckFile = (file: string) => Promise<Checked>;

export function addCheck(program: Command, done: Done): void {
  program
    .command("check")
    .description("say what in model files cannot be compiled, and why; the files are not run")
    .argument("<file...>", "TypeScript files that export entry points")
    .option("--run", "run the files, as compiling does: what only a run can tell is checked, too")
    .option(...jsonOption)
    .action(async (files: readonly string[], options: CheckOptions) =>
      done(await runCommand(options.json ?? false, (t) => check(files, options, t))),
    );
}

async function check(
  files: readonly string[],
  { run = false }: CheckOptions,
  terminal: Terminal,
): Promise<void> {
  const checkFile = run ? await runningCheck() : await staticCheck();
  const checked: Checked[] = [];
  for (const file of files) {
    terminal.progress(`checking ${file}`);
    checked.push(await checkFile(file));
  }
  const found = checked.flatMap((c) => c.diagnostics);
  if (found.length > 0) throw new Failure(found);
  for (const { file, entries } of checked) {
    const what = entries.length === 0 ? "no entry points" : entries.join(", ");
    terminal.print(`${file}: ${what}: no errors`);
  }
  const listed = checked.map(({ file, entries }) => ({ file, entries }));
  terminal.printJson({ ok: true, files: listed, diagnostics: [] });
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
      return { diagnostics, entries: program.entries.map((e) => e.name) };
    });
}

async function orFailure(
  file: string,
  work: () => Promise<Omit<Checked, "file">>,
): Promise<Checked> {
  try {
    const { entries, diagnostics } = await work();
    return { file, entries, diagnostics };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { file, entries: [], diagnostics: error.diagnostics };
  }
}
