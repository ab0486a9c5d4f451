/** Evaluates statements: declarations are bound, conditions choose a way, or both where they are not known. */

import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { isTypeOnlyStatement } from "../loader/scopes.ts";
import { bindPattern } from "./bind-patterns.ts";
import { evaluateLoop, isLoop } from "./evaluate-loops.ts";
import { type Exit, inScope, type Machine, type Place } from "./machine.ts";
import { makeFunction } from "./make-function.ts";
import { StaticScope } from "./static-scope.ts";
import { StaticObject, StaticThrow, truthOf, unclear } from "./static-values.ts";
import { perhaps } from "./uncertain-paths.ts";

/** Runs the statements of a block, whose names are in `at.scope`. */
export function runStatements(
  m: Machine,
  statements: readonly ts.Statement[],
  at: Place,
): Exit | undefined {
  hoist(m, statements, at);
  for (const statement of statements) {
    const exit = runStatement(m, statement, at);
    if (exit !== undefined) return exit;
  }
  return undefined;
}

/** Functions are known from the start of their block; other names are declared, but have no value. */
function hoist(m: Machine, statements: readonly ts.Statement[], at: Place): void {
  const { level } = m.certainty;
  for (const node of statements) {
    if (tsc.isFunctionDeclaration(node)) {
      const made = makeFunction(node, at, node.name?.text ?? "default");
      if (made !== undefined) at.scope.declare(node.name?.text ?? "default", level).set(made);
    } else if (tsc.isClassDeclaration(node)) at.scope.declare(node.name?.text ?? "default", level);
    else if (tsc.isEnumDeclaration(node)) at.scope.declare(node.name.text, level);
    else if (tsc.isVariableStatement(node)) {
      for (const { name } of node.declarationList.declarations) declareNames(name, at, level);
    }
  }
}

function declareNames(name: ts.BindingName, at: Place, level: number): void {
  if (tsc.isIdentifier(name)) at.scope.declare(name.text, level);
  else {
    for (const element of name.elements) {
      if (!tsc.isOmittedExpression(element)) declareNames(element.name, at, level);
    }
  }
}

function runStatement(m: Machine, node: ts.Statement, at: Place): Exit | undefined {
  m.certainty.step();
  if (isTypeOnlyStatement(node)) return undefined;
  if (tsc.isVariableStatement(node)) declareVariables(m, node.declarationList, at);
  else if (tsc.isExpressionStatement(node)) m.evaluate(node.expression, at);
  else if (tsc.isClassDeclaration(node)) {
    at.scope.declare(node.name?.text ?? "default", m.certainty.level).set(m.makeClass(node, at));
  } else if (tsc.isEnumDeclaration(node)) declareEnum(m, node, at);
  else if (tsc.isExportAssignment(node)) {
    at.scope.declare("default", m.certainty.level).set(m.evaluate(node.expression, at));
  } else if (tsc.isReturnStatement(node)) {
    const value = node.expression === undefined ? undefined : m.evaluate(node.expression, at);
    return { kind: "return", value };
  } else if (tsc.isThrowStatement(node)) {
    m.evaluate(node.expression, at);
    throw new StaticThrow();
  } else if (tsc.isBreakStatement(node)) return { kind: "break", label: node.label?.text };
  else if (tsc.isContinueStatement(node)) return { kind: "continue", label: node.label?.text };
  else return runNested(m, node, at);
  return undefined;
}

function runNested(m: Machine, node: ts.Statement, at: Place): Exit | undefined {
  if (tsc.isBlock(node)) return runBlock(m, node.statements, at);
  if (tsc.isIfStatement(node)) return runIf(m, node, at);
  if (tsc.isTryStatement(node)) return runTry(m, node, at);
  if (tsc.isSwitchStatement(node)) return runSwitch(m, node, at);
  if (isLoop(node)) return evaluateLoop(m, node, at, []);
  if (tsc.isLabeledStatement(node)) {
    const { statement, label } = node;
    if (isLoop(statement)) return evaluateLoop(m, statement, at, [label.text]);
    const exit = runStatement(m, statement, at);
    return exit?.kind === "break" && exit.label === label.text ? undefined : exit;
  }
  return undefined;
}

const runBlock = (m: Machine, statements: readonly ts.Statement[], at: Place): Exit | undefined =>
  runStatements(m, statements, inScope(at, new StaticScope(at.scope)));

