/** Owns which names each scope of a TypeScript file declares as values. */
import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";

/** Whether a statement only describes something (`declare …`, an interface, a type): it has no value. */
export function isTypeOnlyStatement(node: ts.Node): boolean {
  if (tsc.isInterfaceDeclaration(node) || tsc.isTypeAliasDeclaration(node)) return true;
  return hasModifier(node, tsc.SyntaxKind.DeclareKeyword);
}

export function hasModifier(node: ts.Node, kind: ts.ModifierSyntaxKind): boolean {
  if (!tsc.canHaveModifiers(node)) return false;
  return node.modifiers?.some((modifier) => modifier.kind === kind) ?? false;
}

/** The names of a variable, a parameter or a destructuring pattern. */
export function boundNames(name: ts.BindingName): readonly string[] {
  if (tsc.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    tsc.isBindingElement(element) ? boundNames(element.name) : [],
  );
}

/** The names that a list of statements declares for its own block; `var` is not among them. */
export function blockNames(statements: readonly ts.Statement[]): readonly string[] {
  return statements.flatMap((statement) =>
    isTypeOnlyStatement(statement) ? [] : statementNames(statement),
  );
}

function statementNames(statement: ts.Statement): readonly string[] {
  if (tsc.isVariableStatement(statement)) return listNames(statement.declarationList);
  if (tsc.isImportDeclaration(statement)) return importNames(statement.importClause);
  if (tsc.isImportEqualsDeclaration(statement)) {
    return statement.isTypeOnly ? [] : [statement.name.text];
  }
  if (tsc.isFunctionDeclaration(statement)) return nameOf(statement);
  if (tsc.isClassDeclaration(statement) || tsc.isEnumDeclaration(statement))
    return nameOf(statement);
  return tsc.isModuleDeclaration(statement) ? nameOf(statement) : [];
}

function nameOf(declaration: { readonly name?: ts.ModuleName | undefined }): readonly string[] {
  return declaration.name === undefined ? [] : [declaration.name.text];
}

function importNames(clause: ts.ImportClause | undefined): readonly string[] {
  if (clause === undefined || clause.phaseModifier === tsc.SyntaxKind.TypeKeyword) return [];
  const names = nameOf(clause);
  const bindings = clause.namedBindings;
  if (bindings === undefined) return names;
  if (tsc.isNamespaceImport(bindings)) return [...names, bindings.name.text];
  const values = bindings.elements.filter((specifier) => !specifier.isTypeOnly);
  return [...names, ...values.map((specifier) => specifier.name.text)];
}

/** The names of a `const`, `let` or `using` list; a `var` belongs to the whole function. */
export function listNames(list: ts.VariableDeclarationList): readonly string[] {
  if ((list.flags & tsc.NodeFlags.BlockScoped) === 0) return [];
  return list.declarations.flatMap((declaration) => boundNames(declaration.name));
}

/** The `var` names of a function, a file or another body, wherever in it they stand. */
export function varNames(body: ts.Node): readonly string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (tsc.isFunctionLike(node) || tsc.isClassLike(node) || isTypeOnlyStatement(node)) return;
    if (tsc.isVariableDeclarationList(node) && (node.flags & tsc.NodeFlags.BlockScoped) === 0) {
      for (const declaration of node.declarations) names.push(...boundNames(declaration.name));
    }
    tsc.forEachChild(node, visit);
  };
  tsc.forEachChild(body, visit);
  return names;
}
