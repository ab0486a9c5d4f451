/** Lowers unary and binary operators; tensors have none, so they are refused with the method to use. */

import type ts from "typescript";
import * as subset from "../diagnostics/catalog/subset.ts";
import { tensorIdentity, tensorOperator, tensorText } from "../diagnostics/catalog/tensors.ts";
import { operandTypes } from "../diagnostics/catalog/types.ts";
import { syntax } from "../diagnostics/catalog/unsupported.ts";
import { boolType } from "../graph/ir.ts";
import { applyAssignment, step } from "./assignment.ts";
import { choose } from "./choices.ts";
import { truthOf } from "./conditions.ts";
import { usable } from "./conflicts.ts";
import type { Context } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { toBoolean } from "./graph-values.ts";
import { demandHeap } from "./heap/allocate.ts";
import { isInstanceOf } from "./heap/classes.ts";
import { testClass } from "./heap/dispatch.ts";
import { isTag, narrow, settle } from "./heap/narrow.ts";
import { areApart, compareTexts, concat, equalTexts, parseText } from "./heap/texts.ts";
import { lowerLogical } from "./logic.ts";
import { applyScalar, arithmetic, comparisons } from "./numbers.ts";
import { tsc } from "./typescript.ts";
import {
  type AbstractValue,
  type Choice,
  type Constant,
  constant,
  type Dynamic,
  describeValue,
  dynamic,
  failed,
  isBoolean,
  isNothing,
  isNumber,
  isTensor,
  isText,
  sameValue,
  type Union,
} from "./values.ts";

export function lowerBinary(cx: Context, node: ts.BinaryExpression): AbstractValue {
  const { kind } = node.operatorToken;
  const operator = node.operatorToken.getText();
  if (kind >= tsc.SyntaxKind.FirstAssignment && kind <= tsc.SyntaxKind.LastAssignment) {
    return applyAssignment(cx, node, operator.slice(0, -1));
  }
  switch (operator) {
    case "&&":
    case "||":
    case "??":
      return lowerLogical(cx, operator, node.left, node.right, node);
    case ",":
      lowerExpression(cx, node.left);
      return lowerExpression(cx, node.right);
    case "in":
      return cx.report(node, subset.inOperator());
    case "==":
    case "!=":
      lowerExpression(cx, node.left);
      lowerExpression(cx, node.right);
      return cx.report(node.operatorToken, subset.looseEquality(operator));
    case "instanceof":
      return lowerInstanceOf(cx, node);
    default: {
      const left = narrow(cx, lowerExpression(cx, node.left), node.left);
      const right = narrow(cx, lowerExpression(cx, node.right), node.right);
      return applyBinary(cx, operator, left, right, node);
    }
  }
}

/** A binary operator on values that are there already: also what `+=` does. */
export function applyBinary(
  cx: Context,
  operator: string,
  first: AbstractValue,
  second: AbstractValue,
  node: ts.Node,
): AbstractValue {
  const one = usable(cx, first, "the left side", node);
  const two = usable(cx, second, "the right side", node);
  if (one.kind === "error" || two.kind === "error") return failed;
  if (operator === "===" || operator === "!==") {
    return equality(cx, operator, one, two, node);
  }
  // `+` with a text takes anything that has a text.
  const joins = operator === "+" && (isText(one) || isText(two));
  const left = joins ? one : settle(cx, one, node);
  const right = joins ? two : settle(cx, two, node);
  if (isTensor(left) || isTensor(right)) return cx.report(node, tensorOperator(operator, false));
  if (operator === "**") return cx.report(node, subset.powerOperator());
  const fn = arithmetic.get(operator) ?? comparisons.get(operator);
  if (fn === undefined) return cx.report(node, syntax(`the operator \`${operator}\``));
  if (isNumber(left) && isNumber(right)) return applyScalar(cx, fn, [left, right], node);
  const text = ofTexts(operator, left, right);
  if (text !== undefined) return text;
  if (operator === "+" && (isText(left) || isText(right))) return concat(cx, left, right, node);
  if (isText(left) && isText(right) && comparisons.has(operator)) {
    return compareTexts(cx, fn, left, right, node);
  }
  return cx.report(node, operandTypes(operator, describeValue(left), describeValue(right)));
}

