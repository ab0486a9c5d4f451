/** Lowers names and `this`: variables of script, and what the function captures. */

import type ts from "typescript";
import { typeError } from "../diagnostics/catalog/loading.ts";
import * as subset from "../diagnostics/catalog/subset.ts";
import { at } from "../diagnostics/diagnostic.ts";
import { fromCaptured } from "./captured.ts";
import { isReassigned } from "./captured-names.ts";
import { usable } from "./conflicts.ts";
import type { Context } from "./context.ts";
import { isTrustedName } from "./declared-types.ts";
import { narrow } from "./heap/narrow.ts";
import { type AbstractValue, constant, failed, undefinedValue } from "./values.ts";

export function lowerIdentifier(cx: Context, node: ts.Identifier): AbstractValue {
  const name = node.text;
  if (name === "undefined") return undefinedValue;
  if (name === "NaN") return constant(Number.NaN);
  if (name === "Infinity") return constant(Number.POSITIVE_INFINITY);
  const variable = cx.scope.find(name);
  if (variable !== undefined) {
    const value = cx.store.variable(variable);
    // Where no run comes, loops have not handed anything on.
    if (value === undefined) return cx.dead ? failed : cx.report(node, subset.unreadable(name));
    return narrow(cx, usable(cx, value, `\`${name}\``, node), node);
  }
  return name === "arguments"
    ? cx.report(node, subset.argumentsObject())
    : lowerCaptured(cx, node, name);
}

function lowerCaptured(cx: Context, node: ts.Identifier, name: string): AbstractValue {
  const read = cx.frame.source.read(name);
  if (read === undefined) {
    if (isDeclared(cx, node)) return cx.report(node, subset.unreadable(name));
    // TypeScript has reported a name that does not exist at all, unless it was told to be silent.
    cx.unit.isIncomplete = true;
    cx.unit.silenced.push(at(cx.span(node), typeError(2304, `Cannot find name '${name}'.`)));
    return failed;
  }
  if (isReassigned(cx, node)) return cx.report(node, subset.reassignedLet(name));
  const value = fromCaptured(cx, read.value, name, node);
  return isTrustedName(cx, node, value) ? value : failed;
}

function isDeclared(cx: Context, node: ts.Identifier): boolean {
  const { program } = cx.unit;
  return !program.isChecked(cx.frame.file) || program.symbolAt(node) !== undefined;
}

export function lowerThis(cx: Context): AbstractValue {
  return cx.frame.thisValue;
}
