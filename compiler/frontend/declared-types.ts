/** Refuses `any` and `unknown` where they reach a value, and `as` that narrows. */

import type ts from "typescript";
import { anyType, narrowingAs } from "../diagnostics/catalog/subset.ts";
import type { Context } from "./context.ts";
import { tsc } from "./typescript.ts";
import type { AbstractValue } from "./values.ts";

const opaque = (type: ts.Type): boolean =>
  (type.flags & (tsc.TypeFlags.Any | tsc.TypeFlags.Unknown)) !== 0;

/** Whether a declared variable or parameter has a type of its own; reports `any` and `unknown`. */
export function isTrusted(
  cx: Context,
  node: ts.VariableDeclaration | ts.ParameterDeclaration,
): boolean {
  const { type } = node;
  if (type === undefined || !cx.unit.program.isChecked(cx.frame.file)) return true;
  const { checker } = cx.unit.program;
  if (!opaque(checker.getTypeFromTypeNode(type))) return true;
  cx.report(type, anyType(node.name.getText(), type.getText()));
  return false;
}

/** Whether a captured name has a type; functions and modules of other packages need none. */
export function isTrustedName(cx: Context, node: ts.Identifier, value: AbstractValue): boolean {
  const { program } = cx.unit;
  if (value.kind === "builtin" || !program.isChecked(cx.frame.file)) return true;
  const type = program.typeAt(node);
  if (!opaque(type) || isErrorType(type)) return true;
  cx.report(node, anyType(node.text, program.checker.typeToString(type)));
  return false;
}

/** The type of what TypeScript has already refused is `any` too, by an internal name. */
const isErrorType = (type: ts.Type): boolean =>
  "intrinsicName" in type && type.intrinsicName === "error";

/** Whether `node`, an `as`, only widens or is `as const`; reports one that narrows. */
export function isWideningAs(cx: Context, node: ts.AsExpression | ts.TypeAssertion): boolean {
  const { program } = cx.unit;
  if (tsc.isConstTypeReference(node.type) || !program.isChecked(cx.frame.file)) return true;
  const { checker } = program;
  const from = program.typeAt(node.expression);
  const to = checker.getTypeFromTypeNode(node.type);
  if (opaque(to)) {
    cx.report(node.type, anyType(node.expression.getText(), node.type.getText()));
    return false;
  }
  if (!opaque(from) && checker.isTypeAssignableTo(from, to)) return true;
  cx.report(node, narrowingAs(checker.typeToString(from), node.type.getText()));
  return false;
}
