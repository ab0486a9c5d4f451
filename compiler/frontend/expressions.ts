/** Lowers expressions: one case for each kind of syntax, most of them in files of their own. */

import type ts from "typescript";
import * as subset from "../diagnostics/catalog/subset.ts";
import { unusedResult } from "../diagnostics/catalog/tensors.ts";
import { syntax } from "../diagnostics/catalog/unsupported.ts";
import { lowerCall } from "./calls.ts";
import { lowerAccess } from "./chains.ts";
import type { Context } from "./context.ts";
import { isWideningAs } from "./declared-types.ts";
import { lowerNew } from "./heap/construct.ts";
import { isTag, narrow } from "./heap/narrow.ts";
import { lowerIdentifier, lowerThis } from "./identifiers.ts";
import { lowerArray, lowerObject } from "./literals.ts";
import { lowerConditional } from "./logic.ts";
import { lowerBinary, lowerPostfix, lowerPrefix, lowerTemplate } from "./operators.ts";
import { lowerIf } from "./paths.ts";
import { isFunctionNode } from "./program.ts";
import { tsc } from "./typescript.ts";
import {
  type AbstractValue,
  constant,
  failed,
  isBoolean,
  isNumber,
  isTensor,
  isText,
  type Primitive,
  type Union,
  undefinedValue,
} from "./values.ts";

export function lowerExpression(cx: Context, node: ts.Expression): AbstractValue {
  const value = lowerKind(cx, node);
  cx.unit.observe?.(node, value, cx.frame);
  return value;
}

function lowerKind(cx: Context, node: ts.Expression): AbstractValue {
  if (tsc.isIdentifier(node)) return lowerIdentifier(cx, node);
  if (tsc.isCallExpression(node)) return lowerCall(cx, node);
  if (tsc.isPropertyAccessExpression(node)) return lowerAccess(cx, node);
  if (tsc.isElementAccessExpression(node)) return lowerAccess(cx, node);
  if (tsc.isBinaryExpression(node)) return lowerBinary(cx, node);
  if (tsc.isParenthesizedExpression(node)) return lowerExpression(cx, node.expression);
  if (tsc.isArrayLiteralExpression(node)) return lowerArray(cx, node);
  if (tsc.isObjectLiteralExpression(node)) return lowerObject(cx, node);
  if (tsc.isConditionalExpression(node)) return lowerConditional(cx, node);
  if (tsc.isPrefixUnaryExpression(node)) return lowerPrefix(cx, node);
  if (tsc.isPostfixUnaryExpression(node)) return lowerPostfix(cx, node);
  if (tsc.isTemplateExpression(node)) return lowerTemplate(cx, node);
  return lowerSimple(cx, node) ?? lowerRare(cx, node);
}

/** Literals, `this`, functions, and what types leave behind. */
function lowerSimple(cx: Context, node: ts.Expression): AbstractValue | undefined {
  if (tsc.isNumericLiteral(node)) return constant(Number(node.text));
  if (tsc.isStringLiteralLike(node)) return constant(node.text);
  if (tsc.isSatisfiesExpression(node)) return lowerExpression(cx, node.expression);
  if (tsc.isNonNullExpression(node)) {
    return narrow(cx, lowerExpression(cx, node.expression), node);
  }
  if (tsc.isAsExpression(node) || tsc.isTypeAssertionExpression(node)) {
    const value = lowerExpression(cx, node.expression);
    return isWideningAs(cx, node) ? value : failed;
  }
  if (tsc.isArrowFunction(node) || tsc.isFunctionExpression(node)) return closure(cx, node);
  const literal = keywords.get(node.kind);
  if (literal !== undefined) return constant(literal.value);
  return node.kind === tsc.SyntaxKind.ThisKeyword ? lowerThis(cx) : undefined;
}

const keywords: ReadonlyMap<ts.SyntaxKind, { readonly value: Primitive }> = new Map([
  [tsc.SyntaxKind.TrueKeyword, { value: true }],
  [tsc.SyntaxKind.FalseKeyword, { value: false }],
  [tsc.SyntaxKind.NullKeyword, { value: null }],
]);

function closure(cx: Context, node: ts.ArrowFunction | ts.FunctionExpression): AbstractValue {
  if (!isFunctionNode(node)) return failed;
  const { scope, frame } = cx;
  const { parent } = node;
  const declared = tsc.isVariableDeclaration(parent) && tsc.isIdentifier(parent.name);
  const name = node.name?.text ?? (declared ? parent.name.text : "");
  return { kind: "closure", node, name, scope, frame };
}

function lowerRare(cx: Context, node: ts.Expression): AbstractValue {
  if (tsc.isTypeOfExpression(node)) return lowerTypeOf(cx, node);
  if (tsc.isVoidExpression(node)) {
    lowerExpression(cx, node.expression);
    return undefinedValue;
  }
  if (tsc.isNewExpression(node)) {
    return lowerNew(cx, node);
  }
  return cx.report(node, refusal(node));
}

function refusal(node: ts.Expression) {
  if (tsc.isAwaitExpression(node)) return subset.asynchronous("`await`");
  if (tsc.isYieldExpression(node)) return subset.generator("this function");
  if (tsc.isRegularExpressionLiteral(node)) return subset.regularExpression();
  if (tsc.isBigIntLiteral(node)) return subset.bigInt();
  if (tsc.isDeleteExpression(node)) return subset.deleteProperty();
  if (tsc.isTaggedTemplateExpression(node)) return subset.taggedTemplate();
  if (tsc.isClassExpression(node)) return syntax("a class inside a function");
  return syntax(`\`${node.getText().split("\n")[0]}\``);
}

function lowerTypeOf(cx: Context, node: ts.TypeOfExpression): AbstractValue {
  const v = lowerExpression(cx, node.expression);
  switch (v.kind) {
    case "error":
      return failed;
    case "constant":
      return constant(typeof v.value);
    case "function":
    case "closure":
    case "operator":
    case "class":
      return constant("function");
    case "choice":
      return constant(v.options[0]?.kind === "object" ? "object" : "function");
    case "builtin":
      return cx.report(node, syntax("`typeof` here"));
    default:
      return typeOf(cx, v, node);
  }
}

function typeOf(cx: Context, v: AbstractValue, node: ts.Node): AbstractValue {
  if (v.kind === "union") return typeOfUnion(cx, v, node);
  if (v.kind === "constant") return constant(typeof v.value);
  if (isNumber(v)) return constant("number");
  if (isBoolean(v)) return constant("boolean");
  return constant(isText(v) ? "string" : "object");
}

function typeOfUnion(cx: Context, v: Union, node: ts.Node): AbstractValue {
  const [first, ...rest] = v.options;
  if (first === undefined) return failed;
  const own = typeOf(cx, first.value, node);
  if (rest.length === 0) return own;
  const result = lowerIf(
    cx,
    isTag(cx, v.tag, first.code, node),
    node,
    () => own,
    () => typeOfUnion(cx, { ...v, options: rest }, node),
  );
  return result ?? failed;
}

/** An expression whose value is dropped; the result of a tensor's operator must not be. */
export function lowerStatementExpression(cx: Context, node: ts.Expression): void {
  const value = lowerExpression(cx, node);
  if (tsc.isCallExpression(node) && isTensor(value) && cx.unit.operatorCalls.has(node)) {
    const { expression } = node;
    const name = tsc.isPropertyAccessExpression(expression) ? expression.name : expression;
    cx.report(node, unusedResult(name.getText()));
  }
}
