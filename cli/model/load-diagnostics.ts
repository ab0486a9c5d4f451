/** What is wrong with a model file that cannot be loaded, as diagnostics. */

import * as loading from "../../compiler/diagnostics/catalog/loading.ts";
import { traceDepends } from "../../compiler/diagnostics/catalog/tensors.ts";
import { tooDeep } from "../../compiler/diagnostics/catalog/unsupported.ts";
import { at, type Diagnostic, type Message } from "../../compiler/diagnostics/diagnostic.ts";
import type { Span } from "../../compiler/graph/ir.ts";
import { codes } from "../../runtime/eager/glim-error.ts";
import type { LoadError, LoadProblem } from "../loader/load-error.ts";
import { sourceTexts } from "../terminal/source-text.ts";

/** `nameOf` gives the name by which messages call a file. */
export const loadDiagnostics = (
  error: LoadError,
  nameOf: (file: string) => string,
): readonly Diagnostic[] =>
  error.problems.map((problem) => at(spanOf(problem), messageOf(problem, nameOf)));

function messageOf(
  { failure, file, message, code }: LoadProblem,
  nameOf: (f: string) => string,
): Message {
  switch (failure) {
    case "unreadable":
      return message === "there is no such file"
        ? loading.fileMissing(nameOf(file))
        : loading.bundleFailed(`${nameOf(file)}: ${message}`);
    case "not-typescript":
      return loading.notTypeScript(nameOf(file));
    case "nested":
      return tooDeep();
    case "syntax":
    case "import":
      return loading.bundleFailed(message);
    case "thrown":
      return code === codes.traced
        ? traceDepends(message.replace(/^GlimError: trace: /, ""))
        : loading.loadFailed(message);
  }
}

/** The rest of the word at a problem's line and column; the start of the file where none is known. */
function spanOf({ failure, file, line, column }: LoadProblem): Span | undefined {
  if (failure === "unreadable" || failure === "not-typescript") return undefined;
  const text = sourceTexts()(file);
  if (text === undefined || line === undefined) return undefined;
  const lines = text.split("\n").slice(0, line - 1);
  const place = lines.reduce((sum, l) => sum + l.length + 1, 0) + (column ?? 1) - 1;
  // What is missing is often missing behind the last character.
  const start = Math.min(place, text.length);
  const word = /^[\w$]+/.exec(text.slice(start))?.[0] ?? "";
  return { file, start, end: Math.min(start + Math.max(1, word.length), text.length) };
}
