/** Owns the rule by which JavaScript names an anonymous function after the place where it stands. */
import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";

/** The name itself, or the key expression (`{ [key]: () => 0 }`) that gives it. */
export type InferredName = string | ts.Expression;

const NAMING_OPERATORS: ReadonlySet<ts.SyntaxKind> = new Set([
  tsc.SyntaxKind.EqualsToken,
  tsc.SyntaxKind.BarBarEqualsToken,
  tsc.SyntaxKind.AmpersandAmpersandEqualsToken,
  tsc.SyntaxKind.QuestionQuestionEqualsToken,
]);

/**
 * The name that an arrow function or function expression gets from its place; `undefined` if it
 * has a name of its own or stays without one. The computed key of a class field is not followed:
 * it is evaluated with the class, long before the function is made.
 */
export function inferredName(
  node: ts.ArrowFunction | ts.FunctionExpression,
): InferredName | undefined {
  return node.name === undefined ? nameFromPlace(withWrappers(node)) : undefined;
}

/** The expression without the parentheses, `as T`, `satisfies T` and `!` around it. */
export function withoutWrappers(node: ts.Expression): ts.Expression {
  let inner = node;
  while (isWrapper(inner)) inner = inner.expression;
  return inner;
}

function withWrappers(node: ts.Expression): ts.Expression {
  let outer = node;
  while (isWrapper(outer.parent)) outer = outer.parent;
  return outer;
}

type Wrapper =
  | ts.ParenthesizedExpression
  | ts.AssertionExpression
  | ts.SatisfiesExpression
  | ts.NonNullExpression;

function isWrapper(node: ts.Node): node is Wrapper {
  if (tsc.isParenthesizedExpression(node) || tsc.isNonNullExpression(node)) return true;
  return tsc.isAssertionExpression(node) || tsc.isSatisfiesExpression(node);
}

function nameFromPlace(node: ts.Expression): InferredName | undefined {
  const place = node.parent;
  if (tsc.isExportAssignment(place)) return place.isExportEquals ? undefined : "default";
  if (tsc.isBinaryExpression(place)) {
    if (place.right !== node || !NAMING_OPERATORS.has(place.operatorToken.kind)) return undefined;
    return tsc.isIdentifier(place.left) ? place.left.text : undefined;
  }
  if (tsc.isShorthandPropertyAssignment(place)) return place.name.text;
  if (tsc.isPropertyAssignment(place)) {
    if (tsc.isComputedPropertyName(place.name)) return place.name.expression;
    const key = fixedKey(place.name);
    return key === "__proto__" ? undefined : key;
  }
  if (tsc.isPropertyDeclaration(place)) return fixedKey(place.name);
  if (tsc.isVariableDeclaration(place) || tsc.isParameter(place) || tsc.isBindingElement(place)) {
    return tsc.isIdentifier(place.name) ? place.name.text : undefined;
  }
  return undefined;
}

/** The key of a property that needs no evaluation. */
export function fixedKey(name: ts.PropertyName): string | undefined {
  return tsc.isComputedPropertyName(name) ? undefined : name.text;
}
