/** Lowers assignments: to variables, to fields and elements, and through patterns. */

import type ts from "typescript";
import { assignsCaptured, prototypeAccess } from "../diagnostics/catalog/subset.ts";
import { tensorOperator } from "../diagnostics/catalog/tensors.ts";
import { operandTypes } from "../diagnostics/catalog/types.ts";
import { syntax } from "../diagnostics/catalog/unsupported.ts";
import type { Context } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { nameAfter } from "./graph-values.ts";
import { narrow, settle } from "./heap/narrow.ts";
import { lowerIdentifier } from "./identifiers.ts";
import { listItems, makeList } from "./lists.ts";
import { combine } from "./logic.ts";
import { applyScalar } from "./numbers.ts";
import { applyBinary } from "./operators.ts";
import { orDefault } from "./patterns.ts";
import {
  lowerKey,
  propertyKey,
  readKey,
  readProperty,
  restRecord,
  writeKey,
} from "./properties.ts";
import { tsc } from "./typescript.ts";
import {
  type AbstractValue,
  constant,
  describeValue,
  failed,
  isNumber,
  isTensor,
  undefinedValue,
} from "./values.ts";

/** A place that can be read and written; its parts are computed once. */
interface Reference {
  read(): AbstractValue;
  write(value: AbstractValue): void;
}

function referenceTo(cx: Context, target: ts.Expression): Reference | undefined {
  const node = unwrap(target);
  if (tsc.isIdentifier(node)) {
    return {
      read: () => lowerIdentifier(cx, node),
      write: (value) => writeVariable(cx, node, value),
    };
  }
  const isProperty = tsc.isPropertyAccessExpression(node);
  if (!isProperty && !tsc.isElementAccessExpression(node)) return undefined;
  const receiver = lowerExpression(cx, node.expression);
  const key = isProperty ? node.name.text : lowerKey(cx, node.argumentExpression, receiver);
  return {
    read: () => (key === undefined ? failed : narrow(cx, readKey(cx, receiver, key, node), node)),
    write: (value) => {
      if (key !== undefined) writeKey(cx, receiver, key, value, node);
    },
  };
}

function unwrap(node: ts.Expression): ts.Expression {
  if (tsc.isParenthesizedExpression(node) || tsc.isNonNullExpression(node)) {
    return unwrap(node.expression);
  }
  return node;
}

function writeVariable(cx: Context, node: ts.Identifier, value: AbstractValue): void {
  const variable = cx.scope.find(node.text);
  if (variable === undefined) cx.report(node, assignsCaptured(node.text));
  else {
    nameAfter(cx, value, node.text);
    cx.store.setVariable(variable, value);
  }
}

/** `=`, and `+=` and its like, whose `operator` is without the `=`. */
export function applyAssignment(
  cx: Context,
  node: ts.BinaryExpression,
  operator: string,
): AbstractValue {
  if (operator === "") {
    const target = unwrap(node.left);
    if (tsc.isArrayLiteralExpression(target) || tsc.isObjectLiteralExpression(target)) {
      const value = lowerExpression(cx, node.right);
      assignTo(cx, target, value);
      return value;
    }
    const reference = referenceTo(cx, target);
    const value = lowerExpression(cx, node.right);
    if (reference === undefined) return cx.report(target, syntax("assigning to this"));
    reference.write(value);
    return value;
  }
  const reference = referenceTo(cx, node.left);
  if (reference === undefined) return cx.report(node.left, syntax("assigning to this"));
  if (operator === "&&" || operator === "||" || operator === "??") {
    return combine(cx, operator, reference.read(), node.left, node, () => {
      const value = lowerExpression(cx, node.right);
      reference.write(value);
      return value;
    });
  }
  const left = reference.read();
  const right = lowerExpression(cx, node.right);
  const value = applyBinary(cx, operator, left, right, node);
  reference.write(value);
  return value;
}

/** `++` and `--`; `before` tells `++x`, whose value is the new one, from `x++`. */
export function step(
  cx: Context,
  target: ts.Expression,
  operator: "+" | "-",
  before: boolean,
  node: ts.Node,
): AbstractValue {
  const reference = referenceTo(cx, target);
  if (reference === undefined) return cx.report(target, syntax("assigning to this"));
  const old = settle(cx, reference.read(), target);
  if (old.kind === "error") return failed;
  const sign = operator + operator;
  if (isTensor(old)) return cx.report(node, tensorOperator(sign, true));
  if (!isNumber(old)) return cx.report(node, operandTypes(sign, describeValue(old), "nothing"));
  const next = applyScalar(cx, operator === "+" ? "add" : "sub", [old, constant(1)], node);
  reference.write(next);
  return before ? next : old;
}

/** Assigns to a target that may be a pattern: `[a, b] = …`, `({ x, y } = …)`. */
export function assignTo(cx: Context, target: ts.Expression, value: AbstractValue): void {
  const node = unwrap(target);
  if (tsc.isArrayLiteralExpression(node)) assignList(cx, node, value);
  else if (tsc.isObjectLiteralExpression(node)) assignRecord(cx, node, value);
  else if (isDefaulted(node)) assignTo(cx, node.left, orDefault(cx, value, node.right));
  else {
    const reference = referenceTo(cx, node);
    if (reference === undefined) cx.report(node, syntax("assigning to this"));
    else reference.write(value);
  }
}

const isDefaulted = (node: ts.Expression): node is ts.BinaryExpression =>
  tsc.isBinaryExpression(node) && node.operatorToken.kind === tsc.SyntaxKind.EqualsToken;

function assignList(cx: Context, node: ts.ArrayLiteralExpression, value: AbstractValue): void {
  const items = listItems(cx, value, node);
  for (const [i, element] of node.elements.entries()) {
    if (tsc.isOmittedExpression(element)) continue;
    if (tsc.isSpreadElement(element)) {
      const rest = items === undefined ? failed : makeList(cx, items.slice(i), element);
      assignTo(cx, element.expression, rest);
    } else assignTo(cx, element, items === undefined ? failed : (items[i] ?? undefinedValue));
  }
}

function assignRecord(cx: Context, node: ts.ObjectLiteralExpression, value: AbstractValue): void {
  const taken: string[] = [];
  for (const property of node.properties) {
    if (tsc.isSpreadAssignment(property)) {
      assignTo(cx, property.expression, restRecord(cx, value, taken, property));
    } else if (tsc.isShorthandPropertyAssignment(property)) {
      const { text } = property.name;
      taken.push(text);
      const part = readProperty(cx, value, text, property);
      const given = orDefault(cx, part, property.objectAssignmentInitializer);
      writeVariable(cx, property.name, given);
    } else if (tsc.isPropertyAssignment(property)) {
      const key = propertyKey(cx, property.name);
      if (key === undefined) continue;
      taken.push(key);
      const part = readProperty(cx, value, key, property);
      assignTo(cx, property.initializer, part);
    } else cx.report(property, prototypeAccess("get, set or a method here"));
  }
}
