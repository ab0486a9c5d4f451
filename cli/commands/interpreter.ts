/** `glim interpreter`: writes the interpreter, whole or with only what some packages need. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import type { InterpreterTable } from "../../compiler/wasm/trim-interpreter.ts";
import { runCommand } from "../terminal/run-command.ts";
import { shownPath } from "../terminal/shown-path.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Done, jsonOption } from "./command.ts";

interface InterpreterOptions {
  readonly output: string;
  readonly opsFrom?: readonly string[];
  readonly json?: boolean;
}

export function addInterpreter(program: Command, done: Done): void {
  program
    .command("interpreter")
    .description("write the interpreter of packages, for hosts that load it themselves")
    .option("-o, --output <file>", "the file to write", "interpreter.wasm")
    .option("--ops-from <package...>", "leave out what none of these .glim files needs")
    .option(...jsonOption)
    .action(async (options: InterpreterOptions) =>
      done(await runCommand(options.json ?? false, (t) => write(options, t))),
    );
}

async function write(options: InterpreterOptions, terminal: Terminal): Promise<void> {
  const { writeTogether } = await import("../terminal/write-together.ts");
  const bytes = await interpreterFor(options.opsFrom ?? []);
  const output = path.resolve(options.output);
  writeTogether(new Map([[output, bytes]]));
  terminal.print(`${shownPath(output)}: ${bytes.length.toLocaleString("en-US")} bytes`);
  terminal.printJson({ ok: true, file: output, bytes: bytes.length });
}

const built = (file: string): string =>
  fileURLToPath(new URL(`../../runtime/interpreter/${file}`, import.meta.url));

/** The whole interpreter, or what these packages need of it. */
export async function interpreterFor(packages: readonly string[]): Promise<Uint8Array> {
  if (packages.length === 0) return new Uint8Array(await readFile(built("interpreter.wasm")));
  const { openPackage } = await import("../artefact/open-package.ts");
  const { interpreterNeeds } = await import("../artefact/interpreter-needs.ts");
  const { trimInterpreter } = await import("../../compiler/wasm/trim-interpreter.ts");
  const opened = await Promise.all(packages.map((file) => openPackage(file)));
  const table: InterpreterTable = JSON.parse(
    await readFile(built("interpreter-table.json"), "utf8"),
  );
  const parts = new Uint8Array(await readFile(built("interpreter-parts.wasm")));
  return trimInterpreter(parts, table, interpreterNeeds(opened.map((p) => p.file.program)));
}
