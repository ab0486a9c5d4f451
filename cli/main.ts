#!/usr/bin/env node
/** The process of the command line: `glim`. What it does is in command-line.ts. */

import { runCommandLine } from "./command-line.ts";
import { exitCodes, reportError } from "./terminal/run-command.ts";
import { Terminal } from "./terminal/terminal.ts";

/** Ends the process when all is written; what a model left running does not keep it alive. */
async function finish(code: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise((resolve) => stream.write("", resolve));
  }
  process.exit(code);
}

process.on("uncaughtException", (error) =>
  finish(reportError(new Terminal(process.argv.includes("--json")), error)),
);
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // `glim … | head`: nobody reads on.
  process.exit(error.code === "EPIPE" ? exitCodes.done : exitCodes.wrong);
});

await finish(await runCommandLine(process.argv.slice(2)));
