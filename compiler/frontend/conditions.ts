/** Lowers conditions: what is known when compiling decides, the rest becomes a bool. */

import type ts from "typescript";
import { tensorCondition } from "../diagnostics/catalog/tensors.ts";
import { expected } from "../diagnostics/catalog/types.ts";
import type { Value } from "../graph/ir.ts";
import { usable } from "./conflicts.ts";
import type { Context } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { booleanNode, toNumber } from "./graph-values.ts";
import { isTag, mayBeNothing } from "./heap/narrow.ts";
import { lengthOf } from "./heap/texts.ts";
import { type AbstractValue, describeValue, isTensor, type Union } from "./values.ts";

/** A decision, a bool computed at run time, or undefined (reported). */
export type Condition = boolean | Value | undefined;

export const conditionOf = (cx: Context, node: ts.Expression): Condition =>
  truthOf(cx, lowerExpression(cx, node), node);

/** What JavaScript's `Boolean(v)` is. */
export function truthOf(cx: Context, v: AbstractValue, node: ts.Node): Condition {
  if (isTensor(v)) {
    // Where types allow nothing, the program asks whether there is a tensor: `if (this.bias)`.
    if (mayBeNothing(cx, node)) return true;
    cx.report(node, tensorCondition(node.getText()));
    return undefined;
  }
  switch (v.kind) {
    case "constant":
      return Boolean(v.value);
    case "dynamic":
      switch (v.value.type.kind) {
        case "bool":
          return v.value;
        case "str":
          return cx.scalar("toBoolean", [lengthOf(cx, v.value, node)], "bool", node);
        case "ref":
          return true;
        default:
          return cx.scalar("toBoolean", [v.value], "bool", node);
      }
    case "size":
    case "quotient":
      return cx.scalar("toBoolean", [toNumber(cx, v, node)!], "bool", node);
    case "error":
      return undefined;
    case "union":
      return ofUnion(cx, v, node);
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

/** True if any of the options is what the value is, and is true. */
function ofUnion(cx: Context, v: Union, node: ts.Node): Condition {
  let any: Value | undefined;
  for (const { code, value } of v.options) {
    // A tensor that may be missing is asked for, not read: `if (mask)`.
    const truth = isTensor(value) ? true : truthOf(cx, value, node);
    if (truth === undefined) return undefined;
    if (truth === false) continue;
    const is = isTag(cx, v.tag, code, node);
    const holds = truth === true ? is : cx.scalar("and", [is, truth], "bool", node);
    any = any === undefined ? holds : cx.scalar("or", [any, holds], "bool", node);
  }
  return any ?? booleanNode(cx, false, node);
}
