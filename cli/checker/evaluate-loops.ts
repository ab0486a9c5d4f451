/** Evaluates loops round by round, as long as that is short; then as something that may happen. */

import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { assignTarget, bindPattern } from "./bind-patterns.ts";
import { itemsOf } from "./host-values.ts";
import { type Exit, inScope, type LoopState, type Machine, type Place } from "./machine.ts";
import { StaticScope } from "./static-scope.ts";
import { StaticObject, truthOf, unclear } from "./static-values.ts";
import { perhaps } from "./uncertain-paths.ts";

type Loop =
  | ts.ForStatement
  | ts.ForOfStatement
  | ts.ForInStatement
  | ts.WhileStatement
  | ts.DoStatement;

export const isLoop = (node: ts.Statement): node is Loop => tsc.isIterationStatement(node, false);

/** What the library counts is axes and stages, or elements, which are not known anyway. */
const mostRounds = { library: 24, user: 20_000 } as const;

export function evaluateLoop(
  m: Machine,
  node: Loop,
  at: Place,
  labels: readonly string[],
): Exit | undefined {
  const loop: LoopState = { labels, isSwitch: false, uncertain: false };
  const { level } = m.certainty;
  const returns = at.frame.maybe.length;
  at.frame.loops.push(loop);
  const exit = runLoop(m, node, at, loop);
  at.frame.loops.pop();
  // Whether a loop was left early does not matter behind it; whether the function was, does.
  const mayBeGone = at.frame.maybe.length > returns || at.frame.loops.some((l) => l.uncertain);
  if (!mayBeGone) m.certainty.level = level;
  return exit;
}

function runLoop(m: Machine, node: Loop, at: Place, loop: LoopState): Exit | undefined {
  if (tsc.isForOfStatement(node)) return runForOf(m, node, at, loop);
  if (tsc.isForInStatement(node)) return runForIn(m, node, at, loop);
  if (tsc.isForStatement(node)) return runFor(m, node, at, loop);
  const body = (): Exit | undefined =>
    m.run([node.statement], inScope(at, new StaticScope(at.scope)));
  const rounds = new Rounds(m, at, loop);
  if (tsc.isDoStatement(node)) {
    const left = rounds.round(body);
    if (left !== undefined) return left.exit;
  }
  return rounds.during(
    () => m.evaluate(node.expression, at),
    body,
    () => undefined,
  );
}

function runForOf(m: Machine, node: ts.ForOfStatement, at: Place, loop: LoopState) {
  const items = itemsOf(m, m.evaluate(node.expression, at));
  return runEach(m, node, items, at, loop);
}

function runForIn(m: Machine, node: ts.ForInStatement, at: Place, loop: LoopState) {
  const object = m.evaluate(node.expression, at);
  const isKnown = object instanceof StaticObject && !m.certainty.isBlurred(object);
  const keys = isKnown ? [...object.fields.keys()].filter((k) => typeof k === "string") : undefined;
  return runEach(m, node, keys, at, loop);
}

function runEach(
  m: Machine,
  node: ts.ForOfStatement | ts.ForInStatement,
  items: readonly unknown[] | undefined,
  at: Place,
  loop: LoopState,
): Exit | undefined {
  const body = (item: unknown): Exit | undefined => {
    const inside = inScope(at, new StaticScope(at.scope));
    const { initializer } = node;
    if (!tsc.isVariableDeclarationList(initializer)) assignTarget(m, initializer, item, inside);
    else {
      const name = initializer.declarations[0]?.name;
      if (name !== undefined) bindPattern(m, name, item, inside);
    }
    return m.run([node.statement], inside);
  };
  const rounds = new Rounds(m, at, loop);
  if (items === undefined || items.length > mostRounds.user) {
    rounds.uncertainly(() => body(unclear));
    return undefined;
  }
  for (const item of items) {
    const left = rounds.round(() => body(item));
    if (left !== undefined) return left.exit;
  }
  return undefined;
}

function runFor(m: Machine, node: ts.ForStatement, at: Place, loop: LoopState): Exit | undefined {
  const { initializer, condition, incrementor } = node;
  const outer = inScope(at, new StaticScope(at.scope));
  if (initializer !== undefined && tsc.isVariableDeclarationList(initializer)) {
    for (const { name, initializer: first } of initializer.declarations) {
      bindPattern(m, name, first && m.evaluate(first, outer), outer);
    }
  } else if (initializer !== undefined) m.evaluate(initializer, outer);
  const rounds = new Rounds(m, at, loop);
  const inside = inScope(outer, new StaticScope(outer.scope));
  const body = (): Exit | undefined =>
    m.run([node.statement], inScope(inside, new StaticScope(inside.scope)));
  const next = (): unknown => incrementor && m.evaluate(incrementor, outer);
  if (isLong(m, condition, outer, rounds.most)) {
    rounds.uncertainly(() => {
      const exit = body();
      next();
      return exit;
    });
    return undefined;
  }
  return rounds.during(() => (condition ? m.evaluate(condition, outer) : true), body, next);
}

/** Whether `i < n` says at the start that there will be too many rounds. */
function isLong(
  m: Machine,
  condition: ts.Expression | undefined,
  at: Place,
  most: number,
): boolean {
  if (condition === undefined || !tsc.isBinaryExpression(condition)) return false;
  const { left, right, operatorToken } = condition;
  if (operatorToken.kind !== tsc.SyntaxKind.LessThanToken || !tsc.isIdentifier(left)) return false;
  if (!tsc.isIdentifier(right) && !tsc.isNumericLiteral(right)) return false;
  const [from, to] = [m.evaluate(left, at), m.evaluate(right, at)];
  return typeof from === "number" && typeof to === "number" && to - from > most;
}

/** How a loop was left. */
interface Left {
  readonly exit: Exit | undefined;
}

class Rounds {
  readonly most: number;
  readonly #m: Machine;
  readonly #at: Place;
  readonly #loop: LoopState;

  constructor(m: Machine, at: Place, loop: LoopState) {
    this.most = at.isLibrary ? mostRounds.library : mostRounds.user;
    this.#m = m;
    this.#at = at;
    this.#loop = loop;
  }

  /** One round; says how, if it leaves the loop. */
  round(body: () => Exit | undefined): Left | undefined {
    const exit = body();
    if (exit === undefined) return undefined;
    if (exit.kind === "return") return { exit };
    const isOwn = exit.label === undefined || this.#loop.labels.includes(exit.label);
    if (!isOwn) return { exit };
    return exit.kind === "break" ? { exit: undefined } : undefined;
  }

  during(
    condition: () => unknown,
    body: () => Exit | undefined,
    next: () => unknown,
  ): Exit | undefined {
    for (let n = 0; n < this.most; n++) {
      const truth = truthOf(condition());
      if (truth === false) return undefined;
      if (truth === undefined || this.#loop.uncertain) break;
      const left = this.round(body);
      if (left !== undefined) return left.exit;
      next();
    }
    this.uncertainly(() => {
      const exit = body();
      next();
      return exit;
    });
    return undefined;
  }

  /** Any number of rounds: in the second, what the first has made unclear is unclear from its start. */
  uncertainly(body: () => Exit | undefined): void {
    for (let n = 0; n < 2; n++) perhaps(this.#m, this.#at, body);
  }
}
