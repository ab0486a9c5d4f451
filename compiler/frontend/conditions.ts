/** Lowers conditions: what is known when compiling decides, the rest becomes a bool. */

import type ts from "typescript";
import { tensorCondition } from "../diagnostics/catalog/tensors.ts";
import { expected } from "../diagnostics/catalog/types.ts";
import type { Value } from "../graph/ir.ts";
import { usable } from "./conflicts.ts";
import type { Context } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { toNumber } from "./graph-values.ts";
import { type AbstractValue, describeValue, isTensor } from "./values.ts";

/** A decision, a bool computed at run time, or undefined (reported). */
export type Condition = boolean | Value | undefined;

export const conditionOf = (cx: Context, node: ts.Expression): Condition =>
  truthOf(cx, lowerExpression(cx, node), node);

/** What JavaScript's `Boolean(v)` is. */
export function truthOf(cx: Context, v: AbstractValue, node: ts.Node): Condition {
  if (isTensor(v)) {
    cx.report(node, tensorCondition(node.getText()));
    return undefined;
  }
  switch (v.kind) {
    case "constant":
      return Boolean(v.value);
    case "dynamic":
      if (v.value.type.kind === "bool") return v.value;
      return cx.scalar("toBoolean", [v.value], "bool", node);
    case "size":
    case "quotient":
      return cx.scalar("toBoolean", [toNumber(cx, v, node)!], "bool", node);
    case "error":
      return undefined;
    case "conflict":
      usable(cx, v, "the condition", node);
      return undefined;
    case "other":
      cx.report(node, expected("a condition", describeValue(v)));
      return undefined;
    default:
      return true;
  }
}
