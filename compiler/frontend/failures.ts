/** Lowers what is said about a run rather than computed: `throw`, `assert`, `console.log`. */

import type ts from "typescript";
import { thrownValue } from "../diagnostics/catalog/subset.ts";
import { missingArgument, refused } from "../diagnostics/catalog/types.ts";
import type { Value } from "../graph/ir.ts";
import { refusalKinds } from "../ops/types.ts";
import { conditionOf } from "./conditions.ts";
import type { Context } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { arrived, attempt, lowerIf } from "./paths.ts";
import { tsc } from "./typescript.ts";
import { type AbstractValue, failed, undefinedValue } from "./values.ts";

export function lowerThrow(cx: Context, node: ts.ThrowStatement): boolean {
  const { expression } = node;
  const isError =
    tsc.isNewExpression(expression) && /^(Range|Type)?Error$/.test(expression.expression.getText());
  if (!isError) cx.report(node, thrownValue());
  else {
    const [text] = expression.arguments ?? [];
    if (text === undefined) cx.emit("throw", [], { message: "Error" }, [], node);
    else throwText(cx, text, node);
  }
  return false;
}

/** Fails with a text, which is put together where that happens. */
function throwText(cx: Context, text: ts.Expression, node: ts.Node): void {
  const message = textOf(cx, text);
  const value = cx.frame.library ? undefined : computedText(cx, text);
  cx.emit("throw", value === undefined ? [] : [value], { message }, [], node);
}

/** A text that only the run knows; undefined where it is known, or cannot be computed. */
function computedText(cx: Context, node: ts.Expression): Value | undefined {
  const computed = attempt(cx, () => lowerExpression(cx, node));
  const { arrival, diagnostics } = computed;
  if (diagnostics.length > 0 || arrival?.kind !== "dynamic") return undefined;
  if (arrival.value.type.kind !== "str") return undefined;
  computed.accept();
  return arrival.value;
}

/** The text of a failure as far as it is known; the rest stands in it as it is written: `{n}`. */
function textOf(cx: Context, node: ts.Expression): string {
  if (tsc.isParenthesizedExpression(node)) return textOf(cx, node.expression);
  if (tsc.isTemplateExpression(node)) {
    const parts = node.templateSpans.map((span) => partOf(cx, span.expression) + span.literal.text);
    return node.head.text + parts.join("");
  }
  if (tsc.isBinaryExpression(node) && node.operatorToken.kind === tsc.SyntaxKind.PlusToken) {
    return textOf(cx, node.left) + textOf(cx, node.right);
  }
  return partOf(cx, node);
}

function partOf(cx: Context, node: ts.Expression): string {
  let text: string | undefined;
  // The text is no value of the program: nothing of it is computed at run time.
  attempt(cx, () => {
    text = textOfKnown(cx, lowerExpression(cx, node));
    return arrived;
  });
  return text ?? `{${node.getText()}}`;
}

/** The text of a constant, of a size (its name), or of a list of such; undefined for others. */
function textOfKnown(cx: Context, v: AbstractValue): string | undefined {
  if (v.kind === "constant") return String(v.value);
  if (v.kind === "size") return v.dim.text;
  if (v.kind !== "ref" || v.object.shape !== "list") return undefined;
  const { fields, conflict } = cx.store.object(v.object);
  const items = [...fields.values()].map((item) => textOfKnown(cx, item));
  return conflict === undefined && items.every((item) => item !== undefined)
    ? items.join(",")
    : undefined;
}

/** `assert(condition, message?)`. */
export function callAssert(cx: Context, node: ts.CallExpression): AbstractValue {
  const [condition, text] = node.arguments;
  if (condition === undefined) return cx.report(node, missingArgument("condition"));
  const truth = conditionOf(cx, condition);
  if (truth === undefined || truth === true) return undefinedValue;
  const message = text === undefined ? condition.getText() : textOf(cx, text);
  if (truth === false) {
    if (text === undefined) cx.emit("throw", [], { message }, [], node);
    else throwText(cx, text, node);
    cx.die();
  } else if (text === undefined || cx.frame.library || isKnownText(cx, text)) {
    cx.emit("check", [truth], { message }, [], node);
  } else {
    const fails = (): undefined => {
      throwText(cx, text, node);
      return undefined;
    };
    lowerIf(cx, truth, node, () => arrived, fails);
  }
  return undefinedValue;
}

/** Whether nothing of a text is for a run to compute. */
function isKnownText(cx: Context, node: ts.Expression): boolean {
  const { arrival, diagnostics } = attempt(cx, () => lowerExpression(cx, node));
  return diagnostics.length > 0 || arrival?.kind !== "dynamic";
}

/** `refuse(kind, message)`, with which the library refuses what is known when compiling. */
export function callRefuse(cx: Context, node: ts.CallExpression): AbstractValue {
  const [kind, text] = node.arguments;
  const given = kind === undefined ? failed : lowerExpression(cx, kind);
  const known = refusalKinds.find((k) => given.kind === "constant" && given.value === k);
  if (known === undefined || text === undefined) throw new Error("refuse() without kind or text");
  return cx.report(node, refused(known, textOf(cx, text)));
}

/** `demand(condition, message)`, with which the library checks sizes: now if they are known. */
export function callDemand(cx: Context, node: ts.CallExpression): AbstractValue {
  const [condition, text] = node.arguments;
  if (condition === undefined || text === undefined) throw new Error("demand() without its text");
  const truth = conditionOf(cx, condition);
  if (truth === undefined || truth === true) return undefinedValue;
  const message = textOf(cx, text);
  if (truth === false) return cx.report(node, refused("shape", message));
  cx.emit("check", [truth], { message }, [], node);
  return undefinedValue;
}

/** `console.log(…)` is left out; what its arguments do besides being printed is kept. */
export function callConsole(cx: Context, node: ts.CallExpression): AbstractValue {
  for (const argument of node.arguments) {
    const value = tsc.isSpreadElement(argument) ? argument.expression : argument;
    const written = attempt(cx, () => {
      lowerExpression(cx, value);
      return arrived;
    });
    // What could not be compiled is never printed either.
    if (written.diagnostics.length === 0) written.accept();
  }
  return undefinedValue;
}
