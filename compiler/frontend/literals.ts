/** Lowers list and record literals. */

import type ts from "typescript";
import { prototypeAccess } from "../diagnostics/catalog/subset.ts";
import { syntax } from "../diagnostics/catalog/unsupported.ts";
import type { Context } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { lowerIdentifier } from "./identifiers.ts";
import { listItems, makeList, makeRecord } from "./lists.ts";
import { isFunctionNode } from "./program.ts";
import { propertyKey, recordFields } from "./properties.ts";
import { tsc } from "./typescript.ts";
import { type AbstractValue, failed, undefinedValue } from "./values.ts";

export function lowerArray(cx: Context, node: ts.ArrayLiteralExpression): AbstractValue {
  const items: AbstractValue[] = [];
  let complete = true;
  for (const element of node.elements) {
    if (tsc.isSpreadElement(element)) {
      const list = lowerExpression(cx, element.expression);
      const spread = listItems(cx, list, element.expression);
      if (spread === undefined) complete = false;
      else items.push(...spread);
    } else if (tsc.isOmittedExpression(element)) items.push(undefinedValue);
    else items.push(lowerExpression(cx, element));
  }
  return complete ? makeList(cx, items) : failed;
}

export function lowerObject(cx: Context, node: ts.ObjectLiteralExpression): AbstractValue {
  const fields = new Map<string, AbstractValue>();
  for (const property of node.properties) addProperty(cx, property, fields);
  return makeRecord(cx, fields);
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
