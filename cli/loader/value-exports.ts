/** Owns which exports of a graph's files are values: TypeScript may re-export a type without saying so. */
import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import type { ModuleGraph } from "./module-graph.ts";
import { blockNames, hasModifier, isTypeOnlyStatement, varNames } from "./scopes.ts";

/** Whether an import of `name` from `specifier` in `importer` brings a value. */
export type BringsValue = (importer: string, specifier: string, name: string) => boolean;

/** Modules from outside the graph are taken at their word: whatever is imported from them is a value. */
export function valueExports(graph: ModuleGraph): BringsValue {
  const bringsValue = (
    importer: string,
    specifier: string,
    name: string,
    seen: string,
  ): boolean => {
    const target = graph.target(importer, specifier);
    const file = target?.kind === "file" ? target.file : undefined;
    const source = file === undefined ? undefined : graph.files.get(file);
    if (file === undefined || source === undefined || file.endsWith(".json")) return true;
    const key = `\n${file}:${name}\n`;
    if (seen.includes(key)) return false;
    const onwards = (from: string, original: string): boolean =>
      bringsValue(file, from, original, seen + key);
    return source.statements.some((statement) => exportsValue(statement, name, source, onwards));
  };
  return (importer, specifier, name) => bringsValue(importer, specifier, name, "");
}

type Onwards = (specifier: string, name: string) => boolean;

function exportsValue(
  statement: ts.Statement,
  name: string,
  source: ts.SourceFile,
  onwards: Onwards,
): boolean {
  if (isTypeOnlyStatement(statement)) return false;
  if (tsc.isExportAssignment(statement)) return name === "default";
  if (!tsc.isExportDeclaration(statement)) return declaresExport(statement, name);
  const { exportClause: clause, moduleSpecifier: from } = statement;
  if (statement.isTypeOnly) return false;
  const specifier = from !== undefined && tsc.isStringLiteral(from) ? from.text : undefined;
  if (clause === undefined)
    return name !== "default" && specifier !== undefined && onwards(specifier, name);
  if (tsc.isNamespaceExport(clause)) return clause.name.text === name;
  return clause.elements.some((element) => {
    if (element.isTypeOnly || element.name.text !== name) return false;
    const original = (element.propertyName ?? element.name).text;
    if (specifier !== undefined) return onwards(specifier, original);
    return isLocalValue(source, original, onwards);
  });
}

function declaresExport(statement: ts.Statement, name: string): boolean {
  if (!hasModifier(statement, tsc.SyntaxKind.ExportKeyword)) return false;
  if (hasModifier(statement, tsc.SyntaxKind.DefaultKeyword)) return name === "default";
  const vars = tsc.isVariableStatement(statement) ? varNames(statement) : [];
  return [...vars, ...blockNames([statement])].includes(name);
}

/** Whether a name at the top of a file is a value: declared as one, or imported and one there. */
export function isLocalValue(source: ts.SourceFile, name: string, onwards: Onwards): boolean {
  for (const statement of source.statements) {
    if (!tsc.isImportDeclaration(statement)) continue;
    const imported = importedName(statement.importClause, name);
    if (imported === undefined || !tsc.isStringLiteral(statement.moduleSpecifier)) continue;
    return imported === "*" || onwards(statement.moduleSpecifier.text, imported);
  }
  return [...varNames(source), ...blockNames(source.statements)].includes(name);
}

/** What a local name is called where it is imported from; `*` for the whole module. */
function importedName(clause: ts.ImportClause | undefined, name: string): string | undefined {
  if (clause === undefined) return undefined;
  if (clause.name?.text === name) return "default";
  const bindings = clause.namedBindings;
  if (bindings === undefined) return undefined;
  if (tsc.isNamespaceImport(bindings)) return bindings.name.text === name ? "*" : undefined;
  const specifier = bindings.elements.find((element) => element.name.text === name);
  return (specifier?.propertyName ?? specifier?.name)?.text;
}
