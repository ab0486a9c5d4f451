/** Lowers statements. Each function returns whether the end of its statement can be reached. */

import type ts from "typescript";
import * as subset from "../diagnostics/catalog/subset.ts";
import { syntax } from "../diagnostics/catalog/unsupported.ts";
import { conditionOf } from "./conditions.ts";
import { type Context, Target } from "./context.ts";
import { lowerExpression, lowerStatementExpression } from "./expressions.ts";
import { lowerThrow } from "./failures.ts";
import { lowerDo, lowerFor, lowerForOf, lowerWhile } from "./loop-statements.ts";
import { arrived, gather, lowerIf } from "./paths.ts";
import { declareVariables } from "./patterns.ts";
import { isFunctionNode } from "./program.ts";
import { lowerSwitch } from "./switch.ts";
import { tsc } from "./typescript.ts";
import { undefinedValue } from "./values.ts";

export function lowerStatements(cx: Context, statements: readonly ts.Statement[]): boolean {
  hoistFunctions(cx, statements);
  for (const statement of statements) {
    // What stands behind an exit is not reached, so it is not compiled; TypeScript greys it out.
    if (!lowerStatement(cx, statement, [])) return false;
  }
  return true;
}

/** Function declarations can be called above where they stand. */
function hoistFunctions(cx: Context, statements: readonly ts.Statement[]): void {
  const { scope, frame } = cx;
  for (const node of statements) {
    if (!tsc.isFunctionDeclaration(node) || node.name === undefined || !isFunctionNode(node)) {
      continue;
    }
    const name = node.name.text;
    const variable = scope.declare(name, true);
    cx.store.setVariable(variable, { kind: "closure", node, name, scope, frame });
  }
}

export function lowerStatement(
  cx: Context,
  node: ts.Statement,
  labels: readonly string[],
): boolean {
  return statementOf(cx, node, labels) && !cx.dead;
}

function statementOf(cx: Context, node: ts.Statement, labels: readonly string[]): boolean {
  if (tsc.isBlock(node)) return lowerBlock(cx, node, labels);
  if (tsc.isVariableStatement(node)) return declareVariables(cx, node.declarationList);
  if (tsc.isExpressionStatement(node)) {
    lowerStatementExpression(cx, node.expression);
    return true;
  }
  if (tsc.isIfStatement(node)) return lowerIfStatement(cx, node);
  if (tsc.isReturnStatement(node)) return lowerReturn(cx, node);
  if (tsc.isForOfStatement(node)) return lowerForOf(cx, node, labels);
  if (tsc.isForStatement(node)) return lowerFor(cx, node, labels);
  if (tsc.isWhileStatement(node)) return lowerWhile(cx, node, labels);
  if (tsc.isDoStatement(node)) return lowerDo(cx, node, labels);
  if (tsc.isBreakOrContinueStatement(node)) return lowerJump(cx, node);
  if (tsc.isSwitchStatement(node)) return lowerSwitch(cx, node, labels);
  if (tsc.isThrowStatement(node)) return lowerThrow(cx, node);
  if (tsc.isLabeledStatement(node)) {
    return lowerStatement(cx, node.statement, [...labels, node.label.text]);
  }
  return lowerRareStatement(cx, node);
}

/** Statements that do nothing, and those that the subset takes away. */
function lowerRareStatement(cx: Context, node: ts.Statement): boolean {
  const isNothing =
    tsc.isEmptyStatement(node) ||
    tsc.isFunctionDeclaration(node) ||
    tsc.isInterfaceDeclaration(node) ||
    tsc.isTypeAliasDeclaration(node);
  if (isNothing) return true;
  if (tsc.isTryStatement(node)) cx.report(node, subset.tryCatch());
  else if (tsc.isForInStatement(node)) cx.report(node, subset.forIn());
  else if (tsc.isWithStatement(node)) cx.report(node, subset.withStatement());
  else if (tsc.isClassDeclaration(node)) cx.report(node, syntax("a class inside a function"));
  else if (tsc.isEnumDeclaration(node)) cx.report(node, syntax("an enum inside a function"));
  else cx.report(node, syntax("this statement"));
  return true;
}

function lowerBlock(cx: Context, node: ts.Block, labels: readonly string[]): boolean {
  const walk = (): boolean => cx.inScope(() => lowerStatements(cx, node.statements));
  if (labels.length === 0) return walk();
  const breakTo = new Target("break");
  const jump = { labels, breakTo, plain: false, continueTo: undefined, beforeContinue: undefined };
  const end = gather(cx, breakTo, node, () =>
    cx.inJump(jump, () => (walk() ? arrived : undefined)),
  );
  return end !== undefined;
}

function lowerIfStatement(cx: Context, node: ts.IfStatement): boolean {
  const condition = conditionOf(cx, node.expression);
  const walk = (branch: ts.Statement | undefined): boolean =>
    branch === undefined || cx.inScope(() => lowerStatement(cx, branch, []));
  if (condition === undefined) {
    // The condition is wrong already: both branches are still looked at for mistakes.
    const waiting = cx.exits.length;
    walk(node.thenStatement);
    walk(node.elseStatement);
    cx.exits.splice(waiting);
    return true;
  }
  if (typeof condition === "boolean") {
    return walk(condition ? node.thenStatement : node.elseStatement);
  }
  const end = lowerIf(
    cx,
    condition,
    node,
    () => (walk(node.thenStatement) ? arrived : undefined),
    () => (walk(node.elseStatement) ? arrived : undefined),
  );
  return end !== undefined;
}

function lowerReturn(cx: Context, node: ts.ReturnStatement): boolean {
  const value =
    node.expression === undefined ? undefinedValue : lowerExpression(cx, node.expression);
  cx.exit(cx.frame.target, value, node);
  return false;
}

function lowerJump(cx: Context, node: ts.BreakOrContinueStatement): boolean {
  const isBreak = tsc.isBreakStatement(node);
  const label = node.label?.text;
  const jump = cx.jumps.findLast((j) => {
    if (label !== undefined) return j.labels.includes(label);
    return isBreak ? j.plain : j.continueTo !== undefined;
  });
  // TypeScript has reported a jump that leads nowhere.
  if (jump === undefined) return false;
  if (isBreak) cx.exit(jump.breakTo, arrived, node);
  else if (jump.continueTo !== undefined && (jump.beforeContinue?.() ?? true)) {
    cx.exit(jump.continueTo, arrived, node);
  }
  return false;
}
