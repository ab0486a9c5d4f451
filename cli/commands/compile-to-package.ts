/** `glim compile FILE --emit glim -o DIR`: writes a package, and says on one screen what it is. */

import { createHash } from "node:crypto";
import path from "node:path";
import type { CompileFileOptions, PackagedFile } from "../compiler.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { spellLeftOut } from "./command.ts";

export async function writePackageFile(
  source: string,
  output: string,
  options: CompileFileOptions,
  seconds: () => number,
  terminal: Terminal,
): Promise<void> {
  const { packageFile } = await import("../compiler.ts");
  const { writeTogether } = await import("../terminal/write-together.ts");
  const made = await packageFile(source, options);
  const file = path.join(output, `${made.name}.glim`);
  writeTogether(new Map([[file, made.bytes]]));
  await describePackage(source, made, file, seconds(), terminal);
}

async function describePackage(
  source: string,
  { bytes, signature, leftOut }: PackagedFile,
  file: string,
  seconds: number,
  terminal: Terminal,
): Promise<void> {
  const { bytesOf, spellEntry, spellTable } = await import("../artefact/describe-artefact.ts");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const { entries, state, weights } = signature;
  const size = { total: bytes.length, weights };
  terminal.printJson({
    ok: true,
    files: { glim: file },
    entries,
    leftOut,
    state,
    bytes: size,
    sha256,
    seconds,
  });
  const lines = [
    `${source} compiled in ${seconds.toFixed(1)} s`,
    "",
    ...entries.map(spellEntry),
    ...spellLeftOut(leftOut),
    "",
    ...spellTable([[file, bytesOf(bytes, bytes.length)]]),
    "",
    `sha256 ${sha256}`,
  ];
  terminal.print(lines.join("\n"));
}