/** `+` and comparisons where a text known when compiling takes part. */
function ofTexts(
  operator: string,
  left: AbstractValue,
  right: AbstractValue,
): Constant | undefined {
  if (left.kind !== "constant" || right.kind !== "constant") return undefined;
  const [a, b] = [left.value, right.value];
  if (operator === "+" && (typeof a === "string" || typeof b === "string")) {
    return constant(`${a}${b}`);
  }
  if (typeof a !== "string" || typeof b !== "string") return undefined;
  switch (operator) {
    case "<":
      return constant(a < b);
    case "<=":
      return constant(a <= b);
    case ">":
      return constant(a > b);
    case ">=":
      return constant(a >= b);
    default:
      return undefined;
  }
}

function equality(
  cx: Context,
  operator: "===" | "!==",
  left: AbstractValue,
  right: AbstractValue,
  node: ts.Node,
): AbstractValue {
  const equal = operator === "===";
  if (isTensor(left) || isTensor(right)) {
    if (isNothing(left) || isNothing(right)) return constant(!equal);
    return cx.report(node, tensorIdentity(operator));
  }
  if (isNumber(left) && isNumber(right)) {
    return applyScalar(cx, equal ? "eq" : "ne", [left, right], node);
  }
  if (isBoolean(left) && isBoolean(right)) {
    if (left.kind === "constant" && right.kind === "constant") {
      return constant((left.value === right.value) === equal);
    }
    const operands = [toBoolean(cx, left, node)!, toBoolean(cx, right, node)!];
    return dynamic(cx.scalar(equal ? "same" : "differ", operands, "bool", node));
  }
  if (isText(left) && isText(right) && !(left.kind === "constant" && right.kind === "constant")) {
    if (areApart(cx, left, right)) return constant(!equal);
    const same = equalTexts(cx, left, right, node);
    if (same === undefined) return failed;
    return dynamic(equal ? same : cx.scalar("not", [same], "bool", node));
  }
  if (isOneOfSeveral(left)) return unionEquality(cx, equal, left, right, node);
  if (isOneOfSeveral(right)) return unionEquality(cx, equal, right, left, node);
  if (isReference(left) && isReference(right)) {
    const same = cx.emitOne("same", [left.value, right.value], {}, boolType, node);
    return dynamic(equal ? same : cx.scalar("not", [same], "bool", node));
  }
  if (mayBeSame(cx, left, right) && left.kind === "ref" && right.kind === "ref") {
    return demandHeap(cx, [...left.object.sites, ...right.object.sites], node);
  }
  // Values of different types are never equal; others have an identity that is known.
  return constant(sameValue(left, right) === equal);
}

const isReference = (v: AbstractValue): v is Dynamic =>
  v.kind === "dynamic" && v.value.type.kind === "ref";

const isOneOfSeveral = (v: AbstractValue): v is Union | Choice =>
  v.kind === "union" || v.kind === "choice";

const optionsOf = (v: Union | Choice): readonly (readonly [code: number, AbstractValue])[] =>
  v.kind === "union"
    ? v.options.map(({ code, value }) => [code, value])
    : v.options.map((option, code) => [code, option]);

/** Equal if it is one of the options that equal the other value. */
function unionEquality(
  cx: Context,
  equal: boolean,
  union: Union | Choice,
  other: AbstractValue,
  node: ts.Node,
): AbstractValue {
  let any: AbstractValue = constant(false);
  for (const [code, value] of optionsOf(union)) {
    const same = equality(cx, "===", value, other, node);
    if (same.kind === "error") return failed;
    if (same.kind === "constant" && same.value === false) continue;
    const tag = isTag(cx, union.tag, code, node);
    const holds = same.kind === "dynamic" ? cx.scalar("and", [tag, same.value], "bool", node) : tag;
    any = dynamic(
      any.kind === "dynamic" ? cx.scalar("or", [any.value, holds], "bool", node) : holds,
    );
  }
  if (any.kind !== "dynamic") return constant(!equal);
  return equal ? any : dynamic(cx.scalar("not", [any.value], "bool", node));
}

