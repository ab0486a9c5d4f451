/**
 * Lowers loops. A loop whose rounds can all be computed when compiling disappears; otherwise it becomes
 * a `loop` node; and where a round needs something that must be known when compiling (a module of a
 * list, a shape), it is unrolled.
 */

import type ts from "typescript";
import { internal } from "../diagnostics/catalog/bugs.ts";
import { tooManyRounds } from "../diagnostics/catalog/unsupported.ts";
import type { Value } from "../graph/ir.ts";
import type { Condition } from "./conditions.ts";
import { type Arrival, branch, type Context, type Exit, type Scope, Target } from "./context.ts";
import { Merge } from "./merge.ts";
import {
  arrived,
  attempt,
  closeLoop,
  end,
  gather,
  lowerIf,
  takeExits,
  unreachable,
} from "./paths.ts";

export const mostRounds = 10_000;
/** Longer loops use the heap where that lets them stay loops. */
const mostRoundsBesideHeap = 64;
/** Rounds of the search for what a loop carries: each adds a variable or makes one more general. */
const mostTrials = 100;
/** After so many, objects that are asked for on the heap are awaited, and the loop is walked again with them. */
const usualTrials = 20;

export interface LoopParts {
  readonly node: ts.Node;
  readonly labels: readonly string[];
  /** The names that the condition sees. */
  readonly scope: Scope;
  /** What decides about another round, and where it stands; undefined: always one. */
  readonly condition: { readonly node: ts.Node; test(): Condition } | undefined;
  /** Whether the condition is tested before the first round. */
  readonly testFirst: boolean;
  /** One round, with what `continue` skips; whether its end can be reached. */
  body(): boolean;
  /** Ends a round, also one that `continue` leaves. */
  endRound(): void;
  /** What happens between rounds, before the condition. */
  advance(): void;
}

export function lowerLoop(cx: Context, loop: LoopParts): boolean {
  const computed = attempt(cx, () => unrolled(cx, loop, true));
  const isDone = computed.arrival !== undefined || computed.left;
  if (isDone && !computed.emitted && computed.diagnostics.length === 0) {
    return computed.accept() !== undefined;
  }
  const kept = attempt(cx, () => rolled(cx, loop));
  if (kept.diagnostics.length === 0) return kept.accept() !== undefined;
  // A loop that lists on the heap could carry is unrolled only where that is short.
  const onHeap = kept.diagnostics.every((d) => d.demands !== undefined);
  let gaveUp = false;
  const giveUp = (): void => {
    gaveUp = true;
  };
  // Tensors of a list on the heap have one shape, and no operator takes such a list: unrolled, they do.
  const keepsLists = cx.frame.library || kept.diagnostics.some((d) => d.holdsTensors === true);
  const most = onHeap && !keepsLists ? mostRoundsBesideHeap : mostRounds;
  const rounds = attempt(cx, () => unrolled(cx, loop, false, giveUp, most));
  const failing = rounds.diagnostics.length > 0 && onHeap;
  return (gaveUp || failing ? kept : rounds).accept() !== undefined;
}

/** What the condition says: a round, no round, or that it is known only when running. */
type Verdict = "round" | "end" | "dynamic";

function testStatically(cx: Context, loop: LoopParts): Verdict {
  if (loop.condition === undefined) return "round";
  const { condition } = loop;
  let verdict: Verdict = "dynamic";
  const test = attempt(cx, () => {
    const value = cx.inOuterScope(loop.scope, () => condition.test());
    if (typeof value === "boolean") verdict = value ? "round" : "end";
    return arrived;
  });
  if (test.emitted || test.diagnostics.length > 0) return "dynamic";
  test.accept();
  return verdict;
}

/**
 * One round after the other, each compiled by itself. With `onlyComputed`, gives up as soon as anything
 * is left to do at run time. Gives up (does not arrive) where a condition depends on the inputs.
 */
function unrolled(
  cx: Context,
  loop: LoopParts,
  onlyComputed: boolean,
  giveUp: () => void = () => {},
  most = mostRounds,
): Arrival {
  const breakTo = new Target("break");
  const { diagnostics } = cx.unit;
  return gather(cx, breakTo, loop.node, () => {
    for (let round = 0; ; round++) {
      if (round > 0 || loop.testFirst) {
        const verdict = testStatically(cx, loop);
        if (verdict === "end") return arrived;
        if (verdict === "dynamic") {
          giveUp();
          return undefined;
        }
      }
      if (round === most) {
        if (!onlyComputed) cx.report(loop.node, tooManyRounds(most));
        return undefined;
      }
      const reported = diagnostics.length;
      const continueTo = new Target("continue");
      const end = gather(cx, continueTo, loop.node, () =>
        roundIn(cx, loop, breakTo, continueTo, () => true) ? arrived : undefined,
      );
      if (end === undefined) return undefined;
      if (diagnostics.length > reported) return arrived;
      if (onlyComputed && cx.block.nodes.length > 0) return undefined;
      loop.advance();
    }
  });
}

