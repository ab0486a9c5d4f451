/** Owns `save(module, file)`: entry points of a running program, written as a package with what they capture now. */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { packageModule } from "../compiler/compile.ts";
import * as loading from "../compiler/diagnostics/catalog/loading.ts";
import { lowerProgram } from "../compiler/frontend/lower-program.ts";
import { createSourceProgram, ParsedFiles } from "../compiler/frontend/program.ts";
import { tagOf } from "../runtime/tags.ts";
import { compilerOptions } from "./compiler-options.ts";
import { entryPoints, loadedEnvironment } from "./environment.ts";
import { leaveOutTraining } from "./model/open-program.ts";
import { programSources } from "./model/program-sources.ts";
import { Failure, fail } from "./terminal/failure.ts";
import { installedLibrary } from "./terminal/installed-library.ts";
import { shownPath } from "./terminal/shown-path.ts";
import { writeTogether } from "./terminal/write-together.ts";

export interface SavePackageOptions {
  /** Keeps entry points that write parameters, too. */
  readonly train?: boolean;
  /** Puts the TypeScript of the program into the package. */
  readonly sources?: boolean;
}

/**
 * Writes a package with the entry points among `module`'s members, as they are now: trained parameters, state,
 * numbers. Gives the names of those that were left out because they train. The program must have been loaded by
 * Glim (`glim start FILE`), so that its source is known.
 *
 * @throws CompileFailure
 */
export async function save(
  module: Readonly<Record<string, unknown>>,
  file: string | URL,
  { train = false, sources = false }: SavePackageOptions = {},
): Promise<{ readonly leftOut: readonly string[] }> {
  const entries = entryPoints(module);
  const tags = entries.map(
    ({ name, value }) => tagOf(Object(value)) ?? fail(loading.untaggedFunction(name)),
  );
  const [first] = tags;
  if (first === undefined) fail(loading.noEntry("what is to be saved"));
  const output = file instanceof URL ? fileURLToPath(file) : path.resolve(file);
  const roots = [...new Set(tags.map((tag) => tag.file))];
  const program = createSourceProgram({ roots, ...installedLibrary, parsed: new ParsedFiles() });
  const lowered = leaveOutTraining(entries, train, (some) =>
    lowerProgram({
      name: path.basename(output).replace(/\.[^.]*$/, ""),
      file: shownPath(first.file),
      program,
      entries: some,
      environment: loadedEnvironment(),
    }),
  );
  if (lowered.module === undefined) throw new Failure(lowered.diagnostics);
  const options = compilerOptions(first.file);
  const { bytes } = packageModule(lowered.module, {
    ...options,
    ...(sources ? { sourceTexts: programSources(lowered.module, first.file) } : {}),
  });
  writeTogether(new Map([[output, bytes]]));
  return { leftOut: lowered.leftOut };
}
