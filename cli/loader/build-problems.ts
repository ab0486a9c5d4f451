/** Owns the wording and placing of what esbuild finds wrong with the files of a model. */
import path from "node:path";
import type { BuildFailure, Location, Message } from "esbuild";
import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { LoadError, type LoadProblem } from "./load-error.ts";
import { nestedText } from "./nested-too-deeply.ts";

interface BuiltModel {
  /** The model file. */
  readonly model: string;
  /** The folder that esbuild names files from. */
  readonly folder: string;
  readonly files: ReadonlyMap<string, ts.SourceFile>;
}

/** What esbuild refused, as a LoadError; any other error as it is. */
export function asLoadError(error: unknown, built: BuiltModel): unknown {
  if (!isBuildFailure(error)) return error;
  const [first, ...others] = buildProblems(error.errors, built);
  return first === undefined ? error : new LoadError([first, ...others], { cause: error });
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

/** One problem for each message of esbuild; for a malformed file, all that TypeScript says of it. */
function buildProblems(
  messages: readonly Message[],
  { model, folder, files }: BuiltModel,
): readonly LoadProblem[] {
  const malformed = new Set<string>();
  return messages.flatMap(({ location, text }) => {
    const file = location === null ? model : path.resolve(folder, location.file);
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
