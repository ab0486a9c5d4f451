/** `glim inspect ARTEFACT`: what a compiled module takes, gives, weighs and needs. */

import type { Command } from "commander";
import { Misuse } from "../terminal/failure.ts";
import { runCommand } from "../terminal/run-command.ts";
import { shownPath } from "../terminal/shown-path.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { collectSizes, type Done, isTypeScript, jsonOption, noPairs } from "./command.ts";

interface InspectOptions {
  readonly size: ReadonlyMap<string, string>;
  readonly kernels?: boolean;
  readonly verify?: boolean;
  readonly json?: boolean;
}

export function addInspect(program: Command, done: Done): void {
  program
    .command("inspect")
    .description(
      "describe a compiled module or a package: entry points, sizes, bytes, memory, kernels",
    )
    .argument(
      "<artefact>",
      "a .wasm or .glim file that glim compile wrote; with --kernels also a TypeScript file",
    )
    .option("--kernels", "say of each kernel how it runs, what it costs and who asked for it")
    .option("--verify", "fail unless the content of a package is that whose hash it states")
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

async function inspect(file: string, options: InspectOptions, terminal: Terminal): Promise<void> {
  if (options.kernels) {
    await inspectKernels(file, terminal);
    return;
  }
  const { isPackage, openPackage } = await import("../artefact/open-package.ts");
  if (isPackage(file)) {
    const { inspectPackage, printPackage } = await import("../artefact/package-inspection.ts");
    const about = await inspectPackage(await openPackage(file, options.verify));
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

async function inspectKernels(file: string, terminal: Terminal): Promise<void> {
  const { readKernels } = await import("../../compiler/package/describe-kernels.ts");
  const { readFunctions, readSections } = await import("../../compiler/wasm/read-sections.ts");
  const { inspectKernels: inspectionOf, printKernels } = await import(
    "../artefact/kernel-inspection.ts"
  );
  const { bytes, module } = await openOrCompile(file, terminal);
  const kernels = readKernels(module);
  if (kernels === undefined) {
    throw new Misuse(
      `${shownPath(file)} does not say what its kernels are: give its TypeScript file, or compile it with --names`,
    );
  }
  const about = inspectionOf(kernels, readFunctions(readSections(bytes)));
  terminal.print(printKernels(file, about));
  terminal.printJson({ ok: true, kernels: about });
}

async function openOrCompile(
  file: string,
  terminal: Terminal,
): Promise<{ readonly bytes: Uint8Array; readonly module: WebAssembly.Module }> {
  const { isPackage } = await import("../artefact/open-package.ts");
  if (isPackage(file)) {
    throw new Misuse(`${shownPath(file)} is a package: its kernels are the interpreter's`);
  }
  if (!isTypeScript(file)) {
    const { openArtefact } = await import("../artefact/open-artefact.ts");
    return openArtefact(file);
  }
  terminal.progress(`compiling ${file}`);
  const { compileFile } = await import("../compiler.ts");
  const { wasm } = await compileFile(file, { names: true });
  return { bytes: wasm, module: await WebAssembly.compile(Uint8Array.from(wasm)) };
}
