/** Makes the functions of evaluated programs. */

import type ts from "typescript";
import { isFunctionNode } from "../../compiler/frontend/program.ts";
import type { Place } from "./machine.ts";
import { StaticFunction } from "./static-values.ts";

/** Undefined for a declaration without a body. */
export function makeFunction(
  node: ts.SignatureDeclaration,
  at: Place,
  name: string,
): StaticFunction | undefined {
  if (!isFunctionNode(node)) return undefined;
  return new StaticFunction({
    node,
    file: at.file.fileName,
    scope: at.scope,
    name,
    outerThis: at.thisValue,
    home: at.home,
    isLibrary: at.isLibrary,
  });
}
