/** Binds names and patterns, and assigns to what may stand on the left of `=`. */

import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { fieldsOf, itemsOf } from "./host-values.ts";
import type { Machine, Place } from "./machine.ts";
import { type Key, StaticObject, unclear } from "./static-values.ts";

/** Declares the names of a pattern with the parts of `value`. */
export function bindPattern(m: Machine, target: ts.BindingName, value: unknown, at: Place): void {
  if (tsc.isIdentifier(target)) {
    at.scope.declare(target.text, m.certainty.level).set(value);
    return;
  }
  const parts = tsc.isArrayBindingPattern(target)
    ? new ListParts(m, value)
    : new FieldParts(m, value);
  for (const [i, element] of target.elements.entries()) {
    if (tsc.isOmittedExpression(element)) continue;
    const { name, propertyName, initializer, dotDotDotToken } = element;
    const key = propertyName ?? (tsc.isIdentifier(name) ? name : undefined);
    const part = dotDotDotToken ? parts.rest(i) : parts.at(i, key && keyOf(m, key, at));
    bindPattern(m, name, withDefault(m, part, initializer, at), at);
  }
}

export function withDefault(
  m: Machine,
  value: unknown,
  initializer: ts.Expression | undefined,
  at: Place,
): unknown {
  if (initializer === undefined || (value !== undefined && value !== unclear)) return value;
  const other = m.evaluate(initializer, at);
  return value === unclear ? unclear : other;
}

/** The key that a name in a literal, pattern or class stands for; unclear where it is not known. */
export function keyOf(
  m: Machine,
  name: ts.PropertyName | ts.BindingName,
  at: Place,
): Key | typeof unclear {
  if (tsc.isComputedPropertyName(name)) {
    const key = m.evaluate(name.expression, at);
    if (key === unclear) return unclear;
    return typeof key === "symbol" ? key : String(key);
  }
  if (tsc.isNumericLiteral(name)) return String(Number(name.text));
  return "text" in name ? name.text : unclear;
}

interface Parts {
  at(index: number, key: Key | typeof unclear | undefined): unknown;
  rest(from: number): unknown;
}

class ListParts implements Parts {
  readonly #items: readonly unknown[] | undefined;

  constructor(m: Machine, value: unknown) {
    this.#items = itemsOf(m, value);
  }

  at(index: number): unknown {
    return this.#items === undefined ? unclear : this.#items[index];
  }

  rest(from: number): unknown {
    return this.#items === undefined ? unclear : this.#items.slice(from);
  }
}

class FieldParts implements Parts {
  readonly #m: Machine;
  readonly #value: unknown;
  readonly #taken = new Set<Key>();

  constructor(m: Machine, value: unknown) {
    this.#m = m;
    this.#value = value;
  }

  at(_index: number, key: Key | typeof unclear | undefined): unknown {
    if (key === undefined || key === unclear) return unclear;
    this.#taken.add(key);
    return this.#m.member(this.#value, key);
  }

  rest(): unknown {
    const fields = fieldsOf(this.#m, this.#value);
    if (fields === undefined) return unclear;
    const rest = this.#m.certainty.made(new StaticObject(undefined));
    for (const [key, value] of fields) if (!this.#taken.has(key)) rest.fields.set(key, value);
    return rest;
  }
}

/** `target = value` */
export function assignTarget(m: Machine, target: ts.Expression, value: unknown, at: Place): void {
  if (tsc.isParenthesizedExpression(target) || tsc.isNonNullExpression(target)) {
    assignTarget(m, target.expression, value, at);
  } else if (tsc.isIdentifier(target)) {
    const binding = at.scope.find(target.text);
    if (binding !== undefined) m.certainty.assign(binding, value);
  } else if (tsc.isPropertyAccessExpression(target)) {
    m.setMember(m.evaluate(target.expression, at), target.name.text, value);
  } else if (tsc.isElementAccessExpression(target)) {
    const object = m.evaluate(target.expression, at);
    const key = m.evaluate(target.argumentExpression, at);
    if (key !== unclear) m.setMember(object, typeof key === "symbol" ? key : String(key), value);
    else if (typeof object === "object" && object !== null) m.certainty.blur(object);
  } else if (tsc.isArrayLiteralExpression(target)) assignList(m, target, value, at);
  else if (tsc.isObjectLiteralExpression(target)) assignFields(m, target, value, at);
}

function assignList(
  m: Machine,
  target: ts.ArrayLiteralExpression,
  value: unknown,
  at: Place,
): void {
  const parts = new ListParts(m, value);
  for (const [i, element] of target.elements.entries()) {
    if (tsc.isSpreadElement(element)) assignTarget(m, element.expression, parts.rest(i), at);
    else assignDefault(m, element, parts.at(i), at);
  }
}

function assignFields(
  m: Machine,
  target: ts.ObjectLiteralExpression,
  value: unknown,
  at: Place,
): void {
  const parts = new FieldParts(m, value);
  for (const property of target.properties) {
    if (tsc.isShorthandPropertyAssignment(property)) {
      const part = parts.at(0, property.name.text);
      const given = withDefault(m, part, property.objectAssignmentInitializer, at);
      assignTarget(m, property.name, given, at);
    } else if (tsc.isPropertyAssignment(property)) {
      assignDefault(m, property.initializer, parts.at(0, keyOf(m, property.name, at)), at);
    } else if (tsc.isSpreadAssignment(property)) {
      assignTarget(m, property.expression, parts.rest(), at);
    }
  }
}

/** `[a = 1] = list` */
function assignDefault(m: Machine, target: ts.Expression, value: unknown, at: Place): void {
  const isDefault =
    tsc.isBinaryExpression(target) && target.operatorToken.kind === tsc.SyntaxKind.EqualsToken;
  if (isDefault) assignTarget(m, target.left, withDefault(m, value, target.right, at), at);
  else if (!tsc.isOmittedExpression(target)) assignTarget(m, target, value, at);
}
