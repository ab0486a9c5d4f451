/** The commands as one program: they are in commands/, one file each. */

import { Command, CommanderError } from "commander";
import { addCheck } from "./commands/check.ts";
import { addCompile } from "./commands/compile.ts";
import { addDiff } from "./commands/diff.ts";
import { addDump } from "./commands/dump.ts";
import { addExplain } from "./commands/explain.ts";
import { addInit } from "./commands/init.ts";
import { addInspect } from "./commands/inspect.ts";
import { addInterpreter } from "./commands/interpreter.ts";
import { addLsp } from "./commands/lsp.ts";
import { addPlot } from "./commands/plot.ts";
import { addProfile } from "./commands/profile.ts";
import { addRun } from "./commands/run.ts";
import { addStart } from "./commands/start.ts";
import { addTune } from "./commands/tune.ts";
import { exitCodes, reportError } from "./terminal/run-command.ts";
import { Terminal } from "./terminal/terminal.ts";
import { installedVersion } from "./terminal/version.ts";

/** Runs one command in this process; gives its exit code, and throws nothing. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const isJson = args.includes("--json");
  const program = new Command("glim")
    .description("Compiles tensor programs written in TypeScript to small WebAssembly modules.")
    .version(installedVersion(), "--version")
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: () => {} });

  let exitCode: number = exitCodes.done;
  for (const add of [
    addInit,
    addCheck,
    addCompile,
    addRun,
    addStart,
    addDiff,
    addInspect,
    addInterpreter,
    addProfile,
    addTune,
    addDump,
    addPlot,
    addExplain,
    addLsp,
  ]) {
    add(program, (code) => {
      exitCode = code;
    });
  }

  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) exitCode = reportError(new Terminal(isJson), error);
    else if (error.exitCode === 0) exitCode = exitCodes.done;
    else {
      const text = error.message.replace(/^error: /, "").replaceAll("\n", " ");
      if (error.code !== "commander.help") new Terminal(isJson).reportMisuse(text);
      exitCode = exitCodes.misuse;
    }
  }
  return exitCode;
}
