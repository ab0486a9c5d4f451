/**
 * Owns how paths part and meet: `if` regions, statements that can be left from inside, and attempts
 * that may be dropped.
 *
 * A store that a waiting exit still needs is never written again: `rejoin` goes on in a fork.
 */

import type ts from "typescript";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Type, Value } from "../graph/ir.ts";
import { Block } from "./block.ts";
import {
  type Arrival,
  type Branch,
  branch,
  type Context,
  type Exit,
  type Target,
} from "./context.ts";
import { Merge, type Side } from "./merge.ts";
import type { Store } from "./store.ts";
import { type AbstractValue, undefinedValue } from "./values.ts";

/** Goes on behind paths that left from `base`; `waiting` is how many exits waited before them. */
export function rejoin(cx: Context, base: Store, waiting: number): void {
  cx.store = cx.exits.length === waiting ? base : base.fork();
}

/** Goes on where one path arrived, the only one. */
function follow(cx: Context, base: Store, waiting: number, arrived: Store): void {
  if (cx.exits.length > waiting) cx.store = arrived;
  else {
    base.commit(arrived);
    cx.store = base;
  }
}

/** Two ways that a condition chooses between; what both arrive with is merged. */
export function lowerIf(
  cx: Context,
  condition: Value,
  node: ts.Node,
  whenTrue: () => Arrival,
  whenFalse: () => Arrival,
): Arrival {
  const waiting = cx.exits.length;
  const base = cx.store;
  const yes = branch(cx, whenTrue);
  const no = branch(cx, whenFalse);
  if (yes.arrival === undefined || no.arrival === undefined) {
    return oneArm(cx, condition, node, base, waiting, yes, no);
  }
  const { frame } = cx;
  const sides = [
    { ...yes, value: yes.arrival, node, frame },
    { ...no, value: no.arrival, node, frame },
  ];
  const merge = new Merge(cx, base, cx.block, sides, { site: cx.siteOf(node, " meets") });
  sides.forEach((side, i) => {
    end(cx, side, "yield", merge.operands(cx, i), {});
  });
  const results = cx.emit(
    "if",
    [condition],
    {},
    merge.leaves.map((leaf) => leaf.type),
    node,
    [yes.block.region(), no.block.region()],
  );
  name(cx, merge, results);
  rejoin(cx, base, waiting);
  return merge.apply(cx, results, node);
}

/** At most one arm arrives: its nodes follow the `if`, whose region for it is empty. */
function oneArm(
  cx: Context,
  condition: Value,
  node: ts.Node,
  base: Store,
  waiting: number,
  yes: Branch,
  no: Branch,
): Arrival {
  const leaves = yes.arrival === undefined ? yes : no;
  const stays = leaves === yes ? no : yes;
  const empty = new Block(cx.block);
  end(cx, { block: empty, node, frame: cx.frame }, "yield", [], {});
  const regions = leaves === yes ? [leaves.block, empty] : [empty, leaves.block];
  cx.emit(
    "if",
    [condition],
    {},
    [],
    node,
    regions.map((b) => b.region()),
  );
  stays.block.spliceInto(cx.block);
  follow(cx, base, waiting, stays.store);
  return stays.arrival;
}

/** Ends the block of a path with a terminator. */
export function end(
  cx: Context,
  at: Pick<Side, "block" | "node" | "frame">,
  op: "yield" | "break" | "continue" | "return",
  operands: readonly Value[],
  attrs: Readonly<Record<string, string>>,
): void {
  const { block, frame } = cx;
  cx.block = at.block.place;
  cx.frame = at.frame;
  cx.emit(op, operands, attrs, [], at.node);
  cx.block = block;
  cx.frame = frame;
}

/** Gives the leaves of a meeting the names of the variables that they become. */
export function name(cx: Context, merge: Merge, values: readonly Value[]): void {
  merge.leaves.forEach(({ hint }, i) => {
    if (hint !== undefined) cx.unit.definitions.suggestName(values[i]!, hint);
  });
}

