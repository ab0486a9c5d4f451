/** `glim lsp`: the language server for editors, over stdin and stdout. */

import type { Command } from "commander";
import { exitCodes } from "../terminal/run-command.ts";
import type { Done } from "./command.ts";

export function addLsp(program: Command, done: Done): void {
  program
    .command("lsp")
    .description("serve an editor: diagnostics, quick fixes, hovers and inlay hints of shapes")
    .option("--stdio", "as editors ask for it; there is no other way to talk")
    .action(async () => {
      const { serve } = await import("../editor/language-server.ts");
      await serve(process.stdin, process.stdout);
      done(exitCodes.done);
    });
}
