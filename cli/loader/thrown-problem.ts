/** Owns what is reported of an exception that escapes while a model file runs. */

import { GlimError } from "../../runtime/eager/glim-error.ts";
import type { LoadProblem } from "./load-error.ts";
import type { StackMapper } from "./map-stack.ts";
import type { ProvidedModules } from "./module-graph.ts";

export interface ModelContext {
  readonly model: string;
  readonly files: readonly string[];
  readonly provided: ProvidedModules;
  readonly mapStack: StackMapper;
}

/** Describes what was thrown. The stack of an error is rewritten to speak of the model's files. */
export function thrownProblem(thrown: unknown, context: ModelContext): LoadProblem {
  const { model, files, mapStack } = context;
  if (!(thrown instanceof Error)) {
    const message = `the module threw ${firstLine(String(thrown))}`;
    return { failure: "thrown", message, file: model, line: undefined, column: undefined };
  }
  const stack = mapStack(thrown.stack ?? "");
  Reflect.set(thrown, "stack", stack);
  const place = placeIn(stack, files) ?? { file: model, line: undefined, column: undefined };
  const missing = missingImport(thrown, context.provided);
  if (missing !== undefined) return { failure: "import", message: missing, ...place };
  const message = `${thrown.name}: ${firstLine(thrown.message)}`;
  if (!(thrown instanceof GlimError)) return { failure: "thrown", message, ...place };
  return { failure: "thrown", message, ...place, code: thrown.code };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** Node says of imports that fail as a module is linked, in its own words. */
function missingImport(error: Error, provided: ProvidedModules): string | undefined {
  const link = /^The requested module '(.+)' does not provide an export named '(.+)'$/;
  const [, url, name] = link.exec(error.message) ?? [];
  if (url !== undefined) {
    const known = Object.entries(provided).find(([, provider]) => provider === url);
    return `"${known?.[0] ?? url}" has no export "${name}"`;
  }
  const isMissing = "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
  return isMissing ? firstLine(error.message) : undefined;
}

/** The innermost place of a stack that lies in one of the files. */
function placeIn(stack: string, files: readonly string[]) {
  for (const frame of stack.split("\n")) {
    for (const file of files) {
      const start = frame.indexOf(`${file}:`);
      if (start < 0) continue;
      const [, line, column] = /^(\d+)(?::(\d+))?/.exec(frame.slice(start + file.length + 1)) ?? [];
      if (line === undefined) continue;
      return {
        file,
        line: Number(line),
        column: column === undefined ? undefined : Number(column),
      };
    }
  }
  return undefined;
}
