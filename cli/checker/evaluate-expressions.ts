/** Evaluates expressions of ordinary TypeScript over values as far as they are known. */

import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { assignTarget, keyOf } from "./bind-patterns.ts";
import { binary, unary } from "./evaluate-operators.ts";
import { fieldsOf, giveAway, itemsOf } from "./host-values.ts";
import type { Machine, Place } from "./machine.ts";
import { makeFunction } from "./make-function.ts";
import {
  BuiltInMethod,
  isPrimitive,
  joined,
  type Key,
  NativeFunction,
  StaticClass,
  StaticFunction,
  StaticObject,
  truthOf,
  unclear,
} from "./static-values.ts";
import { perhaps } from "./uncertain-paths.ts";

export function evaluateExpression(m: Machine, node: ts.Expression, at: Place): unknown {
  m.certainty.step();
  if (tsc.isIdentifier(node)) return readName(node.text, at);
  if (tsc.isNumericLiteral(node)) return Number(node.text);
  if (tsc.isStringLiteralLike(node)) return node.text;
  if (tsc.isCallExpression(node)) return evaluateCall(m, node, at);
  if (tsc.isPropertyAccessExpression(node) || tsc.isElementAccessExpression(node)) {
    return evaluateAccess(m, node, at);
  }
  if (tsc.isBinaryExpression(node)) return evaluateBinary(m, node, at);
  if (tsc.isNewExpression(node)) {
    const callee = m.evaluate(node.expression, at);
    const args = argumentsOf(m, node.arguments ?? [], at);
    return args === undefined ? unclear : m.construct(callee, args);
  }
  if (tsc.isArrowFunction(node) || tsc.isFunctionExpression(node)) {
    return makeFunction(node, at, node.name?.text ?? nameFrom(node)) ?? unclear;
  }
  if (tsc.isConditionalExpression(node)) return evaluateConditional(m, node, at);
  if (tsc.isArrayLiteralExpression(node)) return evaluateList(m, node, at);
  if (tsc.isObjectLiteralExpression(node)) return evaluateRecord(m, node, at);
  if (tsc.isPrefixUnaryExpression(node) || tsc.isPostfixUnaryExpression(node)) {
    return evaluateUnary(m, node, at);
  }
  return evaluateRare(m, node, at);
}

function evaluateRare(m: Machine, node: ts.Expression, at: Place): unknown {
  if (
    tsc.isParenthesizedExpression(node) ||
    tsc.isAsExpression(node) ||
    tsc.isSatisfiesExpression(node) ||
    tsc.isNonNullExpression(node) ||
    tsc.isTypeAssertionExpression(node) ||
    // What a promise comes to is all that matters of it.
    tsc.isAwaitExpression(node) ||
    tsc.isExpressionWithTypeArguments(node)
  ) {
    return m.evaluate(node.expression, at);
  }
  if (tsc.isTemplateExpression(node)) return evaluateTemplate(m, node, at);
  if (tsc.isClassExpression(node)) return m.makeClass(node, at);
  if (tsc.isVoidExpression(node)) {
    m.evaluate(node.expression, at);
    return undefined;
  }
  if (tsc.isTypeOfExpression(node)) return typeOf(m.evaluate(node.expression, at));
  switch (node.kind) {
    case tsc.SyntaxKind.TrueKeyword:
      return true;
    case tsc.SyntaxKind.FalseKeyword:
      return false;
    case tsc.SyntaxKind.NullKeyword:
      return null;
    case tsc.SyntaxKind.ThisKeyword:
      return at.thisValue;
    default:
      return unclear;
  }
}

/** A function is called after the variable or property that it is given to. */
function nameFrom(node: ts.ArrowFunction | ts.FunctionExpression): string {
  // `const f = script((x) => …)`
  const isAround = (n: ts.Node): boolean =>
    tsc.isCallExpression(n) || tsc.isParenthesizedExpression(n);
  const parent = tsc.findAncestor(node.parent, (n) => !isAround(n));
  if (parent === undefined) return "";
  const isNamed =
    tsc.isVariableDeclaration(parent) ||
    tsc.isPropertyAssignment(parent) ||
    tsc.isPropertyDeclaration(parent);
  return isNamed && tsc.isIdentifier(parent.name) ? parent.name.text : "";
}

