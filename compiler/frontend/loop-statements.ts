/** Lowers `for`, `while`, `do` and `for…of`: what one round is, and what happens between rounds. */

import type ts from "typescript";
import { asynchronous } from "../diagnostics/catalog/subset.ts";
import { tooManyRounds } from "../diagnostics/catalog/unsupported.ts";
import { assignTo } from "./assignment.ts";
import { conditionOf } from "./conditions.ts";
import { type Context, type Scope, Target } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { type CountedRounds, countedRounds } from "./heap/iteration.ts";
import { settle } from "./heap/narrow.ts";
import { listItem } from "./lists.ts";
import { type LoopParts, lowerLoop, mostRounds } from "./loops.ts";
import { arrived, gather } from "./paths.ts";
import { bindPattern, declareVariables } from "./patterns.ts";
import { isFunctionNode } from "./program.ts";
import { lowerStatement } from "./statements.ts";
import { tsc } from "./typescript.ts";
import { type AbstractValue, failed } from "./values.ts";

const walkBody = (cx: Context, body: ts.Statement): boolean =>
  cx.inScope(() => lowerStatement(cx, body, []));

const conditionAt = (cx: Context, node: ts.Expression): LoopParts["condition"] => ({
  node,
  test: () => conditionOf(cx, node),
});

export function lowerWhile(
  cx: Context,
  node: ts.WhileStatement,
  labels: readonly string[],
): boolean {
  return lowerLoop(cx, {
    node,
    labels,
    scope: cx.scope,
    condition: conditionAt(cx, node.expression),
    testFirst: true,
    body: () => walkBody(cx, node.statement),
    endRound: () => {},
    advance: () => {},
  });
}

export function lowerDo(cx: Context, node: ts.DoStatement, labels: readonly string[]): boolean {
  return lowerLoop(cx, {
    node,
    labels,
    scope: cx.scope,
    condition: conditionAt(cx, node.expression),
    testFirst: false,
    body: () => walkBody(cx, node.statement),
    endRound: () => {},
    advance: () => {},
  });
}

export function lowerFor(cx: Context, node: ts.ForStatement, labels: readonly string[]): boolean {
  return cx.inScope(() => {
    const { initializer } = node;
    if (initializer !== undefined) {
      // Where no run comes, nothing is declared.
      if (!tsc.isVariableDeclarationList(initializer)) lowerExpression(cx, initializer);
      else if (!declareVariables(cx, initializer)) return false;
    }
    return lowerLoop(cx, forParts(cx, node, labels));
  });
}

function forParts(cx: Context, node: ts.ForStatement, labels: readonly string[]): LoopParts {
  const { scope } = cx;
  // Each round has variables of its own, which only functions made in it can tell.
  const copies = scope.own.length > 0 && containsFunction(node);
  let round = scope;
  return {
    node,
    labels,
    scope,
    condition: node.condition && conditionAt(cx, node.condition),
    testFirst: true,
    body: () =>
      cx.inScope(() => {
        if (copies) round = copyVariables(cx, scope, cx.scope);
        return walkBody(cx, node.statement);
      }),
    endRound: () => {
      if (copies) copyBack(cx, round, scope);
    },
    advance: () => {
      const { incrementor } = node;
      if (incrementor !== undefined) {
        cx.inOuterScope(scope, () => lowerExpression(cx, incrementor));
      }
    },
  };
}

function copyVariables(cx: Context, from: Scope, to: Scope): Scope {
  for (const variable of from.own) {
    cx.store.setVariable(to.declare(variable.name, false), cx.store.variable(variable)!);
  }
  return to;
}

function copyBack(cx: Context, round: Scope, loop: Scope): void {
  for (const variable of loop.own) {
    const own = round.find(variable.name);
    const value = own === undefined ? undefined : cx.store.variable(own);
    if (value !== undefined) cx.store.setVariable(variable, value);
  }
}

function containsFunction(node: ts.Node): boolean {
  return tsc.forEachChild(node, (n) => isFunctionNode(n) || containsFunction(n)) ?? false;
}

/** `for…of` over a list: each round is compiled by itself, with the element it has. */
export function lowerForOf(
  cx: Context,
  node: ts.ForOfStatement,
  labels: readonly string[],
): boolean {
  if (node.awaitModifier !== undefined) cx.report(node, asynchronous("`for await`"));
  const list = settle(cx, lowerExpression(cx, node.expression), node.expression);
  if (cx.dead) return false;
  const counted = countedRounds(cx, list, node);
  if (counted !== undefined) return lowerCounted(cx, node, labels, counted);
  const breakTo = new Target("break");
  const { diagnostics } = cx.unit;
  const end = gather(cx, breakTo, node, () => {
    // The list may grow or shrink while it is walked, so its length is asked for in each round.
    for (let i = 0; ; i++) {
      const item = listItem(cx, list, i, node.expression);
      if (item === undefined) return arrived;
      if (i === mostRounds) {
        cx.report(node, tooManyRounds(mostRounds));
        return arrived;
      }
      const reported = diagnostics.length;
      const continueTo = new Target("continue");
      const jump = { labels, plain: true, breakTo, continueTo, beforeContinue: undefined };
      const round = gather(cx, continueTo, node, () =>
        cx.inScope(() => {
          bindElement(cx, node.initializer, item);
          return cx.inJump(jump, () => walkBody(cx, node.statement)) ? arrived : undefined;
        }),
      );
      if (round === undefined) return undefined;
      if (diagnostics.length > reported) return arrived;
    }
  });
  return end !== undefined;
}

/** A loop whose rounds only a run can count: it stays a loop. */
function lowerCounted(
  cx: Context,
  node: ts.ForOfStatement,
  labels: readonly string[],
  rounds: CountedRounds,
): boolean {
  return cx.inScope(() => {
    const at = cx.scope.declare("next element", false);
    cx.store.setVariable(at, rounds.start);
    const place = (): AbstractValue => cx.store.variable(at) ?? failed;
    rounds.begin();
    const arrives = lowerLoop(cx, {
      node,
      labels,
      scope: cx.scope,
      condition: { node: node.expression, test: () => rounds.more(place()) },
      testFirst: true,
      body: () =>
        cx.inScope(() => {
          const { item, next } = rounds.take(place());
          cx.store.setVariable(at, next);
          bindElement(cx, node.initializer, item);
          return walkBody(cx, node.statement);
        }),
      endRound: () => {},
      advance: () => {},
    });
    if (arrives) rounds.finish();
    return arrives;
  });
}

function bindElement(cx: Context, initializer: ts.ForInitializer, item: AbstractValue): void {
  if (!tsc.isVariableDeclarationList(initializer)) {
    assignTo(cx, initializer, item);
    return;
  }
  const [declaration] = initializer.declarations;
  const fixed = (initializer.flags & tsc.NodeFlags.Const) !== 0;
  if (declaration !== undefined) bindPattern(cx, declaration.name, item, fixed);
}
