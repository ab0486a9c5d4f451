/** Lowers `a.b`, `a[b]` and `?.`: nothing at a `?.` ends the whole chain with undefined. */

import type ts from "typescript";
import { callLink } from "./calls.ts";
import type { Context } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { readInherited } from "./inherited.ts";
import { lowerKey, readProperty } from "./properties.ts";
import { tsc } from "./typescript.ts";
import { type AbstractValue, failed, isNothing, undefinedValue } from "./values.ts";

/** A part of a chain; undefined when a `?.` before it has met nothing. */
export type Link = AbstractValue | undefined;

export type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;

export const lowerAccess = (cx: Context, node: Access): AbstractValue =>
  accessLink(cx, node) ?? undefinedValue;

/** What stands before `.b`, `[b]` or `(…)`: a link of the same chain, or a value by itself. */
export function lowerBefore(cx: Context, node: ts.Expression, inside: ts.Node): Link {
  if (!tsc.isOptionalChain(inside)) return lowerExpression(cx, node);
  if (tsc.isCallExpression(node)) return callLink(cx, node);
  if (tsc.isNonNullExpression(node)) return lowerBefore(cx, node.expression, inside);
  const isAccess = tsc.isPropertyAccessExpression(node) || tsc.isElementAccessExpression(node);
  return isAccess ? accessLink(cx, node) : lowerExpression(cx, node);
}

function accessLink(cx: Context, node: Access): Link {
  if (node.expression.kind === tsc.SyntaxKind.SuperKeyword) {
    const key = accessKey(cx, node, cx.frame.thisValue);
    return key === undefined ? failed : readInherited(cx, key, node);
  }
  const receiver = lowerBefore(cx, node.expression, node);
  if (receiver === undefined) return undefined;
  if (node.questionDotToken !== undefined && isNothing(receiver)) return undefined;
  const key = accessKey(cx, node, receiver);
  return key === undefined ? failed : readProperty(cx, receiver, key, node);
}

/** The name after the dot, or in the brackets; undefined (and reported) if it is not known. */
export const accessKey = (
  cx: Context,
  node: Access,
  receiver: AbstractValue,
): string | undefined =>
  tsc.isPropertyAccessExpression(node)
    ? node.name.text
    : lowerKey(cx, node.argumentExpression, receiver);