/** Whether two objects are known apart, but one stands for several. */
function mayBeSame(cx: Context, left: AbstractValue, right: AbstractValue): boolean {
  if (left.kind !== "ref" || right.kind !== "ref" || left.object === right.object) return false;
  return cx.store.object(left.object).shared || cx.store.object(right.object).shared;
}

function lowerInstanceOf(cx: Context, node: ts.BinaryExpression): AbstractValue {
  const left = lowerExpression(cx, node.left);
  const right = lowerExpression(cx, node.right);
  if (left.kind === "error" || right.kind === "error") return failed;
  if (right.kind !== "class") return cx.report(node, syntax("`instanceof` here"));
  if (left.kind === "ref" || left.kind === "dynamic") {
    const is = isInstanceOf(cx, left, right.identity);
    if (is !== undefined) return constant(is);
    return left.kind === "dynamic" ? testClass(cx, left, right.identity, node) : failed;
  }
  const { identity } = right;
  const isInstance = (v: AbstractValue): AbstractValue => {
    const isObject = v.kind === "object" || v.kind === "array";
    return constant(isObject && cx.unit.environment.isInstance(v.identity, identity));
  };
  return left.kind === "choice" ? choose(cx, left, node, isInstance) : isInstance(left);
}

export function lowerPrefix(cx: Context, node: ts.PrefixUnaryExpression): AbstractValue {
  const { operator, operand } = node;
  switch (operator) {
    case tsc.SyntaxKind.PlusPlusToken:
      return step(cx, operand, "+", true, node);
    case tsc.SyntaxKind.MinusMinusToken:
      return step(cx, operand, "-", true, node);
    case tsc.SyntaxKind.ExclamationToken:
      return negate(cx, lowerExpression(cx, operand), operand);
    case tsc.SyntaxKind.MinusToken:
      return onNumber(cx, "-", "neg", lowerExpression(cx, operand), node);
    case tsc.SyntaxKind.TildeToken:
      return onNumber(cx, "~", "bitNot", lowerExpression(cx, operand), node);
    case tsc.SyntaxKind.PlusToken: {
      const v = settle(cx, lowerExpression(cx, operand), operand);
      if (isText(v) && v.kind === "dynamic") return parseText(cx, "toNumber", [v], node);
      return isNumber(v) ? v : onNumber(cx, "+", "", v, node);
    }
  }
}

function negate(cx: Context, v: AbstractValue, node: ts.Node): AbstractValue {
  const truth = truthOf(cx, v, node);
  if (truth === undefined) return failed;
  if (typeof truth === "boolean") return constant(!truth);
  return dynamic(cx.scalar("not", [truth], "bool", node));
}

function onNumber(
  cx: Context,
  operator: string,
  fn: string,
  given: AbstractValue,
  node: ts.Node,
): AbstractValue {
  const v = settle(cx, given, node);
  if (v.kind === "error") return failed;
  if (isTensor(v)) return cx.report(node, tensorOperator(operator, true));
  if (isNumber(v)) return applyScalar(cx, fn, [v], node);
  return cx.report(node, operandTypes(operator, describeValue(v), "nothing"));
}

export function lowerPostfix(cx: Context, node: ts.PostfixUnaryExpression): AbstractValue {
  const operator = node.operator === tsc.SyntaxKind.PlusPlusToken ? "+" : "-";
  return step(cx, node.operand, operator, false, node);
}

/** A template literal. */
export function lowerTemplate(cx: Context, node: ts.TemplateExpression): AbstractValue {
  let text: AbstractValue = constant(node.head.text);
  for (const { expression, literal } of node.templateSpans) {
    const part = usable(cx, lowerExpression(cx, expression), "this value", expression);
    if (part.kind === "error") return failed;
    if (isTensor(part)) return cx.report(expression, tensorText());
    const joined = concat(cx, text, part, expression);
    text = concat(cx, joined, constant(literal.text), expression);
    if (text.kind === "error") return failed;
  }
  return text;
}
