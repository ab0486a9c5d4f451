/** Lowers `&&`, `||`, `??` and `? :`: the side that is not chosen is not computed. */

import type ts from "typescript";
import type { Value } from "../graph/ir.ts";
import { type Condition, conditionOf, truthOf } from "./conditions.ts";
import { usable } from "./conflicts.ts";
import { branch, type Context } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { somethingOf } from "./heap/narrow.ts";
import { lowerIf } from "./paths.ts";
import { type AbstractValue, dynamic, failed, isNothing } from "./values.ts";

export function lowerLogical(
  cx: Context,
  operator: "&&" | "||" | "??",
  left: ts.Expression,
  right: ts.Expression,
  node: ts.Node,
): AbstractValue {
  const first = lowerExpression(cx, left);
  return combine(cx, operator, first, left, node, () => lowerExpression(cx, right));
}

/** The operator on a left side that is there already; `right` is walked only where it is needed. */
export function combine(
  cx: Context,
  operator: "&&" | "||" | "??",
  first: AbstractValue,
  left: ts.Node,
  node: ts.Node,
  right: () => AbstractValue,
): AbstractValue {
  if (first.kind === "error") {
    right();
    return failed;
  }
  if (operator === "??") {
    if (first.kind !== "union") return isNothing(first) ? right() : first;
    const [is, something] = somethingOf(cx, first, left);
    const merged = lowerIf(cx, is, node, () => something, right);
    if (merged === undefined) cx.die();
    return (merged && usable(cx, merged, "this value", node)) ?? failed;
  }
  const truth = truthOf(cx, first, left);
  if (truth === undefined) return failed;
  if (typeof truth === "boolean") return truth === (operator === "&&") ? right() : first;
  return ofBooleans(cx, operator, truth, first, node, right) ?? failed;
}

function ofBooleans(
  cx: Context,
  operator: "&&" | "||",
  truth: Value,
  first: AbstractValue,
  node: ts.Node,
  right: () => AbstractValue,
): AbstractValue | undefined {
  const isBool = first.kind === "dynamic" && first.value === truth;
  if (isBool) {
    const plain = withoutBranch(cx, operator, truth, node, right);
    if (plain !== undefined) return plain;
  }
  const keep = (): AbstractValue => first;
  const merged =
    operator === "&&"
      ? lowerIf(cx, truth, node, right, keep)
      : lowerIf(cx, truth, node, keep, right);
  if (merged === undefined) cx.die();
  return merged && usable(cx, merged, "this value", node);
}

/** Nodes that can be computed needlessly: nothing happens but their result. */
const harmless: ReadonlySet<string> = new Set(["scalar", "number", "boolean", "size"]);

/** `and`, `or` of two booleans, where the right side is cheap and does nothing else. */
function withoutBranch(
  cx: Context,
  operator: "&&" | "||",
  left: Value,
  node: ts.Node,
  right: () => AbstractValue,
): AbstractValue | undefined {
  const { diagnostics } = cx.unit;
  const [waiting, reported, base] = [cx.exits.length, diagnostics.length, cx.store];
  const trial = branch(cx, right);
  const value = trial.arrival;
  const plain =
    value?.kind === "dynamic" &&
    value.value.type.kind === "bool" &&
    diagnostics.length === reported &&
    trial.block.nodes.every((n) => harmless.has(n.op)) &&
    trial.store.changedSince(base).size === 0;
  if (plain) {
    trial.block.spliceInto(cx.block);
    const fn = operator === "&&" ? "and" : "or";
    return dynamic(cx.scalar(fn, [left, value.value], "bool", node));
  }
  cx.exits.splice(waiting);
  diagnostics.splice(reported);
  return undefined;
}

export function lowerConditional(cx: Context, node: ts.ConditionalExpression): AbstractValue {
  const condition: Condition = conditionOf(cx, node.condition);
  const yes = (): AbstractValue => lowerExpression(cx, node.whenTrue);
  const no = (): AbstractValue => lowerExpression(cx, node.whenFalse);
  if (condition === undefined) {
    yes();
    no();
    return failed;
  }
  if (typeof condition === "boolean") return condition ? yes() : no();
  const merged = lowerIf(cx, condition, node, yes, no);
  if (merged === undefined) {
    cx.die();
    return failed;
  }
  return usable(cx, merged, "this value", node);
}
