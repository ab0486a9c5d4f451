/** Owns the insertion of tags into TypeScript source: for each function and class, a call that tags it. */
import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import type { SourceEditor } from "./edited-source.ts";
import { type FreeNames, findFreeNames, isFunctionNode } from "./free-names.ts";
import { fixedKey, inferredName, withoutWrappers } from "./inferred-name.ts";
import { isTypeOnlyStatement } from "./scopes.ts";

export interface TagOptions {
  /** The file that tags name. */
  readonly file: string;
  /** The specifier by which the tagged source imports `runtime/tags`. */
  readonly runtime: string;
  /** The specifier by which it imports itself. */
  readonly self: string;
  /** Marks tags as free of effects, so that bundlers drop them with functions that nobody uses. */
  readonly pure: boolean;
}

/**
 * Tags every function declaration, function expression, arrow function, class, and method of an
 * object literal. The edits keep lines, names of functions, order of evaluation and hoisting:
 *
 *     function f() {}          ⇒ at the start of its block: tag(f, …);
 *     const f = () => {};      ⇒ const f = () => {};tag(f, …);
 *     use(() => {})            ⇒ use(tag(() => {}, …))
 *     { f: () => {} }          ⇒ { f: tagHeld({["f"]:() => {}}, "f", …) }
 *     class A {}               ⇒ class A {static{tag(this, …)}}
 *     { f() {} }               ⇒ tagMembers({ f() {} }, …)
 */
export function insertTags(source: ts.SourceFile, editor: SourceEditor, options: TagOptions): void {
  new Tagger(source, editor, options).run();
}

class Tagger {
  readonly #source: ts.SourceFile;
  readonly #editor: SourceEditor;
  readonly #options: TagOptions;
  readonly #free: FreeNames;
  /** What all names that are added begin with; it occurs nowhere in the source. */
  readonly #prefix: string;
  readonly #pure: string;
  /** Initialisers of variables, which are tagged after their statement. */
  readonly #taggedLater = new Set<ts.Node>();

  constructor(source: ts.SourceFile, editor: SourceEditor, options: TagOptions) {
    this.#source = source;
    this.#editor = editor;
    this.#options = options;
    this.#free = findFreeNames(source);
    this.#prefix = unusedPrefix(source.text);
    this.#pure = options.pure ? "/* @__PURE__ */" : "";
  }

  run(): void {
    if (this.#free.size === 0) return;
    this.#insertHeader();
    this.#visit(this.#source);
  }

  #visit(node: ts.Node): void {
    if (isTypeOnlyStatement(node)) return;
    if (tsc.isArrowFunction(node) || tsc.isFunctionExpression(node)) this.#visitFunction(node);
    else if (tsc.isClassLike(node)) this.#visitClass(node);
    else if (tsc.isObjectLiteralExpression(node)) this.#visitObject(node);
    else if (tsc.isVariableStatement(node)) this.#visitVariables(node);
    else this.#visitStatements(node);
  }

  #visitChildren(node: ts.Node): void {
    tsc.forEachChild(node, (child) => this.#visit(child));
  }

