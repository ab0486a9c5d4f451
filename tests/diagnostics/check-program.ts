/** Checks programs against the installed library, as `glim check` does, without a process for each. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { entryPoints, loadedEnvironment } from "#glim/cli/environment.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { installedLibrary } from "#glim/cli/terminal/installed-library.js";
import type { Diagnostic } from "#glim/compiler/diagnostics/diagnostic.js";
import { reportText } from "#glim/compiler/diagnostics/report.js";
import { lowerProgram } from "#glim/compiler/frontend/lower-program.js";
import { createSourceProgram, ParsedFiles } from "#glim/compiler/frontend/program.js";

const parsed = new ParsedFiles();

export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  /** What a terminal shows of them. */
  readonly report: string;
}

export async function checkProgram(program: string): Promise<Checked> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "glim-page-"));
  const file = path.join(folder, "model.ts");
  try {
    await writeFile(file, program);
    const { exports } = await loadModel(file);
    const { diagnostics } = lowerProgram({
      name: "model",
      file: "model.ts",
      program: createSourceProgram({ roots: [file], ...installedLibrary, parsed }),
      entries: entryPoints(exports),
      environment: loadedEnvironment(),
    });
    const report = reportText(diagnostics, {
      sourceOf: (name) => (name === file ? program : undefined),
      nameOf: (name) => path.basename(name),
      color: false,
    });
    return { diagnostics, report };
  } finally {
    await rm(folder, { recursive: true });
  }
}
