/** Refuses to make packages of programs that the interpreter has no kernels for. */

import { foreignDType } from "../../compiler/bytecode/foreign-dtype.ts";
import { dtypeInPackage } from "../../compiler/diagnostics/catalog/unsupported.ts";
import type { Module } from "../../compiler/graph/ir.ts";
import { fail } from "../terminal/failure.ts";

/** @throws Failure */
export function refuseForeignDTypes(module: Module): void {
  const dtype = foreignDType(module);
  if (dtype !== undefined) fail(dtypeInPackage(dtype));
}
