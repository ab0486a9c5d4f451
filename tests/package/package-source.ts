/** Packages made beside a compilation, from the same graph of the source. */

import { type CompiledFile, type CompileFileOptions, compileFile } from "#glim/cli/compiler.js";
import { compilerOptions } from "#glim/cli/compiler-options.js";
import { packageModule } from "#glim/compiler/compile.js";
import type { Module } from "#glim/compiler/graph/ir.js";

export interface CompiledBothWays {
  readonly compiled: CompiledFile;
  /** The bytes of the package. */
  readonly packed: Uint8Array;
}

/** A model file as a module and as a package; it is loaded and walked once. */
export async function compileBothWays(
  file: string,
  options: CompileFileOptions = {},
): Promise<CompiledBothWays> {
  let source: Module | undefined;
  const compiled = await compileFile(file, {
    ...options,
    watch: ({ pass, module }) => {
      if (pass === "source") source = module;
    },
  });
  if (source === undefined) throw new Error("compiling told nothing of the source");
  const { bytes } = packageModule(source, compilerOptions(file, options));
  return { compiled, packed: bytes };
}
