/** How a command ends when it cannot do what was asked. */

import { at, type Diagnostic, type Message } from "../../compiler/diagnostics/diagnostic.ts";

/** Something is wrong with a file: exit code 1. All that was found, at least one. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0]?.message ?? "");
    this.diagnostics = diagnostics;
  }
}

/** The command was not called as it can be: exit code 2. */
export class Misuse extends Error {
  override readonly name = "Misuse";
}

/** Ends the command with messages that belong to no place in a source. */
export function fail(...messages: readonly Message[]): never {
  throw new Failure(messages.map((message) => at(undefined, message)));
}
