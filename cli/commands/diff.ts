/** `glim diff A B`: which weights and results of two artefacts differ, in bits. */

import type { Command } from "commander";
import type { Difference } from "../artefact/differences.ts";
import { runCommand } from "../terminal/run-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Done, isTypeScript, jsonOption } from "./command.ts";

export function addDiff(program: Command, done: Done): void {
  program
    .command("diff")
    .description(
      "compare two artefacts: weights by name, and results for the same made-up inputs; of TypeScript files, the first value that differs, too",
    )
    .argument("<a>", "a .glim or .wasm file that glim compile wrote, or a TypeScript file")
    .argument("<b>", "another one")
    .option(...jsonOption)
    .action(async (a: string, b: string, { json = false }: { json?: boolean }) =>
      done(await runCommand(json, (t) => diff(a, b, t))),
    );
}

async function diff(a: string, b: string, terminal: Terminal): Promise<void> {
  const { differencesOf, openCompared, openSource } = await import("../artefact/differences.ts");
  const open = (file: string) => (isTypeScript(file) ? openSource(file) : openCompared(file));
  const all = await differencesOf(await open(a), await open(b));
  const differences = all.filter((d) => d.how !== "same");
  const isSame = differences.every((d) => d.how === "not compared");
  terminal.printJson({ ok: true, same: isSame, compared: all.length, differences });
  const lines = differences.map(spell);
  terminal.print([...lines, spellSum(all, differences)].join("\n"));
}

function spell({ what, name, how, count, of, first, most, why, at }: Difference): string {
  const subject = `${what} ${name}${at === undefined ? "" : ` at ${at.join(" and ")}`}`;
  if (count === undefined) return `${subject}: ${how}${why === undefined ? "" : ` (${why})`}`;
  return `${subject}: ${count} of ${of} elements differ, first number ${first}, by ${most} at most`;
}

function spellSum(all: readonly Difference[], differences: readonly Difference[]): string {
  const same = (what: Difference["what"]): number =>
    all.filter((d) => d.what === what && d.how === "same").length;
  const start = differences.length === 0 ? "all alike" : "else alike";
  return `${start}: ${same("weight")} weights, ${same("result")} results`;
}
