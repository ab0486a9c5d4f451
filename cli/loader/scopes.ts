/** Owns which names each scope of a TypeScript file declares as values. */
import ts from "typescript";

/** Whether a statement only describes something (`declare …`, an interface, a type): it has no value. */
export function isTypeOnlyStatement(node: ts.Node): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  return hasModifier(node, ts.SyntaxKind.DeclareKeyword);
}

export function hasModifier(node: ts.Node, kind: ts.ModifierSyntaxKind): boolean {
  if (!ts.canHaveModifiers(node)) return false;
  return node.modifiers?.some((modifier) => modifier.kind === kind) ?? false;
}

/** The names of a variable, a parameter or a destructuring pattern. */
export function boundNames(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isBindingElement(element) ? boundNames(element.name) : [],
  );
}

/** The names that a list of statements declares for its own block; `var` is not among them. */
export function blockNames(statements: readonly ts.Statement[]): readonly string[] {
  return statements.flatMap((statement) =>
    isTypeOnlyStatement(statement) ? [] : statementNames(statement),
  );
}

function statementNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) return listNames(statement.declarationList);
  if (ts.isImportDeclaration(statement)) return importNames(statement.importClause);
  if (ts.isImportEqualsDeclaration(statement)) {
    return statement.isTypeOnly ? [] : [statement.name.text];
  }
  if (ts.isFunctionDeclaration(statement)) return nameOf(statement);
  if (ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement)) return nameOf(statement);
  return ts.isModuleDeclaration(statement) ? nameOf(statement) : [];
}

function nameOf(declaration: { readonly name?: ts.ModuleName | undefined }): readonly string[] {
  return declaration.name === undefined ? [] : [declaration.name.text];
}

function importNames(clause: ts.ImportClause | undefined): readonly string[] {
  if (clause === undefined || clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const names = nameOf(clause);
  const bindings = clause.namedBindings;
  if (bindings === undefined) return names;
  if (ts.isNamespaceImport(bindings)) return [...names, bindings.name.text];
  const values = bindings.elements.filter((specifier) => !specifier.isTypeOnly);
  return [...names, ...values.map((specifier) => specifier.name.text)];
}

/** The names of a `const`, `let` or `using` list; a `var` belongs to the whole function. */
export function listNames(list: ts.VariableDeclarationList): readonly string[] {
  if ((list.flags & ts.NodeFlags.BlockScoped) === 0) return [];
  return list.declarations.flatMap((declaration) => boundNames(declaration.name));
}

/** The `var` names of a function, a file or another body, wherever in it they stand. */
export function varNames(body: ts.Node): readonly string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || isTypeOnlyStatement(node)) return;
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0) {
      for (const declaration of node.declarations) names.push(...boundNames(declaration.name));
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(body, visit);
  return names;
}