function readName(name: string, at: Place): unknown {
  if (name === "undefined") return undefined;
  if (name === "NaN") return Number.NaN;
  if (name === "Infinity") return Number.POSITIVE_INFINITY;
  const binding = at.scope.find(name);
  if (binding !== undefined) return binding.value;
  const global: unknown = Reflect.get(globalThis, name);
  return isSafeGlobal(global) ? global : unclear;
}

/** The parts of the language; what belongs to the host is not known. */
const safeGlobals: ReadonlySet<unknown> = new Set<unknown>([
  ...[Math, Number, Array, Object, String, Boolean, Map, Set, JSON, Symbol, Promise],
  ...[Error, RangeError, TypeError, Float32Array, Float64Array, Int32Array, Uint8Array],
  ...[Uint32Array, Int8Array, Int16Array, Uint16Array, BigInt, Date, RegExp, Reflect],
  ...[parseInt, parseFloat, structuredClone, console, globalThis],
]);

export const isSafeGlobal = (v: unknown): boolean => safeGlobals.has(v);

const typeOf = (v: unknown): unknown => {
  if (v === unclear) return unclear;
  if (isPrimitive(v)) return typeof v;
  return isFunction(v) ? "function" : "object";
};

const isFunction = (v: unknown): boolean =>
  typeof v === "function" ||
  [StaticFunction, StaticClass, NativeFunction, BuiltInMethod].some((type) => v instanceof type);

function evaluateTemplate(m: Machine, node: ts.TemplateExpression, at: Place): unknown {
  let text: string | undefined = node.head.text;
  for (const span of node.templateSpans) {
    const value = m.evaluate(span.expression, at);
    const isText = value !== unclear && isPrimitive(value);
    text = text === undefined || !isText ? undefined : text + String(value) + span.literal.text;
  }
  return text ?? unclear;
}

/** The arguments of a call; undefined where their number is not known. */
function argumentsOf(
  m: Machine,
  nodes: readonly ts.Expression[],
  at: Place,
): readonly unknown[] | undefined {
  const values: unknown[] = [];
  let isKnown = true;
  for (const node of nodes) {
    if (!tsc.isSpreadElement(node)) values.push(m.evaluate(node, at));
    else {
      const items = itemsOf(m, m.evaluate(node.expression, at));
      if (items === undefined) isKnown = false;
      else values.push(...items);
    }
  }
  if (!isKnown) giveAway(m, values);
  return isKnown ? values : undefined;
}

function evaluateCall(m: Machine, node: ts.CallExpression, at: Place): unknown {
  const callee = unwrap(node.expression);
  if (callee.kind === tsc.SyntaxKind.SuperKeyword) {
    m.constructSuper(at, argumentsOf(m, node.arguments, at) ?? []);
    return undefined;
  }
  if (callee.kind === tsc.SyntaxKind.ImportKeyword) return unclear;
  if (tsc.isPropertyAccessExpression(callee) || tsc.isElementAccessExpression(callee)) {
    return callMember(m, node, callee, at);
  }
  const value = m.evaluate(callee, at);
  if (node.questionDotToken !== undefined && isNothing(value)) return undefined;
  const args = argumentsOf(m, node.arguments, at);
  return args === undefined ? unclear : m.call(value, undefined, args);
}

const unwrap = (node: ts.Expression): ts.Expression =>
  tsc.isParenthesizedExpression(node) || tsc.isNonNullExpression(node)
    ? unwrap(node.expression)
    : node;

const isNothing = (v: unknown): boolean => v === undefined || v === null;

type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;

function callMember(m: Machine, node: ts.CallExpression, callee: Access, at: Place): unknown {
  const isSuper = callee.expression.kind === tsc.SyntaxKind.SuperKeyword;
  const object = isSuper ? at.thisValue : m.evaluate(callee.expression, at);
  if (callee.questionDotToken !== undefined && isNothing(object)) return undefined;
  const key = accessKey(m, callee, at);
  const method = isSuper ? superMember(at, key) : m.member(object, key);
  if (node.questionDotToken !== undefined && isNothing(method)) return undefined;
  const args = argumentsOf(m, node.arguments, at);
  if (args === undefined) return unclear;
  if (method === unclear) {
    giveAway(m, [object, ...args]);
    return unclear;
  }
  return m.call(method, object, args);
}

