/** `glim start FILE`: runs a TypeScript program whose functions `compile` can compile while it runs. */

import path from "node:path";
import type { Command } from "commander";
import { Failure } from "../terminal/failure.ts";
import { runCommand } from "../terminal/run-command.ts";
import { shownPath } from "../terminal/shown-path.ts";
import type { Done } from "./command.ts";

export function addStart(program: Command, done: Done): void {
  program
    .command("start")
    .description("run a TypeScript program, in which `compile(f)` compiles functions")
    .argument("<file>", "a TypeScript file")
    .argument("[arguments...]", "what the program finds in process.argv")
    .passThroughOptions()
    .action(async (file: string, args: readonly string[]) =>
      done(await runCommand(false, () => start(file, args))),
    );
}

async function start(file: string, args: readonly string[]): Promise<void> {
  const { startProgram } = await import("../loader/load-model.ts");
  const { loadDiagnostics } = await import("../model/load-diagnostics.ts");
  const { LoadError } = await import("../loader/load-error.ts");
  process.argv.splice(1, process.argv.length, path.resolve(file), ...args);
  try {
    await startProgram(file);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    // What `compile` has to say comes with its own places.
    if (error.cause instanceof Failure) throw error.cause;
    throw new Failure(loadDiagnostics(error, shownPath));
  }
}
