/** `glim explain [CODE…]`: the pages of the documentation about diagnostics, in the terminal. */

import type { Command } from "commander";
import { closestName } from "../../compiler/ops/closest-name.ts";
import { explainedCodes, pageTitle, readPage } from "../terminal/diagnostic-page.ts";
import { Misuse } from "../terminal/failure.ts";
import { runCommand } from "../terminal/run-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Done, jsonOption } from "./command.ts";

export function addExplain(program: Command, done: Done): void {
  program
    .command("explain")
    .description("say what a diagnostic means, with an example that fails and one that works")
    .argument("[code...]", "codes such as GLIM1101 or 1101; without any, all are listed")
    .option(...jsonOption)
    .action(async (codes: readonly string[], { json = false }: { readonly json?: boolean }) =>
      done(await runCommand(json, async (terminal) => explain(codes, terminal))),
    );
}

function explain(given: readonly string[], terminal: Terminal): void {
  const known = explainedCodes();
  if (given.length === 0) {
    const titles = known.map((code) => ({ code, title: pageTitle(code) }));
    terminal.print(titles.map(({ code, title }) => `${code}  ${title}`).join("\n"));
    terminal.printJson({ ok: true, codes: titles });
    return;
  }
  const pages = given.map((text) => {
    const code = codeOf(text, known);
    return { code, page: readPage(code).trim() };
  });
  terminal.print(pages.map(({ page }) => page).join("\n\n"));
  terminal.printJson({ ok: true, pages });
}

function codeOf(text: string, known: readonly string[]): string {
  const code = /^\d+$/.test(text) ? `GLIM${text}` : text.toUpperCase();
  if (known.includes(code)) return code;
  const meant = closestName(code, known);
  const hint = meant === undefined ? "`glim explain` lists them" : `did you mean ${meant}?`;
  throw new Misuse(`there is no diagnostic ${text}; ${hint}`);
}
