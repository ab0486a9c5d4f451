/** Lowers list and record literals. */

import type ts from "typescript";
import { prototypeAccess } from "../diagnostics/catalog/subset.ts";
import { syntax } from "../diagnostics/catalog/unsupported.ts";
import type { Context } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { newList } from "./heap/allocate.ts";
import { appendAll, callHeapListMethod, isCounted } from "./heap/lists.ts";
import { lowerIdentifier } from "./identifiers.ts";
import { listItems, makeList, makeRecord } from "./lists.ts";
import { isFunctionNode } from "./program.ts";
import { propertyKey, recordFields } from "./properties.ts";
import { tsc } from "./typescript.ts";
import { type AbstractValue, failed, undefinedValue } from "./values.ts";

export function lowerArray(cx: Context, node: ts.ArrayLiteralExpression): AbstractValue {
  const items: AbstractValue[] = [];
  if (node.elements.some(tsc.isSpreadElement)) return lowerSpread(cx, node);
  for (const element of node.elements) {
    if (tsc.isOmittedExpression(element)) items.push(undefinedValue);
    else items.push(lowerExpression(cx, element));
  }
  return makeList(cx, items, node);
}

/** A list literal in which other lists are spread: on the heap, if one of those is. */
function lowerSpread(cx: Context, node: ts.ArrayLiteralExpression): AbstractValue {
  const parts = node.elements.map((element) => {
    const spread = tsc.isSpreadElement(element);
    const value = lowerExpression(cx, spread ? element.expression : element);
    return { spread, value, element };
  });
  if (parts.some(({ value }) => value.kind === "error")) return failed;
  if (parts.some(({ spread, value }) => spread && isCounted(value))) {
    return parts.reduce<AbstractValue>(
      (list, { spread, value, element }) =>
        spread
          ? appendAll(cx, list, value, element)
          : callHeapListMethod(cx, list, "push", [value], element) && list,
      newList(cx, cx.siteOf(node, ""), [], node),
    );
  }
  const items: AbstractValue[] = [];
  for (const { spread, value, element } of parts) {
    const own = spread ? listItems(cx, value, element) : [value];
    if (own === undefined) return failed;
    items.push(...own);
  }
  return makeList(cx, items, node);
}

export function lowerObject(cx: Context, node: ts.ObjectLiteralExpression): AbstractValue {
  const fields = new Map<string, AbstractValue>();
  for (const property of node.properties) addProperty(cx, property, fields);
  return makeRecord(cx, fields, node);
}

function addProperty(
  cx: Context,
  node: ts.ObjectLiteralElementLike,
  fields: Map<string, AbstractValue>,
): void {
  if (tsc.isSpreadAssignment(node)) {
    const source = lowerExpression(cx, node.expression);
    const spread = recordFields(cx, source, node.expression) ?? new Map();
    for (const [key, value] of spread) fields.set(key, value);
    return;
  }
  if (tsc.isShorthandPropertyAssignment(node)) {
    fields.set(node.name.text, lowerIdentifier(cx, node.name));
    return;
  }
  const key = propertyKey(cx, node.name);
  if (key === "__proto__") cx.report(node, prototypeAccess(key));
  else if (tsc.isPropertyAssignment(node)) {
    const value = lowerExpression(cx, node.initializer);
    if (key !== undefined) fields.set(key, value);
  } else if (tsc.isMethodDeclaration(node) && isFunctionNode(node) && key !== undefined) {
    const { scope, frame } = cx;
    fields.set(key, { kind: "closure", node, name: key, scope, frame });
  } else cx.report(node, syntax("an accessor in a record"));
}
