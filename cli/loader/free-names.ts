/** Owns the free names of functions and classes: names used as values in one and declared around it. */
import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { blockNames, boundNames, isTypeOnlyStatement, listNames, varNames } from "./scopes.ts";

/** A function with a body of its own, of any kind; class methods included. */
export type FunctionNode = ts.FunctionLikeDeclaration & { readonly body: ts.ConciseBody };

/** For each function and class, its free names in the order of their first use. */
export type FreeNames = ReadonlyMap<ts.Node, ReadonlySet<string>>;

interface Scope {
  readonly parent: Scope | undefined;
  readonly names: ReadonlySet<string>;
  /** The function or class that a name used in this scope, but declared outside, is free in. */
  readonly owner: ts.Node | undefined;
}

export function isFunctionNode(node: ts.Node): node is FunctionNode {
  if (!tsc.isFunctionLike(node) || !("body" in node)) return false;
  return node.body !== undefined;
}

/**
 * Finds the free names of every function and class in a file. Globals, which the file does not
 * declare, are left out. What is a value is decided by the syntax alone: a name in a type, in
 * `implements` or in `declare` is not used. `this` counts as a name that functions other than
 * arrow functions declare, and so does `arguments`.
 */
export function findFreeNames(file: ts.SourceFile): FreeNames {
  const free = new Map<ts.Node, Set<string>>();
  new Walk(free).visitIn(file, undefined, [...varNames(file), ...blockNames(file.statements)]);
  return free;
}

class Walk {
  readonly #free: Map<ts.Node, Set<string>>;

  constructor(free: Map<ts.Node, Set<string>>) {
    this.#free = free;
  }

  /** Visits the children of a node inside a new scope. */
  visitIn(node: ts.Node, parent: Scope | undefined, names: readonly string[]): void {
    this.#visitChildren(node, this.#scope(parent, names));
  }