/** Takes the exits to `target` out of those that wait. */
export function takeExits(cx: Context, waiting: number, target: Target): readonly Exit[] {
  const added = cx.exits.splice(waiting);
  cx.exits.push(...added.filter((exit) => exit.target !== target));
  return added.filter((exit) => exit.target === target);
}

/**
 * Walks `body`, in which exits may lead to `target`, and goes on behind all of them and the end of
 * the body. Where exits come from inside regions, the body becomes a loop of one round that they break.
 */
export function gather(cx: Context, target: Target, node: ts.Node, body: () => Arrival): Arrival {
  const waiting = cx.exits.length;
  const base = cx.store;
  const inner = branch(cx, () => {
    const arrival = body();
    if (arrival !== undefined) cx.exit(target, arrival, node);
    return undefined;
  });
  const exits = takeExits(cx, waiting, target);
  const [only] = exits;
  if (only === undefined) {
    inner.block.spliceInto(cx.block);
    return undefined;
  }
  if (exits.length === 1 && only.block.place === inner.block) {
    inner.block.spliceInto(cx.block);
    follow(cx, base, waiting, only.store);
    return only.value;
  }
  const label = cx.newLabel();
  const merge = new Merge(cx, base, cx.block, exits, { site: cx.siteOf(node, " ends") });
  const results = closeLoop(cx, label, merge, exits, inner.block, [], [], node);
  rejoin(cx, base, waiting);
  return merge.apply(cx, results, node);
}

/** Ends each exit with a `break`, and emits the `loop` node; gives its results. */
export function closeLoop(
  cx: Context,
  label: string,
  merge: Merge,
  exits: readonly Exit[],
  body: Block,
  initial: readonly Value[],
  params: readonly Value[],
  node: ts.Node,
): readonly Value[] {
  exits.forEach((exit, i) => {
    end(cx, exit, "break", merge.operands(cx, i), { label });
  });
  const types: readonly Type[] = merge.leaves.map((leaf) => leaf.type);
  const results = cx.emit("loop", initial, { label }, types, node, [body.region(params)]);
  name(cx, merge, results);
  return results;
}

/** What an attempt came to; `accept` makes it part of the walk, otherwise it leaves no trace. */
export interface Attempt {
  readonly diagnostics: readonly Diagnostic[];
  readonly arrival: Arrival;
  /** Whether anything is left to do at run time. */
  readonly emitted: boolean;
  /** Whether it left for an outer target: a `return`, or a `break` of an outer loop. */
  readonly left: boolean;
  accept(): Arrival;
}

/** Walks `body` so that it can still be dropped. */
export function attempt(cx: Context, body: () => Arrival): Attempt {
  const waiting = cx.exits.length;
  const { diagnostics, endless, repeated } = cx.unit;
  const reported = diagnostics.length;
  const known = new Set(endless);
  const before = new Map(repeated);
  const base = cx.store;
  const { block, store, arrival } = branch(cx, body);
  const found = diagnostics.splice(reported);
  // With other values the same function may end.
  for (const node of endless) if (!known.has(node)) endless.delete(node);
  for (const node of repeated.keys()) repeated.set(node, before.get(node) ?? 0);
  const exits = cx.exits.splice(waiting);
  return {
    diagnostics: found,
    arrival,
    emitted: block.nodes.length > 0,
    left: exits.length > 0,
    accept() {
      diagnostics.push(...found);
      cx.exits.push(...exits);
      block.spliceInto(cx.block);
      follow(cx, base, waiting, store);
      return arrival;
    },
  };
}

/** What follows cannot be reached: no exit leads here. */
export function unreachable(cx: Context, node: ts.Node): undefined {
  cx.emit("throw", [], { message: "unreachable" }, [], node);
  return undefined;
}

export const arrived: AbstractValue = undefinedValue;
