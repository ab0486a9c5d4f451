/** Lowers calls: finds what is called, on what, with what. */

import type ts from "typescript";
import * as subset from "../diagnostics/catalog/subset.ts";
import { syntax, unknownLength } from "../diagnostics/catalog/unsupported.ts";
import { callBuiltin } from "./builtins.ts";
import { type Access, accessKey, ifSomething, type Link, lowerBefore } from "./chains.ts";
import { choose } from "./choices.ts";
import { usable } from "./conflicts.ts";
import type { Context } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { callAssert, callConsole, callDemand, callRefuse } from "./failures.ts";
import { callFunction } from "./functions.ts";
import { shapeOf } from "./heap/access.ts";
import { newList } from "./heap/allocate.ts";
import { readClassMember } from "./heap/classes.ts";
import { classesOf, forItsClass } from "./heap/dispatch.ts";
import { appendAll, callHeapListMethod, isCounted } from "./heap/lists.ts";
import { callMapMethod } from "./heap/maps.ts";
import { narrow, settle } from "./heap/narrow.ts";
import { readInherited } from "./inherited.ts";
import { callListMethod } from "./list-methods.ts";
import { listItems } from "./lists.ts";
import { readMember, readProperty } from "./properties.ts";
import { callOperator, callTensorMethod } from "./tensor-calls.ts";
import { callNumberMethod, callTextMethod } from "./text-methods.ts";
import { tsc } from "./typescript.ts";
import {
  type AbstractValue,
  describeValue,
  failed,
  isNothing,
  isNumber,
  isTensor,
  isText,
  undefinedValue,
} from "./values.ts";

/** Builtins whose arguments are not all computed. */
const checks: ReadonlyMap<string, typeof callAssert> = new Map([
  ["assert", callAssert],
  ["refuse", callRefuse],
  ["demand", callDemand],
]);

export const lowerCall = (cx: Context, node: ts.CallExpression): AbstractValue =>
  narrow(cx, callLink(cx, node) ?? undefinedValue, node);

/** A call as part of a chain; undefined when a `?.` has met nothing. */
export function callLink(cx: Context, node: ts.CallExpression): Link {
  const callee = unwrap(node.expression);
  if (tsc.isPropertyAccessExpression(callee) || tsc.isElementAccessExpression(callee)) {
    return methodLink(cx, node, callee);
  }
  if (callee.kind === tsc.SyntaxKind.ImportKeyword) {
    return cx.report(node, subset.asynchronous("`import()`"));
  }
  if (callee.kind === tsc.SyntaxKind.SuperKeyword) return callSuper(cx, node);
  const value = lowerBefore(cx, callee, node);
  if (value === undefined) return undefined;
  if (node.questionDotToken !== undefined && isNothing(value)) return undefined;
  const check = value.kind === "builtin" ? checks.get(value.name) : undefined;
  if (check !== undefined) return check(cx, node);
  return callValue(cx, value, undefinedValue, argumentsOf(cx, value, node), node);
}

function callSuper(cx: Context, node: ts.CallExpression): AbstractValue {
  const { construction } = cx.frame;
  if (construction === undefined) return cx.report(node, syntax("`super()`"));
  construction.callSuper(lowerArguments(cx, node.arguments), node);
  return undefinedValue;
}

function unwrap(node: ts.Expression): ts.Expression {
  return tsc.isParenthesizedExpression(node) || tsc.isNonNullExpression(node)
    ? unwrap(node.expression)
    : node;
}

function methodLink(cx: Context, node: ts.CallExpression, callee: Access): Link {
  if (callee.expression.kind === tsc.SyntaxKind.SuperKeyword) {
    const { thisValue } = cx.frame;
    const key = accessKey(cx, callee, thisValue);
    const method = typeof key === "string" ? readInherited(cx, key, callee) : failed;
    return callValue(cx, method, thisValue, argumentsOf(cx, method, node), node);
  }
  const receiver = lowerBefore(cx, callee.expression, callee);
  if (receiver === undefined) return undefined;
  if (callee.questionDotToken !== undefined && isNothing(receiver)) return undefined;
  const isOptional = callee.questionDotToken !== undefined && receiver.kind === "union";
  if (isOptional) {
    return ifSomething(
      cx,
      receiver,
      node,
      (object) => methodOf(cx, node, callee, object) ?? failed,
    );
  }
  return methodOf(cx, node, callee, receiver);
}