export function declareVariables(m: Machine, list: ts.VariableDeclarationList, at: Place): void {
  for (const { name, initializer } of list.declarations) {
    const value = initializer === undefined ? undefined : m.evaluate(initializer, at);
    if (initializer === undefined && !tsc.isIdentifier(name)) continue;
    bindPattern(m, name, value, at);
  }
}

function declareEnum(m: Machine, node: ts.EnumDeclaration, at: Place): void {
  const made = new StaticObject(undefined);
  const inside = inScope(at, new StaticScope(at.scope));
  let next: unknown = 0;
  for (const { name, initializer } of node.members) {
    const key = tsc.isIdentifier(name) || tsc.isStringLiteralLike(name) ? name.text : undefined;
    if (key === undefined) continue;
    const value = initializer === undefined ? next : m.evaluate(initializer, inside);
    made.fields.set(key, value);
    if (typeof value === "number") made.fields.set(String(value), key);
    inside.scope.declare(key, m.certainty.level).set(value);
    next = typeof value === "number" ? value + 1 : unclear;
  }
  at.scope.declare(node.name.text, m.certainty.level).set(made);
}

function runIf(m: Machine, node: ts.IfStatement, at: Place): Exit | undefined {
  const truth = truthOf(m.evaluate(node.expression, at));
  const { thenStatement, elseStatement } = node;
  if (truth === true) return runStatement(m, thenStatement, at);
  if (truth === false) return elseStatement && runStatement(m, elseStatement, at);
  perhaps(m, at, () => runStatement(m, thenStatement, at));
  if (elseStatement !== undefined) perhaps(m, at, () => runStatement(m, elseStatement, at));
  return undefined;
}

function runTry(m: Machine, node: ts.TryStatement, at: Place): Exit | undefined {
  let exit: Exit | undefined;
  let threw = false;
  try {
    exit = runBlock(m, node.tryBlock.statements, at);
  } catch (error) {
    if (!(error instanceof StaticThrow)) throw error;
    threw = true;
  }
  const { catchClause, finallyBlock } = node;
  if (catchClause !== undefined) {
    const inside = inScope(at, new StaticScope(at.scope));
    const { variableDeclaration } = catchClause;
    if (variableDeclaration !== undefined)
      bindPattern(m, variableDeclaration.name, unclear, inside);
    const handle = (): Exit | undefined => runStatements(m, catchClause.block.statements, inside);
    if (threw) exit = handle();
    else perhaps(m, at, handle);
  }
  if (finallyBlock !== undefined) {
    const last = runBlock(m, finallyBlock.statements, at);
    if (last !== undefined) return last;
  }
  if (threw && catchClause === undefined) throw new StaticThrow();
  return exit;
}

/** Whatever clause is taken, each may be. */
function runSwitch(m: Machine, node: ts.SwitchStatement, at: Place): Exit | undefined {
  const subject = m.evaluate(node.expression, at);
  const { clauses } = node.caseBlock;
  const inside = inScope(at, new StaticScope(at.scope));
  let start = clauses.findIndex((clause) => tsc.isDefaultClause(clause));
  let isKnown = subject !== unclear;
  for (const [i, clause] of clauses.entries()) {
    if (!tsc.isCaseClause(clause) || !isKnown) continue;
    const value = m.evaluate(clause.expression, inside);
    if (value === unclear) isKnown = false;
    else if (value === subject) {
      start = i;
      break;
    }
  }
  const loop = { labels: [], isSwitch: true, uncertain: false };
  at.frame.loops.push(loop);
  const { level } = m.certainty;
  const returns = at.frame.maybe.length;
  const from = (i: number): Exit | undefined => {
    const statements = clauses.slice(i).flatMap((clause) => [...clause.statements]);
    return runStatements(m, statements, inside);
  };
  let exit: Exit | undefined;
  if (!isKnown) for (const [i] of clauses.entries()) perhaps(m, at, () => from(i));
  else if (start >= 0) exit = from(start);
  at.frame.loops.pop();
  const mayBeGone = at.frame.maybe.length > returns || at.frame.loops.some((l) => l.uncertain);
  if (!mayBeGone) m.certainty.level = level;
  return exit?.kind === "break" && exit.label === undefined ? undefined : exit;
}
