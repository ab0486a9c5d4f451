/** Owns what a command writes: results to stdout, diagnostics and progress to stderr. */

import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { explainHint, reportJson, reportText } from "../../compiler/diagnostics/report.ts";
import { isOnTerminal } from "./deeper-stack.ts";
import { shownPath } from "./shown-path.ts";
import { sourceTexts } from "./source-text.ts";

const clearLine = "\r\u001b[2K";

export class Terminal {
  /** The command was called with `--json`: stdout gets one line of JSON and nothing else. */
  readonly json: boolean;
  #inProgress = false;

  constructor(json: boolean) {
    this.json = json;
  }

  /** What the command is doing; seen only on a terminal, until the next output. */
  progress(text: string): void {
    if (!isOnTerminal()) return;
    process.stderr.write(`${clearLine}${text} …`);
    this.#inProgress = true;
  }

  /** The command's result, for people. */
  print(text: string): void {
    this.clear();
    if (!this.json) process.stdout.write(`${text}\n`);
  }

  /** The command's result, for machines. */
  printJson(value: unknown): void {
    this.clear();
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** Says what is wrong, with the lines of the sources. */
  report(diagnostics: readonly Diagnostic[]): void {
    this.clear();
    const options = { sourceOf: sourceTexts(), nameOf: shownPath };
    if (this.json) {
      this.printJson({ ok: false, diagnostics: reportJson(diagnostics, options) });
      return;
    }
    const color = isOnTerminal() && !process.env.NO_COLOR;
    const frames = reportText(diagnostics, { ...options, color });
    process.stderr.write(`${frames}\n\n${explainHint(diagnostics)}\n`);
  }

  /** Says how the command should have been called. */
  reportMisuse(text: string): void {
    this.clear();
    if (this.json) this.printJson({ ok: false, misuse: text });
    else process.stderr.write(`error: ${text}\n`);
  }

  /** Takes back what was said of progress. */
  clear(): void {
    if (this.#inProgress) process.stderr.write(clearLine);
    this.#inProgress = false;
  }
}
