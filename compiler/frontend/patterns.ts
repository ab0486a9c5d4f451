/** Lowers declarations of variables: names, and patterns that take lists and records apart. */

import type ts from "typescript";
import { asynchronous, ofNothing, varDeclaration } from "../diagnostics/catalog/subset.ts";
import { syntax } from "../diagnostics/catalog/unsupported.ts";
import { usable } from "./conflicts.ts";
import type { Context } from "./context.ts";
import { isTrusted } from "./declared-types.ts";
import { lowerExpression } from "./expressions.ts";
import { nameAfter } from "./graph-values.ts";
import { isTag, narrow } from "./heap/narrow.ts";
import { elementsFor, makeList } from "./lists.ts";
import { lowerIf } from "./paths.ts";
import { propertyKey, readProperty, restRecord } from "./properties.ts";
import { tsc } from "./typescript.ts";
import { type AbstractValue, failed, isNothing, undefinedValue } from "./values.ts";

/** `const`, `let`; whether the end can be reached. */
export function declareVariables(cx: Context, list: ts.VariableDeclarationList): boolean {
  const { flags } = list;
  const fixed = (flags & tsc.NodeFlags.Const) !== 0;
  if ((flags & tsc.NodeFlags.Using) === tsc.NodeFlags.Using) {
    cx.report(list, syntax("`using`"));
  } else if ((flags & tsc.NodeFlags.AwaitUsing) === tsc.NodeFlags.AwaitUsing) {
    cx.report(list, asynchronous("`await using`"));
  } else if ((flags & tsc.NodeFlags.BlockScoped) === 0) {
    cx.report(list, varDeclaration(list.declarations[0]?.name.getText() ?? ""));
  }
  for (const declaration of list.declarations) {
    const value =
      declaration.initializer === undefined
        ? undefinedValue
        : lowerExpression(cx, declaration.initializer);
    if (cx.dead) return false;
    const trusted = isTrusted(cx, declaration) ? value : failed;
    bindPattern(cx, declaration.name, trusted, fixed);
  }
  return true;
}

/** Declares the names of a pattern in the current scope. */
export function bindPattern(
  cx: Context,
  target: ts.BindingName,
  value: AbstractValue,
  fixed: boolean,
): void {
  if (tsc.isIdentifier(target)) {
    nameAfter(cx, value, target.text);
    cx.unit.observe?.(target, value, cx.frame);
    cx.store.setVariable(cx.scope.declare(target.text, fixed), value);
  } else if (tsc.isArrayBindingPattern(target)) {
    bindList(cx, target, value, fixed);
  } else {
    bindRecord(cx, target, value, fixed);
  }
}

function bindList(
  cx: Context,
  target: ts.ArrayBindingPattern,
  value: AbstractValue,
  fixed: boolean,
): void {
  const items = elementsFor(cx, value, target.elements.length, target);
  for (const [i, element] of target.elements.entries()) {
    if (tsc.isOmittedExpression(element)) continue;
    const rest = element.dotDotDotToken !== undefined;
    const item = items === undefined ? failed : (items[i] ?? undefinedValue);
    const part = rest && items !== undefined ? makeList(cx, items.slice(i), element) : item;
    bindElement(cx, element, part, fixed);
  }
}

function bindRecord(
  cx: Context,
  target: ts.ObjectBindingPattern,
  value: AbstractValue,
  fixed: boolean,
): void {
  const taken: string[] = [];
  const broken = isNothing(value);
  if (broken) {
    const first = target.elements[0];
    cx.report(
      target,
      ofNothing(String(value.kind === "constant" && value.value), first?.getText() ?? ""),
    );
  }
  for (const element of target.elements) {
    if (element.dotDotDotToken !== undefined) {
      bindElement(cx, element, broken ? failed : restRecord(cx, value, taken, element), fixed);
      continue;
    }
    const name = element.propertyName ?? element.name;
    const key = tsc.isIdentifier(name) ? name.text : propertyKey(cx, name);
    if (key !== undefined) taken.push(key);
    const part = broken || key === undefined ? failed : readProperty(cx, value, key, element);
    // The type of a name with a default is that of what the default leaves.
    const isWhole = element.initializer === undefined;
    bindElement(cx, element, isWhole ? narrow(cx, part, element.name) : part, fixed);
  }
}

function bindElement(
  cx: Context,
  element: ts.BindingElement,
  value: AbstractValue,
  fixed: boolean,
): void {
  bindPattern(cx, element.name, orDefault(cx, value, element.initializer), fixed);
}

/** A missing value is replaced by its default, which is computed only then. */
export function orDefault(
  cx: Context,
  value: AbstractValue,
  initializer: ts.Expression | undefined,
): AbstractValue {
  if (initializer === undefined) return value;
  const missing = value.kind === "constant" && value.value === undefined;
  if (missing) return lowerExpression(cx, initializer);
  const undefinedCode = 0;
  if (value.kind !== "union" || value.options[0]?.code !== undefinedCode) return value;
  const [, ...others] = value.options;
  const result = lowerIf(
    cx,
    isTag(cx, value.tag, undefinedCode, initializer),
    initializer,
    () => lowerExpression(cx, initializer),
    () => (others.length === 1 ? others[0]!.value : { ...value, options: others }),
  );
  return result === undefined ? failed : usable(cx, result, "this value", initializer);
}