  #visit(node: ts.Node, scope: Scope): void {
    if (tsc.isExpressionWithTypeArguments(node)) this.#visit(node.expression, scope);
    else if (tsc.isIdentifier(node)) this.#visitIdentifier(node, scope);
    else if (node.kind === tsc.SyntaxKind.ThisKeyword) this.#use("this", scope);
    else if (node.kind === tsc.SyntaxKind.SuperKeyword) this.#use("this", scope);
    else if (isFunctionNode(node)) this.#visitFunction(node, scope);
    else if (tsc.isClassLike(node)) this.#visitClass(node, scope);
    else if (!hasNoValue(node)) this.#visitBlock(node, scope);
  }

  #visitBlock(node: ts.Node, scope: Scope): void {
    if (tsc.isBlock(node) || tsc.isModuleBlock(node)) {
      const hoisted = tsc.isModuleBlock(node) ? varNames(node) : [];
      this.visitIn(node, scope, [...hoisted, ...blockNames(node.statements)]);
    } else if (tsc.isCaseBlock(node)) {
      const statements = node.clauses.flatMap((clause) => [...clause.statements]);
      this.visitIn(node, scope, blockNames(statements));
    } else if (
      tsc.isForStatement(node) ||
      tsc.isForInStatement(node) ||
      tsc.isForOfStatement(node)
    ) {
      const head = node.initializer;
      const isList = head !== undefined && tsc.isVariableDeclarationList(head);
      this.visitIn(node, scope, isList ? listNames(head) : []);
    } else if (tsc.isCatchClause(node)) {
      const variable = node.variableDeclaration;
      this.visitIn(node, scope, variable === undefined ? [] : boundNames(variable.name));
    } else if (tsc.isEnumDeclaration(node)) {
      this.visitIn(
        node,
        scope,
        node.members.map((member) => member.name.getText()),
      );
    } else {
      this.#visitChildren(node, scope);
    }
  }

  #visitFunction(node: FunctionNode, scope: Scope): void {
    // A computed key and decorators are evaluated outside the function.
    if (node.name !== undefined && tsc.isComputedPropertyName(node.name)) {
      this.#visit(node.name, scope);
    }
    if ("modifiers" in node)
      for (const modifier of node.modifiers ?? []) this.#visit(modifier, scope);
    const names = node.parameters.flatMap((parameter) => [...boundNames(parameter.name)]);
    if (!tsc.isArrowFunction(node)) names.push("this", "arguments");
    if (tsc.isFunctionExpression(node) && node.name !== undefined) names.push(node.name.text);
    // Defaults of parameters do not see what the body declares.
    const outer = this.#scope(scope, names, node);
    for (const parameter of node.parameters) this.#visit(parameter, outer);
    if (tsc.isBlock(node.body)) {
      const { body } = node;
      this.visitIn(body, outer, [...varNames(body), ...blockNames(body.statements)]);
    } else {
      this.#visit(node.body, outer);
    }
  }

  #visitClass(node: ts.ClassLikeDeclaration, scope: Scope): void {
    const named = tsc.isClassExpression(node) && node.name !== undefined;
    const inner = this.#scope(scope, named ? [node.name.text] : [], node);
    for (const modifier of node.modifiers ?? []) this.#visit(modifier, scope);
    for (const clause of node.heritageClauses ?? []) {
      if (clause.token === tsc.SyntaxKind.ExtendsKeyword) this.#visitChildren(clause, inner);
    }
    for (const member of node.members) {
      if (tsc.isClassStaticBlockDeclaration(member)) {
        this.visitIn(member, inner, ["this", ...varNames(member.body)]);
      } else if (tsc.isPropertyDeclaration(member) && !isTypeOnlyStatement(member)) {
        this.#visitField(member, inner);
      } else {
        this.#visit(member, inner);
      }
    }
  }

  #visitField(field: ts.PropertyDeclaration, scope: Scope): void {
    for (const modifier of field.modifiers ?? []) this.#visit(modifier, scope);
    if (tsc.isComputedPropertyName(field.name)) this.#visit(field.name, scope);
    if (field.initializer !== undefined) {
      this.#visit(field.initializer, this.#scope(scope, ["this"]));
    }
  }

  #visitIdentifier(node: ts.Identifier, scope: Scope): void {
    if (isReference(node)) this.#use(node.text, scope);
  }

  #visitChildren(node: ts.Node, scope: Scope): void {
    tsc.forEachChild(node, (child) => this.#visit(child, scope));
  }

  #scope(parent: Scope | undefined, names: readonly string[], owner?: ts.Node): Scope {
    if (owner !== undefined) this.#free.set(owner, new Set());
    return { parent, names: new Set(names), owner };
  }

  /** Records `name` as free in each function and class between its use and its declaration. */
  #use(name: string, from: Scope): void {
    const crossed: ts.Node[] = [];
    let scope: Scope | undefined = from;
    while (scope !== undefined && !scope.names.has(name)) {
      if (scope.owner !== undefined) crossed.push(scope.owner);
      scope = scope.parent;
    }
    if (scope === undefined) return;
    for (const owner of crossed) this.#free.get(owner)?.add(name);
  }
}

function hasNoValue(node: ts.Node): boolean {
  if (tsc.isTypeNode(node) || tsc.isTypeParameterDeclaration(node)) return true;
  if (tsc.isImportDeclaration(node) || tsc.isExportDeclaration(node)) return true;
  // Signatures: overloads, abstract methods and index signatures have no body.
  return tsc.isFunctionLike(node) || isTypeOnlyStatement(node);
}

/** Whether an identifier is used as a value, rather than names a declaration, a property or a label. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (tsc.isShorthandPropertyAssignment(parent)) return true;
  if ("name" in parent && parent.name === node) return false;
  if ("propertyName" in parent && parent.propertyName === node) return false;
  return !("label" in parent && parent.label === node);
}
