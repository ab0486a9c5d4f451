/** `glim inspect ARTEFACT`: what a compiled module takes, gives, weighs and needs. */

import { type Command, InvalidArgumentError } from "commander";
import { runCommand } from "../terminal/run-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { collectPairs, type Done, jsonOption, noPairs } from "./command.ts";

interface InspectOptions {
  readonly size: ReadonlyMap<string, string>;
  readonly json?: boolean;
}

export function addInspect(program: Command, done: Done): void {
  program
    .command("inspect")
    .description(
      "describe a compiled module or a package: entry points, sizes, bytes, memory, kernels",
    )
    .argument("<artefact>", "a .wasm or .glim file that glim compile wrote")
    .option(
      "--size <name=size>",
      "a named size to tell the memory for, as in B=64 (may be repeated)",
      collectSizes,
      noPairs,
    )
    .option(...jsonOption)
    .action(async (file: string, options: InspectOptions) =>
      done(await runCommand(options.json ?? false, (t) => inspect(file, options, t))),
    );
}

function collectSizes(
  text: string,
  earlier: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  if (!/=\d+$/.test(text)) throw new InvalidArgumentError("It is written NAME=SIZE, as in B=64.");
  return collectPairs(text, earlier);
}

async function inspect(file: string, options: InspectOptions, terminal: Terminal): Promise<void> {
  const { isPackage, openPackage } = await import("../artefact/open-package.ts");
  if (isPackage(file)) {
    const { inspectPackage, printPackage } = await import("../artefact/package-inspection.ts");
    const about = inspectPackage(await openPackage(file));
    terminal.print(printPackage(file, about));
    terminal.printJson({ ok: true, ...about });
    return;
  }
  const { openArtefact } = await import("../artefact/open-artefact.ts");
  const { inspectionOf, printInspection } = await import("../artefact/inspection.ts");
  const given = new Map([...options.size].map(([name, n]) => [name, Number(n)]));
  const inspection = inspectionOf(await openArtefact(file), given);
  terminal.print(printInspection(file, inspection));
  terminal.printJson({ ok: true, ...inspection });
}
