/** Adds a name to what a file imports from glim. */

import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import type { TextEdit } from "./text-edit.ts";

/** Nothing if the file imports it already. */
export function importName(file: ts.SourceFile, name: string): readonly TextEdit[] {
  for (const node of file.statements) {
    if (!tsc.isImportDeclaration(node) || !isFromGlim(node)) continue;
    const bindings = node.importClause?.namedBindings;
    if (bindings === undefined || !tsc.isNamedImports(bindings)) continue;
    const isTypes = node.importClause?.phaseModifier === tsc.SyntaxKind.TypeKeyword;
    const { elements } = bindings;
    if (elements.some((e) => e.name.text === name && !e.isTypeOnly)) return [];
    if (isTypes) continue;
    // Names stay in order where they are.
    const after = elements.find((e) => e.name.text.toLowerCase() > name.toLowerCase());
    if (after !== undefined) {
      const start = after.getStart(file);
      return [{ start, end: start, text: `${name}, ` }];
    }
    const start = elements.end;
    return [{ start, end: start, text: elements.length === 0 ? name : `, ${name}` }];
  }
  const [first] = file.statements;
  const start = first?.getStart(file) ?? 0;
  return [{ start, end: start, text: `import { ${name} } from "glim";\n` }];
}

const isFromGlim = ({ moduleSpecifier }: ts.ImportDeclaration): boolean =>
  tsc.isStringLiteralLike(moduleSpecifier) && moduleSpecifier.text === "glim";
