/** `glim compile FILE --emit c -o DIR`: writes C, and says on one screen what it is. */

import path from "node:path";
import type { CompileFileOptions } from "../compiler.ts";
import type { Terminal } from "../terminal/terminal.ts";

export async function writeC(
  source: string,
  output: string,
  options: CompileFileOptions,
  seconds: () => number,
  terminal: Terminal,
): Promise<void> {
  const { compileToC } = await import("../c/compile-to-c.ts");
  const { writeTogether } = await import("../terminal/write-together.ts");
  const { bytesOf, measureText, spellEntry, spellTable } = await import(
    "../artefact/describe-artefact.ts"
  );
  const { signature, leftOut, files, name } = await compileToC(source, options);
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

export const spellLeftOut = (names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [`left out, because it trains (--train keeps it): ${names.join(", ")}`];