function superMember(at: Place, key: Key | typeof unclear): unknown {
  const { home } = at;
  if (key === unclear) return unclear;
  for (const type of home?.line() ?? []) {
    if (type === false) return unclear;
    if (type === home) continue;
    const found = type.members.get(key);
    if (found !== undefined) return "value" in found ? found.value : unclear;
  }
  return undefined;
}

function accessKey(m: Machine, node: Access, at: Place): Key | typeof unclear {
  if (tsc.isPropertyAccessExpression(node)) return node.name.text;
  const key = m.evaluate(node.argumentExpression, at);
  return key === unclear || typeof key === "symbol" ? key : String(key);
}

function evaluateAccess(m: Machine, node: Access, at: Place): unknown {
  if (isImportMeta(node.expression)) return unclear;
  if (node.expression.kind === tsc.SyntaxKind.SuperKeyword) return unclear;
  const object = m.evaluate(node.expression, at);
  if (isNothing(object) && (node.questionDotToken !== undefined || tsc.isOptionalChain(node))) {
    return undefined;
  }
  return m.member(object, accessKey(m, node, at));
}

const isImportMeta = (node: ts.Expression): boolean => tsc.isMetaProperty(node);

function evaluateConditional(m: Machine, node: ts.ConditionalExpression, at: Place): unknown {
  const truth = truthOf(m.evaluate(node.condition, at));
  if (truth !== undefined) return m.evaluate(truth ? node.whenTrue : node.whenFalse, at);
  return joined(possibly(m, node.whenTrue, at), possibly(m, node.whenFalse, at));
}

/** The value of an expression that may not be evaluated. */
function possibly(m: Machine, node: ts.Expression, at: Place): unknown {
  let value: unknown = unclear;
  perhaps(m, at, () => {
    value = m.evaluate(node, at);
    return undefined;
  });
  return value;
}

function evaluateList(m: Machine, node: ts.ArrayLiteralExpression, at: Place): unknown {
  const items: unknown[] = [];
  let isKnown = true;
  for (const element of node.elements) {
    if (tsc.isSpreadElement(element)) {
      const spread = itemsOf(m, m.evaluate(element.expression, at));
      if (spread === undefined) isKnown = false;
      else items.push(...spread);
    } else items.push(tsc.isOmittedExpression(element) ? undefined : m.evaluate(element, at));
  }
  return isKnown ? m.certainty.made(items) : unclear;
}

function evaluateRecord(m: Machine, node: ts.ObjectLiteralExpression, at: Place): unknown {
  const made = m.certainty.made(new StaticObject(undefined));
  const inside = { ...at, thisValue: made };
  for (const property of node.properties) {
    if (tsc.isSpreadAssignment(property)) {
      const fields = fieldsOf(m, m.evaluate(property.expression, at));
      if (fields === undefined) m.certainty.blur(made);
      else for (const [key, value] of fields) made.fields.set(key, value);
      continue;
    }
    const key = keyOf(m, property.name, at);
    if (key === unclear) m.certainty.blur(made);
    else if (tsc.isPropertyAssignment(property)) {
      made.fields.set(key, m.evaluate(property.initializer, at));
    } else if (tsc.isShorthandPropertyAssignment(property)) {
      made.fields.set(key, readName(property.name.text, at));
    } else {
      const name = typeof key === "string" ? key : "";
      const f = makeFunction(property, { ...inside, thisValue: at.thisValue }, name);
      if (tsc.isMethodDeclaration(property)) made.fields.set(key, f);
      else {
        const part = tsc.isGetAccessor(property) ? { get: f } : { set: f };
        made.accessors.set(key, { ...made.accessors.get(key), ...part });
      }
    }
  }
  return made;
}

