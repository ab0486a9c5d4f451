/** Checks programs of several files that exist only in memory. */

import path from "node:path";
import { ModelChecker } from "#glim/cli/checker/check-model.js";
import { placeOf } from "#glim/compiler/diagnostics/report.js";

const checker = new ModelChecker();
/** The methods that the checker knows of. */
export function libraryMethods(): readonly string[] {
  check({ "model.ts": "" });
  return checker.methodNames;
}

const folder = path.resolve("/models");

export interface Found {
  readonly code: string;
  readonly file: string;
  readonly line: number;
  /** What is marked. */
  readonly text: string;
}

/** Checks `model.ts`; other files are imported by it. */
export function check(
  files: Readonly<Record<string, string>>,
  typeErrors = false,
): { readonly found: readonly Found[]; readonly entries: readonly string[] } {
  const edited = (file: string): string | undefined => files[path.relative(folder, file)];
  const model = path.join(folder, "model.ts");
  const { diagnostics, entries } = checker.check(model, { edited, typeErrors });
  const found = diagnostics.map(({ code, span }) => {
    const source = span && edited(span.file);
    if (span === undefined || source === undefined) return { code, file: "", line: 0, text: "" };
    const { line } = placeOf(source, span.file, span.start);
    return {
      code,
      file: path.relative(folder, span.file),
      line,
      text: source.slice(span.start, span.end),
    };
  });
  return { found, entries };
}
