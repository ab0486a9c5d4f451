/** Owns how commands end: their exit codes, and what is said of exceptions that nobody expected. */

import { unexpected } from "../../compiler/diagnostics/catalog/bugs.ts";
import { loadFailed } from "../../compiler/diagnostics/catalog/loading.ts";
import { at, type Message } from "../../compiler/diagnostics/diagnostic.ts";
import { needsDeeperStack, runAgainDeeper } from "./deeper-stack.ts";
import { Failure, Misuse } from "./failure.ts";
import { Terminal } from "./terminal.ts";

export const exitCodes = { done: 0, wrong: 1, misuse: 2 } as const;

/** Runs the body of a command and returns the exit code; nothing is ever thrown. */
export async function runCommand(
  json: boolean,
  body: (terminal: Terminal) => Promise<void>,
): Promise<number> {
  const terminal = new Terminal(json);
  // What a model prints while it is loaded must not stand between the braces.
  if (json) console.log = console.info = console.debug = console.error;
  try {
    await body(terminal);
    return exitCodes.done;
  } catch (error) {
    if (!needsDeeperStack(error)) return reportError(terminal, error);
  }
  terminal.clear();
  try {
    return await runAgainDeeper();
  } catch (error) {
    return reportError(terminal, error);
  }
}

export function reportError(terminal: Terminal, error: unknown): number {
  if (error instanceof Misuse) {
    terminal.reportMisuse(error.message);
    return exitCodes.misuse;
  }
  if (error instanceof Failure) terminal.report(error.diagnostics);
  else terminal.report([at(undefined, messageOf(error))]);
  return exitCodes.wrong;
}

/** Modules of a loaded model lie in such a folder while it runs. */
const inModel = /[\\/]\.glim-[^\\/]+[\\/]/;

function messageOf(error: unknown): Message {
  if (error instanceof Error && inModel.test(error.stack ?? "")) {
    return loadFailed(`${error.name}: ${error.message.split("\n", 1)[0]}`);
  }
  return unexpected(error);
}
