/** Owns the wording and placing of what esbuild finds wrong with the files of a model. */
import path from "node:path";
import type { Location, Message } from "esbuild";
import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import type { LoadProblem } from "./load-error.ts";
import { nestedText } from "./nested-too-deeply.ts";

/** One problem for each message of esbuild; for a malformed file, all that TypeScript says of it. */
export function buildProblems(
  messages: readonly Message[],
  model: string,
  files: ReadonlyMap<string, ts.SourceFile>,
): readonly LoadProblem[] {
  const malformed = new Set<string>();
  return messages.flatMap(({ location, text }) => {
    const file = location === null ? model : path.resolve(path.dirname(model), location.file);
    if (malformed.has(file)) return [];
    const source = files.get(file);
    const isCode = source !== undefined && !file.endsWith(".json");
    const errors = isCode && text !== nestedText ? syntaxProblems(file, source.text) : [];
    if (errors.length > 0) {
      malformed.add(file);
      return errors;
    }
    return [
      {
        failure: text === nestedText ? "nested" : isCode ? "import" : "syntax",
        message: text.split("\n", 1)[0] ?? "",
        file,
        line: location?.line,
        column: location === null ? undefined : columnOf(location),
      },
    ];
  });
}

/** esbuild counts bytes from 0; an editor counts UTF-16 units from 1. */
function columnOf(place: Location): number {
  return 1 + Buffer.from(place.lineText).subarray(0, place.column).toString().length;
}

/** TypeScript words errors of syntax for those who write it. */
function syntaxProblems(file: string, code: string): readonly LoadProblem[] {
  const { diagnostics } = tsc.transpileModule(code, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: {
      target: tsc.ScriptTarget.ESNext,
      module: tsc.ModuleKind.ESNext,
      allowJs: true,
    },
  });
  return (diagnostics ?? []).map((diagnostic) => {
    const message = tsc.flattenDiagnosticMessageText(diagnostic.messageText, " ");
    const at = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
    const [line, column] = at === undefined ? [] : [at.line + 1, at.character + 1];
    return { failure: "syntax", message, file, line, column };
  });
}