/** A `loop` node. What it carries is found by walking the body until no more variables change. */
function rolled(cx: Context, loop: LoopParts): Arrival {
  const label = cx.newLabel();
  const base = cx.store;
  const { diagnostics } = cx.unit;
  let plan: Merge | undefined;
  for (let trial = 0; trial < mostTrials; trial++) {
    const [waiting, reported] = [cx.exits.length, diagnostics.length];
    const breakTo = new Target("break");
    const continueTo = new Target("continue");
    const head = plan;
    let params: readonly Value[] = [];
    const body = branch(cx, () => {
      params = parameters(cx, head);
      head?.apply(cx, params, loop.node);
      cx.store = cx.store.fork();
      return round(cx, loop, breakTo, continueTo);
    });
    const continues = takeExits(cx, waiting, continueTo);
    const breaks = takeExits(cx, waiting, breakTo);
    const { block, frame } = cx;
    const entry = { block, store: base.fork(), value: arrived, node: loop.node, frame };
    const site = cx.siteOf(loop.node, " rounds");
    const next = new Merge(cx, base, block, [entry, ...continues], { like: plan, site });
    if (plan === undefined ? next.locations.length === 0 : next.agreesWith(plan)) {
      return close(cx, { label, loop, base, waiting, body, next, continues, breaks, params });
    }
    plan = next;
    cx.exits.splice(waiting);
    const found = diagnostics.splice(reported);
    const demanded = found.filter((d) => d.demands !== undefined);
    if (trial >= usualTrials && demanded.length > 0) {
      // A value that waits for the heap is nothing in one trial and something in the next.
      diagnostics.push(...demanded);
      return arrived;
    }
  }
  cx.report(loop.node, internal("the search for what a loop carries does not end"));
  return arrived;
}

const parameters = (cx: Context, plan: Merge | undefined): readonly Value[] =>
  (plan?.leaves ?? []).map(({ type, hint }) => cx.unit.definitions.define(type, cx.block, hint));

function round(cx: Context, loop: LoopParts, breakTo: Target, continueTo: Target): Arrival {
  const test = (): boolean => testAndLeave(cx, loop, breakTo);
  const beforeContinue = (): boolean => {
    loop.advance();
    return loop.testFirst || test();
  };
  if (loop.testFirst && !test()) return undefined;
  const arrives = roundIn(cx, loop, breakTo, continueTo, beforeContinue);
  if (arrives) cx.exit(continueTo, arrived, loop.node);
  return undefined;
}

/** The body, which `break` and `continue` can leave. */
function roundIn(
  cx: Context,
  loop: LoopParts,
  breakTo: Target,
  continueTo: Target,
  next: () => boolean,
): boolean {
  const beforeContinue = (): boolean => {
    loop.endRound();
    return next();
  };
  const jump = { labels: loop.labels, plain: true, breakTo, continueTo, beforeContinue };
  return cx.inJump(jump, () => loop.body()) && beforeContinue();
}

/** Leaves the loop where the condition is false; false if it always is. */
function testAndLeave(cx: Context, loop: LoopParts, breakTo: Target): boolean {
  const { condition, scope } = loop;
  if (condition === undefined) return true;
  const value = cx.inOuterScope(scope, () => condition.test());
  if (value === true) return true;
  const leave = (): undefined => {
    cx.exit(breakTo, arrived, condition.node);
    return undefined;
  };
  if (value === undefined) {
    // The condition is wrong already: what follows the loop is still looked at.
    branch(cx, leave);
    return true;
  }
  if (value === false) {
    leave();
    return false;
  }
  return lowerIf(cx, value, condition.node, () => arrived, leave) !== undefined;
}

interface Closing {
  readonly label: string;
  readonly loop: LoopParts;
  readonly base: Context["store"];
  readonly waiting: number;
  readonly body: ReturnType<typeof branch>;
  readonly next: Merge;
  readonly continues: readonly Exit[];
  readonly breaks: readonly Exit[];
  readonly params: ReturnType<Merge["operands"]>;
}

function close(cx: Context, c: Closing): Arrival {
  const { label, loop, next, continues, breaks } = c;
  const initial = next.operands(cx, 0);
  continues.forEach((exit, i) => {
    end(cx, exit, "continue", next.operands(cx, i + 1), { label });
  });
  if (breaks.length === 0) {
    cx.emit("loop", initial, { label }, [], loop.node, [c.body.block.region(c.params)]);
    return unreachable(cx, loop.node);
  }
  const site = cx.siteOf(loop.node, " ends");
  const merge = new Merge(cx, c.base, cx.block, breaks, { site });
  const results = closeLoop(cx, label, merge, breaks, c.body.block, initial, c.params, loop.node);
  cx.store = cx.exits.length === c.waiting ? c.base : c.base.fork();
  return merge.apply(cx, results, loop.node);
}