/** Calls the method of a receiver that is there. */
function methodOf(
  cx: Context,
  node: ts.CallExpression,
  callee: Access,
  receiver: AbstractValue,
): Link {
  const key = accessKey(cx, callee, receiver);
  if (typeof key !== "string") {
    if (key !== undefined) cx.report(callee, subset.dynamicPropertyName());
    lowerArguments(cx, node.arguments);
    return failed;
  }
  if (receiver.kind === "builtin" && receiver.name === "console") return callConsole(cx, node);
  if (node.questionDotToken !== undefined && hasNothing(cx, receiver, key, callee)) {
    return undefined;
  }
  return callMethod(cx, receiver, key, node);
}

/** Whether `receiver.key` is nothing, asked for `receiver.key?.()`. */
const hasNothing = (cx: Context, receiver: AbstractValue, key: string, node: Access): boolean =>
  (receiver.kind === "object" || receiver.kind === "ref") &&
  isNothing(readProperty(cx, receiver, key, node));

/** The arguments of a call whose number must be known, spread ones one by one. */
export function lowerArguments(
  cx: Context,
  nodes: readonly ts.Expression[],
): readonly AbstractValue[] {
  return lowerSpreadArguments(cx, nodes).map((v) =>
    v.kind === "spread" ? cx.report(nodes.find(tsc.isSpreadElement)!, unknownLength()) : v,
  );
}

/** The same where all from some place on may be one list, `SpreadArguments`. */
function lowerSpreadArguments(
  cx: Context,
  nodes: readonly ts.Expression[],
): readonly AbstractValue[] {
  const values: AbstractValue[] = [];
  let last: AbstractValue | undefined;
  for (const node of nodes) {
    const isSpread = tsc.isSpreadElement(node);
    const value = lowerExpression(cx, isSpread ? node.expression : node);
    if (isSpread && last === undefined && isCounted(value)) {
      last = newList(cx, cx.siteOf(node, "arguments"), [], node);
    }
    const all = isSpread && !isCounted(value) ? (listItems(cx, value, node) ?? [failed]) : [value];
    if (last === undefined) values.push(...all);
    else if (all.some((v) => v.kind === "error")) last = failed;
    else if (isSpread && isCounted(value)) last = appendAll(cx, last, value, node);
    else callHeapListMethod(cx, last, "push", all, node);
  }
  if (last === undefined) return values;
  return [...values, last.kind === "dynamic" ? { kind: "spread", list: last } : failed];
}

/** The arguments of a function, of which those of its rest parameter may be one list. */
function argumentsOf(
  cx: Context,
  callee: AbstractValue,
  node: ts.CallExpression,
): readonly AbstractValue[] {
  const takesAny = callee.kind === "function" || callee.kind === "closure";
  return takesAny ? lowerSpreadArguments(cx, node.arguments) : lowerArguments(cx, node.arguments);
}

