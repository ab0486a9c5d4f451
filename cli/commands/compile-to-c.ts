/** `glim compile FILE --emit c -o DIR`, or `--emit c-interpreter`: writes C, and says on one screen what it is. */

import path from "node:path";
import type { CompiledToC } from "../c/compile-to-c.ts";
import type { CompileFileOptions } from "../compiler.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { spellLeftOut } from "./command.ts";

type Write = (
  source: string,
  output: string,
  options: CompileFileOptions,
  seconds: () => number,
  terminal: Terminal,
) => Promise<void>;

export const writeC: Write = async (source, output, options, seconds, terminal) => {
  const { compileToC } = await import("../c/compile-to-c.ts");
  await writeFiles(source, output, await compileToC(source, options), seconds, terminal);
};

export const writeInterpreterInC: Write = async (source, output, options, seconds, terminal) => {
  const { packageToC } = await import("../c/compile-to-c.ts");
  await writeFiles(source, output, await packageToC(source, options), seconds, terminal);
};

async function writeFiles(
  source: string,
  output: string,
  { signature, leftOut, files, name }: CompiledToC,
  seconds: () => number,
  terminal: Terminal,
): Promise<void> {
  const { writeTogether } = await import("../terminal/write-together.ts");
  const { bytesOf, measureText, spellEntry, spellTable } = await import(
    "../artefact/describe-artefact.ts"
  );
  const placed = [...files].map(([file, content]) => [path.join(output, file), content] as const);
  writeTogether(new Map(placed));
  terminal.printJson({
    ok: true,
    files: placed.map(([file]) => file),
    entries: signature.entries,
    leftOut,
    state: signature.state,
    seconds: seconds(),
  });
  const own = placed.filter((_, i) => ![...files.keys()][i]!.startsWith("glim/"));
  const lines = [
    `${source} compiled in ${seconds().toFixed(1)} s`,
    "",
    ...signature.entries.map(spellEntry),
    ...spellLeftOut(leftOut),
    "",
    ...spellTable(
      own.map(([file, content]) => [
        file,
        typeof content === "string" ? measureText(content) : bytesOf(content),
      ]),
    ),
    "",
    `\`make -C ${output}\` builds lib${name}.a.`,
  ];
  terminal.print(lines.join("\n"));
}
