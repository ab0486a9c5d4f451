/** Owns the last step of compiling, from a graph module to bytes, and what may still be refused there. */

import {
  type Artefact,
  type CompileOptions,
  compileModule,
  TooLarge,
} from "../../compiler/compile.ts";
import { tooDeep } from "../../compiler/diagnostics/catalog/unsupported.ts";
import { at } from "../../compiler/diagnostics/diagnostic.ts";
import { isStackOverflow } from "../../compiler/frontend/lower-program.ts";
import type { Module } from "../../compiler/graph/ir.ts";
import { Failure } from "../terminal/failure.ts";

/** @throws Failure where the tensors of an entry fit into no memory */
export async function compileOrFail(module: Module, options: CompileOptions): Promise<Artefact> {
  try {
    return await compileModule(module, options);
  } catch (error) {
    if (error instanceof TooLarge) throw new Failure([error.diagnostic]);
    if (isStackOverflow(error)) throw new Failure([at(undefined, tooDeep())]);
    throw error;
  }
}
