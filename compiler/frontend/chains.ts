/** Lowers `a.b`, `a[b]` and `?.`: nothing at a `?.` ends the whole chain with undefined. */

import type ts from "typescript";
import { callLink } from "./calls.ts";
import { usable } from "./conflicts.ts";
import type { Context } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { narrow, somethingOf } from "./heap/narrow.ts";
import { readInherited } from "./inherited.ts";
import { lowerIf } from "./paths.ts";
import { type Key, lowerKey, readKey } from "./properties.ts";
import { tsc } from "./typescript.ts";
import { type AbstractValue, failed, isNothing, type Union, undefinedValue } from "./values.ts";

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
    return typeof key === "string" ? readInherited(cx, key, node) : failed;
  }
  const receiver = lowerBefore(cx, node.expression, node);
  if (receiver === undefined) return undefined;
  if (node.questionDotToken !== undefined && isNothing(receiver)) return undefined;
  const read = (object: AbstractValue): AbstractValue => {
    const key = accessKey(cx, node, object);
    return key === undefined ? failed : narrow(cx, readKey(cx, object, key, node), node);
  };
  if (receiver.kind !== "union" || node.questionDotToken === undefined) return read(receiver);
  return ifSomething(cx, receiver, node, read);
}

/** What `read` gives where the value is something, else undefined: a `?.` that is decided at run time. */
export function ifSomething(
  cx: Context,
  v: Union,
  node: ts.Node,
  read: (something: AbstractValue) => AbstractValue,
): AbstractValue {
  const [is, something] = somethingOf(cx, v, node);
  const result = lowerIf(
    cx,
    is,
    node,
    () => read(something),
    () => undefinedValue,
  );
  return result === undefined ? failed : usable(cx, result, "this value", node);
}

/** The name after the dot, or in the brackets; undefined (and reported) if it is not known. */
export const accessKey = (cx: Context, node: Access, receiver: AbstractValue): Key | undefined =>
  tsc.isPropertyAccessExpression(node)
    ? node.name.text
    : lowerKey(cx, node.argumentExpression, receiver);
