/** Calls methods of texts and numbers: at once where all is known when compiling. */

import type ts from "typescript";
import { method } from "../diagnostics/catalog/unsupported.ts";
import type { Context } from "./context.ts";
import { callDynamicText, numberText } from "./heap/texts.ts";
import { makeList } from "./lists.ts";
import { type AbstractValue, constant, failed, type Primitive, type TextValue } from "./values.ts";

type Args = readonly AbstractValue[];

/** Methods whose result depends on nothing but the text and the arguments, on every host. */
const textMethods: ReadonlySet<string> = new Set([
  ...["at", "charAt", "charCodeAt", "codePointAt", "concat", "endsWith", "includes", "indexOf"],
  ...["lastIndexOf", "padEnd", "padStart", "repeat", "replace", "replaceAll", "slice", "split"],
  ...["startsWith", "substring", "toLowerCase", "toUpperCase", "trim", "trimEnd", "trimStart"],
]);

const numberMethods: ReadonlySet<string> = new Set(["toFixed", "toString", "toPrecision"]);

export function callTextMethod(
  cx: Context,
  text: TextValue,
  name: string,
  args: Args,
  node: ts.Node,
): AbstractValue {
  if (!textMethods.has(name)) return cx.report(node, method("strings", name));
  if (args.some((arg) => arg.kind === "error")) return failed;
  return text.kind === "constant" && args.every((arg) => arg.kind === "constant")
    ? callKnown(cx, text.value, name, args, node)
    : callDynamicText(cx, text, name, args, node);
}

export function callNumberMethod(
  cx: Context,
  receiver: AbstractValue,
  name: string,
  args: Args,
  node: ts.Node,
): AbstractValue {
  if (!numberMethods.has(name)) return cx.report(node, method("numbers", name));
  if (args.some((arg) => arg.kind === "error")) return failed;
  if (receiver.kind !== "constant" || args.some((arg) => arg.kind !== "constant")) {
    return numberText(cx, receiver, name, args, node);
  }
  return callKnown(cx, receiver.value, name, args, node);
}

/** Runs the host's own method: texts and numbers have the same ones everywhere. */
function callKnown(
  cx: Context,
  receiver: Primitive,
  name: string,
  args: Args,
  node: ts.Node,
): AbstractValue {
  const values: Primitive[] = [];
  for (const arg of args) {
    if (arg.kind === "constant") values.push(arg.value);
  }
  const found: unknown = Reflect.get(Object(receiver), name);
  if (typeof found !== "function") return cx.report(node, method("this value", name));
  return toAbstract(cx, Reflect.apply(found, receiver, values), node);
}

function toAbstract(cx: Context, result: unknown, node: ts.Node): AbstractValue {
  if (Array.isArray(result)) return makeList(cx, result.map(String).map(constant), node);
  const isPrimitive =
    typeof result === "string" || typeof result === "number" || typeof result === "boolean";
  return isPrimitive ? constant(result) : constant(undefined);
}