function callMethod(
  cx: Context,
  receiver: AbstractValue,
  key: string,
  node: ts.CallExpression,
): AbstractValue {
  const args = (): readonly AbstractValue[] => lowerArguments(cx, node.arguments);
  const forList = (): readonly AbstractValue[] =>
    addsElements(key, node) ? lowerSpreadArguments(cx, node.arguments) : args();
  if (isTensor(receiver)) return callTensorMethod(cx, receiver, key, args(), node);
  // `list[0](x)` calls an element.
  if (/^\d+$/.test(key)) {
    return callValue(cx, readProperty(cx, receiver, key, node), receiver, args(), node);
  }
  switch (receiver.kind) {
    case "error":
      args();
      return failed;
    case "builtin":
      return callBuiltin(
        cx,
        `${receiver.name}.${key}`,
        takesSpread.has(`${receiver.name}.${key}`)
          ? lowerSpreadArguments(cx, node.arguments)
          : args(),
        node,
      );
    case "array":
      return callListMethod(cx, receiver, key, forList(), node);
    case "ref":
      if (receiver.object.shape === "list")
        return callListMethod(cx, receiver, key, forList(), node);
      break;
    case "union":
      return callOfUnion(cx, receiver, key, node);
    case "choice":
      return choose(cx, receiver, node, (option) => callMethod(cx, option, key, node));
    case "dynamic": {
      const kind = shapeOf(cx, receiver)?.kind;
      if (kind === "list") return callHeapListMethod(cx, receiver, key, forList(), node);
      if (kind === "map") return callMapMethod(cx, receiver, key, args(), node);
      if (classesOf(cx, receiver).length > 1 && !shapeOf(cx, receiver)?.fields.has(key)) {
        const given = args();
        return forItsClass(cx, receiver, node, (type) => {
          const method = readClassMember(cx, type, receiver, key, node);
          return callValue(cx, method, receiver, given, node);
        });
      }
      break;
    }
    default:
      break;
  }
  if (isText(receiver)) return callTextMethod(cx, receiver, key, args(), node);
  switch (receiver.kind) {
    default:
      break;
  }
  if (isNumber(receiver)) return callNumberMethod(cx, receiver, key, args(), node);
  const method = readProperty(cx, receiver, key, node);
  return callValue(cx, method, receiver, argumentsOf(cx, method, node), node);
}

/** Whether a method of lists adds what is spread among its arguments, however many a run has. */
function addsElements(key: string, node: ts.CallExpression): boolean {
  const isPlace = key === "splice" && node.arguments.slice(0, 2).some(tsc.isSpreadElement);
  return key === "push" || key === "unshift" || (key === "splice" && !isPlace);
}

/** Builtins that take any number of arguments, also one that only a run knows. */
const takesSpread: ReadonlySet<string> = new Set(["Math.max", "Math.min"]);

function callOfUnion(
  cx: Context,
  receiver: AbstractValue,
  key: string,
  node: ts.CallExpression,
): AbstractValue {
  const { expression } = node;
  const object = tsc.isPropertyAccessExpression(expression) ? expression.expression : expression;
  const settled = settle(cx, receiver, object);
  if (settled.kind !== "union") return callMethod(cx, settled, key, node);
  return cx.report(node, syntax(`\`${key}\` of ${describeValue(receiver)}`));
}

/** Calls a value; `node` is what a message points at. */
export function callValue(
  cx: Context,
  callee: AbstractValue,
  thisValue: AbstractValue,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  switch (callee.kind) {
    case "error":
      return failed;
    case "function":
    case "closure":
      return callFunction(cx, callee, thisValue, args, node);
    case "operator":
      return callOperator(cx, callee.op, args, node);
    case "builtin":
      return callBuiltin(cx, callee.name, args, node);
    case "choice":
      return choose(cx, callee, node, (option) => callValue(cx, option, thisValue, args, node));
    case "conflict":
      return usable(cx, callee, "the function", node);
    default: {
      const called = tsc.isCallExpression(node) ? node.expression.getText() : "this";
      return cx.report(node, subset.notCallable(`\`${called}\``, describeValue(callee)));
    }
  }
}

/** Calls what `x.pipe(…)` takes: a function, or an object with a `forward` method. */
export function callStage(
  cx: Context,
  stage: AbstractValue,
  x: AbstractValue,
  node: ts.Node,
): AbstractValue {
  if (stage.kind === "choice") {
    return choose(cx, stage, node, (option) => callStage(cx, option, x, node));
  }
  if (stage.kind !== "object") return callValue(cx, stage, undefinedValue, [x], node);
  const forward = readMember(cx, stage, "forward", node);
  if (isNothing(forward)) {
    return cx.report(node, subset.unknownProperty(describeValue(stage), "forward", ""));
  }
  return callValue(cx, forward, stage, [x], node);
}