  /** Function declarations exist from the start of their block, so that is where they are tagged. */
  #visitStatements(node: ts.Node): void {
    if (tsc.isSourceFile(node)) {
      this.#tagDeclarations(node.statements, this.#headOf(node.statements, headerStart(node.text)));
    } else if (tsc.isBlock(node)) {
      this.#tagDeclarations(node.statements, this.#headOf(node.statements, node.statements.pos));
    } else if (tsc.isModuleBlock(node) || tsc.isCaseOrDefaultClause(node)) {
      this.#tagDeclarations(node.statements, node.statements.pos);
    }
    this.#visitChildren(node);
  }

  #tagDeclarations(statements: readonly ts.Statement[], at: number): void {
    for (const statement of statements) {
      if (!tsc.isFunctionDeclaration(statement) || isTypeOnlyStatement(statement)) continue;
      if (!isFunctionNode(statement)) continue;
      const name = statement.name?.text ?? this.#importDefault(at);
      // The semicolon ends a directive that has none.
      this.#editor.insert(at, `;${this.#tag(name, statement)};`);
    }
  }

  /** `export default function () {}` has no name to be tagged by: the module imports it from itself. */
  #importDefault(at: number): string {
    const name = `${this.#prefix}d`;
    const self = JSON.stringify(this.#options.self);
    this.#editor.insert(at, `;import{default as ${name}}from${self};`);
    return name;
  }

  /** Where a body begins, behind its directives (`"use strict"`). */
  #headOf(statements: readonly ts.Statement[], start: number): number {
    const isDirective = (statement: ts.Statement): boolean =>
      tsc.isExpressionStatement(statement) && tsc.isStringLiteral(statement.expression);
    const count = statements.findIndex((statement) => !isDirective(statement));
    const directives = count < 0 ? statements : statements.slice(0, count);
    return directives.at(-1)?.end ?? start;
  }

  /** `const f = () => {}`: tagged behind the statement, which leaves the naming of `f` alone. */
  #visitVariables(node: ts.VariableStatement): void {
    const { declarations, flags } = node.declarationList;
    // With several variables that can change, a later initialiser may already have changed one.
    const areKept = declarations.length === 1 || (flags & tsc.NodeFlags.Const) !== 0;
    const isInList =
      !tsc.isIfStatement(node.parent) && !tsc.isIterationStatement(node.parent, false);
    let calls = "";
    for (const { name, initializer } of areKept && isInList ? declarations : []) {
      if (initializer === undefined || !tsc.isIdentifier(name)) continue;
      const value = withoutWrappers(initializer);
      if (!tsc.isArrowFunction(value) && !tsc.isFunctionExpression(value)) continue;
      this.#taggedLater.add(value);
      calls += `;${this.#tag(name.text, value)}`;
    }
    this.#visitChildren(node);
    if (calls !== "") this.#editor.insert(node.end, `${calls};`);
  }

  #visitFunction(node: ts.ArrowFunction | ts.FunctionExpression): void {
    if (this.#taggedLater.has(node)) {
      this.#visitChildren(node);
      return;
    }
    // `new function () {}` would take the call for its own.
    const isNew = tsc.isNewExpression(node.parent) && node.parent.expression === node;
    const [start, end] = this.#callAround(node);
    this.#editor.insert(node.getStart(this.#source), isNew ? `(${start}` : start);
    this.#visitChildren(node);
    this.#editor.insert(node.end, isNew ? `${end})` : end);
  }

  /** An object around the function gives it the name that its place would have given. */
  #callAround(node: ts.ArrowFunction | ts.FunctionExpression): readonly [string, string] {
    const name = inferredName(node);
    const call = `${this.#pure}${this.#prefix}`;
    if (name === undefined) return [`${call}t(`, `,${this.#where(node)})`];
    const key = typeof name === "string" ? JSON.stringify(name) : this.#keepKey(name);
    return [`${call}h({[${key}]:`, `},${key},${this.#where(node)})`];
  }

  /** `{[k]: () => {}}` ⇒ `{[$k=k]: tagHeld({[$k]:() => {}}, $k, …)}`: nothing runs in between. */
  #keepKey(expression: ts.Expression): string {
    const key = `${this.#prefix}k`;
    this.#editor.insert(expression.getStart(this.#source), `${key}=`);
    return key;
  }

  #visitClass(node: ts.ClassLikeDeclaration): void {
    for (const part of [...(node.modifiers ?? []), ...(node.heritageClauses ?? [])]) {
      this.#visitChildren(part);
    }
    this.#editor.insert(node.members.pos, `static{${this.#tag("this", node)}}`);
    for (const member of node.members) this.#visit(member);
  }

  #visitObject(node: ts.ObjectLiteralExpression): void {
    const members = node.properties.flatMap((member, index) => {
      if (!tsc.isMethodDeclaration(member) && !tsc.isAccessor(member)) return [];
      const key = fixedKey(member.name);
      if (key === undefined) return [];
      // What comes later may replace it by a function from elsewhere.
      if (node.properties.slice(index + 1).some((later) => mayDefine(later, key))) return [];
      return [`[${JSON.stringify(key)},"${memberPart(member)}",${this.#where(member)}]`];
    });
    if (members.length === 0) {
      this.#visitChildren(node);
      return;
    }
    this.#editor.insert(node.getStart(this.#source), `${this.#pure}${this.#prefix}m(`);
    this.#visitChildren(node);
    this.#editor.insert(node.end, `,${members.join(",")})`);
  }

  /** The import and this file's own tagging functions, all hoisted: functions may run early. */
  #insertHeader(): void {
    const p = this.#prefix;
    const file = JSON.stringify(this.#options.file);
    const runtime = JSON.stringify(this.#options.runtime);
    const at = this.#headOf(this.#source.statements, headerStart(this.#source.text));
    this.#editor.insert(
      at,
      `;import{tagFunction as ${p}f,tagMembers as ${p}o}from${runtime};` +
        `function ${p}t(s,p,r){return ${p}f(s,${file},p,r)}` +
        `function ${p}h(o,k,p,r){return ${p}t(o[k],p,r)}` +
        `function ${p}m(o,...m){return ${p}o(o,${file},...m)}var ${p}k;`,
    );
  }

  #tag(subject: string, node: ts.Node): string {
    return `${this.#pure}${this.#prefix}t(${subject},${this.#where(node)})`;
  }

  /** The last arguments of a tag: position and, if there are free names, how to read them. */
  #where(node: ts.Node): string {
    const position = String(node.getStart(this.#source));
    const arms = this.#arms(node);
    if (arms.length === 0) return position;
    const p = this.#prefix;
    const chain = `${arms.join("")}${p}u`;
    const subject = chain.includes(`${p}s`) ? `,${p}s` : "";
    return `${position},(${p}n,${p}u${subject})=>${chain}`;
  }

  #arms(node: ts.Node): readonly string[] {
    const p = this.#prefix;
    const names = [...(this.#free.get(node) ?? [])];
    const arm = (name: string, value: string): string =>
      `${p}n===${JSON.stringify(name)}?${value}:`;
    if (!tsc.isClassLike(node)) {
      const own = tsc.isFunctionExpression(node) && node.name !== undefined ? node.name.text : "";
      const arms = names.map((name) => arm(name, name));
      return own === "" ? arms : [...arms, arm(own, `${p}s`)];
    }
    // In a static block `this` is the class itself, not what surrounds it.
    const around = names.filter((name) => name !== "this" && name !== "arguments");
    if (tsc.isClassExpression(node) && node.name !== undefined) around.push(node.name.text);
    const fields = privateFields(node);
    return [
      ...around.map((name) => arm(name, name)),
      ...fields.map((name) => arm(name, `(${name} in ${p}s?${p}s.${name}:${p}u)`)),
    ];
  }
}

/** What occurs nowhere in the source. */
export function unusedPrefix(code: string): string {
  let prefix = "$g";
  while (code.includes(prefix)) prefix += "$";
  return prefix;
}

/** Where a file may begin: behind the line `#!/usr/bin/env …`. */
export function headerStart(code: string): number {
  return tsc.getShebang(code) === undefined ? 0 : code.indexOf("\n") + 1;
}

function memberPart(member: ts.MethodDeclaration | ts.AccessorDeclaration): string {
  if (tsc.isGetAccessor(member)) return "get";
  return tsc.isSetAccessor(member) ? "set" : "value";
}

function mayDefine(member: ts.ObjectLiteralElementLike, key: string): boolean {
  if (tsc.isSpreadAssignment(member)) return true;
  const name = fixedKey(member.name);
  if (name === undefined) return true;
  return name === key && !tsc.isAccessor(member);
}

function privateFields(node: ts.ClassLikeDeclaration): readonly string[] {
  return node.members.flatMap((member) => {
    const isField = tsc.isPropertyDeclaration(member) && tsc.isPrivateIdentifier(member.name);
    return isField ? [member.name.text] : [];
  });
}
