/** Owns edits of a module's imports and exports: where they point, and which of them are types. */
import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import type { SourceEditor } from "./edited-source.ts";
import { type BringsValue, isLocalValue } from "./value-exports.ts";

/** Points imports elsewhere. `redirect` gets what an import says; `undefined` leaves it alone. */
export function redirectImports(
  source: ts.SourceFile,
  editor: SourceEditor,
  redirect: (specifier: string) => string | undefined,
): void {
  // `with { type: "json" }` was for the file, not for the module that now stands for it.
  const point = (specifier: ts.Expression | undefined, attributes: ts.Node | undefined): void => {
    if (specifier === undefined || !tsc.isStringLiteral(specifier)) return;
    const target = redirect(specifier.text);
    if (target === undefined) return;
    editor.replace(specifier.getStart(source), specifier.end, JSON.stringify(target));
    if (attributes !== undefined) editor.replace(specifier.end, attributes.end, "");
  };
  const visit = (node: ts.Node): void => {
    if (tsc.isImportDeclaration(node) || tsc.isExportDeclaration(node)) {
      point(node.moduleSpecifier, node.attributes);
    } else if (
      tsc.isCallExpression(node) &&
      node.expression.kind === tsc.SyntaxKind.ImportKeyword
    ) {
      point(node.arguments[0], node.arguments[1]);
    }
    tsc.forEachChild(node, visit);
  };
  visit(source);
}

/**
 * Says `type` where TypeScript lets one leave it out: `export { Shape } from "./shapes.ts"` ⇒
 * `export { type Shape } …`. A module compiled by itself cannot tell, and Node would not find it.
 */
export function markTypeExports(
  source: ts.SourceFile,
  editor: SourceEditor,
  bringsValue: BringsValue,
): void {
  const file = source.fileName;
  for (const statement of source.statements) {
    if (!tsc.isExportDeclaration(statement) || statement.isTypeOnly) continue;
    const { exportClause: clause, moduleSpecifier: from } = statement;
    if (clause === undefined || !tsc.isNamedExports(clause)) continue;
    for (const element of clause.elements) {
      const name = (element.propertyName ?? element.name).text;
      const isValue =
        from !== undefined && tsc.isStringLiteral(from)
          ? bringsValue(file, from.text, name)
          : isLocalValue(source, name, (specifier, original) =>
              bringsValue(file, specifier, original),
            );
      if (!isValue && !element.isTypeOnly) editor.insert(element.getStart(source), "type ");
    }
  }
}
