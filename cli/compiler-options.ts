/** Owns what every compilation by this installation has in common. */

import { createHash } from "node:crypto";
import path from "node:path";
import type { PackageOptions } from "../compiler/compile.ts";
import { placeOf } from "../compiler/diagnostics/report.ts";
import type { Span } from "../compiler/graph/ir.ts";
import type { SourcePlace } from "../compiler/package/signature.ts";
import { readHeap } from "./heap-library.ts";
import { eagerEvaluator } from "./model/evaluator.ts";
import { libraryName } from "./terminal/installed-library.ts";
import { sourceTexts } from "./terminal/source-text.ts";
import { installedVersion } from "./terminal/version.ts";

/** `file` is the model's. */
export const compilerOptions = (
  file: string,
  options: Partial<PackageOptions> = {},
): PackageOptions => ({
  ...options,
  version: installedVersion(),
  source: path.basename(file),
  evaluator: eagerEvaluator,
  heap: readHeap(),
  sha256: (bytes) => createHash("sha256").update(bytes).digest("hex"),
  locate: locator(path.dirname(file)),
});

/**
 * Places as the artefact states them: files relative to the model's folder, so that the same model
 * gives the same bytes wherever it lies.
 */
function locator(folder: string): (span: Pick<Span, "file" | "start">) => SourcePlace | undefined {
  const textOf = sourceTexts();
  return ({ file, start }) => {
    const text = textOf(file);
    if (text === undefined) return undefined;
    const { line, column } = placeOf(text, file, start);
    const relative = path.relative(folder, file).split(path.sep).join("/");
    return { file: libraryName(file) ?? relative, line, column };
  };
}