function evaluateUnary(
  m: Machine,
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
  at: Place,
): unknown {
  const value = m.evaluate(node.operand, at);
  const { operator } = node;
  if (operator !== tsc.SyntaxKind.PlusPlusToken && operator !== tsc.SyntaxKind.MinusMinusToken) {
    return unary(operator, value);
  }
  const step = operator === tsc.SyntaxKind.PlusPlusToken ? 1 : -1;
  const next = typeof value === "number" ? value + step : unclear;
  assignTarget(m, node.operand, next, at);
  return tsc.isPrefixUnaryExpression(node) ? next : value;
}

const assignments: ReadonlyMap<ts.SyntaxKind, ts.SyntaxKind> = new Map([
  [tsc.SyntaxKind.PlusEqualsToken, tsc.SyntaxKind.PlusToken],
  [tsc.SyntaxKind.MinusEqualsToken, tsc.SyntaxKind.MinusToken],
  [tsc.SyntaxKind.AsteriskEqualsToken, tsc.SyntaxKind.AsteriskToken],
  [tsc.SyntaxKind.SlashEqualsToken, tsc.SyntaxKind.SlashToken],
  [tsc.SyntaxKind.PercentEqualsToken, tsc.SyntaxKind.PercentToken],
  [tsc.SyntaxKind.AsteriskAsteriskEqualsToken, tsc.SyntaxKind.AsteriskAsteriskToken],
  [tsc.SyntaxKind.AmpersandEqualsToken, tsc.SyntaxKind.AmpersandToken],
  [tsc.SyntaxKind.BarEqualsToken, tsc.SyntaxKind.BarToken],
  [tsc.SyntaxKind.CaretEqualsToken, tsc.SyntaxKind.CaretToken],
  [tsc.SyntaxKind.LessThanLessThanEqualsToken, tsc.SyntaxKind.LessThanLessThanToken],
  [tsc.SyntaxKind.GreaterThanGreaterThanEqualsToken, tsc.SyntaxKind.GreaterThanGreaterThanToken],
]);

const shortAssignments: ReadonlyMap<ts.SyntaxKind, ts.SyntaxKind> = new Map([
  [tsc.SyntaxKind.QuestionQuestionEqualsToken, tsc.SyntaxKind.QuestionQuestionToken],
  [tsc.SyntaxKind.BarBarEqualsToken, tsc.SyntaxKind.BarBarToken],
  [tsc.SyntaxKind.AmpersandAmpersandEqualsToken, tsc.SyntaxKind.AmpersandAmpersandToken],
]);

function evaluateBinary(m: Machine, node: ts.BinaryExpression, at: Place): unknown {
  const { left, right } = node;
  const { kind } = node.operatorToken;
  if (kind === tsc.SyntaxKind.EqualsToken) {
    const value = m.evaluate(right, at);
    assignTarget(m, left, value, at);
    return value;
  }
  const operator = assignments.get(kind);
  if (operator !== undefined) {
    const value = binary(operator, m.evaluate(left, at), m.evaluate(right, at));
    assignTarget(m, left, value, at);
    return value;
  }
  const short = shortAssignments.get(kind);
  if (short !== undefined) {
    const before = m.evaluate(left, at);
    const value = shortCircuit(m, short, before, right, at);
    if (value !== before || before === unclear) assignTarget(m, left, value, at);
    return value;
  }
  if (isShort(kind)) return shortCircuit(m, kind, m.evaluate(left, at), right, at);
  const value = m.evaluate(left, at);
  if (kind === tsc.SyntaxKind.CommaToken) return m.evaluate(right, at);
  return binary(kind, value, m.evaluate(right, at));
}

const isShort = (kind: ts.SyntaxKind): boolean =>
  kind === tsc.SyntaxKind.QuestionQuestionToken ||
  kind === tsc.SyntaxKind.BarBarToken ||
  kind === tsc.SyntaxKind.AmpersandAmpersandToken;

function shortCircuit(
  m: Machine,
  kind: ts.SyntaxKind,
  left: unknown,
  right: ts.Expression,
  at: Place,
): unknown {
  if (left === unclear) return joined(unclear, possibly(m, right, at));
  const isLeft =
    kind === tsc.SyntaxKind.QuestionQuestionToken
      ? !isNothing(left)
      : kind === tsc.SyntaxKind.BarBarToken
        ? Boolean(left)
        : !left;
  return isLeft ? left : m.evaluate(right, at);
}
