/** `glim check FILE…`: TypeScript's errors and Glim's, without compiling. */

import type { Command } from "commander";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { Failure } from "../terminal/failure.ts";
import { runCommand } from "../terminal/run-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Done, jsonOption } from "./command.ts";

export function addCheck(program: Command, done: Done): void {
  program
    .command("check")
    .description("say what in model files cannot be compiled, and why")
    .argument("<file...>", "TypeScript files that export entry points")
    .option(...jsonOption)
    .action(async (files: readonly string[], { json = false }: { readonly json?: boolean }) =>
      done(await runCommand(json, (terminal) => check(files, terminal))),
    );
}

async function check(files: readonly string[], terminal: Terminal): Promise<void> {
  const { openProgram } = await import("../model/open-program.ts");
  const { loadedEnvironment } = await import("../environment.ts");
  const found: Diagnostic[] = [];
  const checked: { readonly file: string; readonly entries: readonly string[] }[] = [];
  for (const file of files) {
    terminal.progress(`checking ${file}`);
    try {
      const program = await openProgram(file, []);
      found.push(...program.lower(loadedEnvironment()).diagnostics);
      checked.push({ file, entries: program.entries.map((e) => e.name) });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      found.push(...error.diagnostics);
    }
  }
  if (found.length > 0) throw new Failure(found);
  for (const { file, entries } of checked)
    terminal.print(`${file}: ${entries.join(", ")}: no errors`);
  terminal.printJson({ ok: true, files: checked, diagnostics: [] });
}
