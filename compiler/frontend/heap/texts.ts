/** Lowers texts that are computed at run time: operators, templates, properties and methods. */

import type ts from "typescript";
import { unknownProperty } from "../../diagnostics/catalog/subset.ts";
import { tensorText } from "../../diagnostics/catalog/tensors.ts";
import { expected } from "../../diagnostics/catalog/types.ts";
import { method } from "../../diagnostics/catalog/unsupported.ts";
import { strType, type Type, type Value } from "../../graph/ir.ts";
import { textFns } from "../../graph/text-functions.ts";
import type { Context, TextPart } from "../context.ts";
import { numberNode, toBoolean, toNumber, toText } from "../graph-values.ts";
import { lowerIf } from "../paths.ts";
import {
  type AbstractValue,
  constant,
  describeValue,
  dynamic,
  failed,
  isBoolean,
  isNumber,
  isTensor,
  isText,
  undefinedValue,
} from "../values.ts";
import { isTag, settle } from "./narrow.ts";

/** A function of text-functions.ts; its list of texts, if that is its result, has the site of the call. */
function texts(cx: Context, fn: string, operands: readonly Value[], node: ts.Node): Value {
  const { result } = textFns.get(fn)!;
  return cx.emitOne("texts", operands, { fn }, resultType(cx, result, node), node);
}

function resultType(cx: Context, result: Type | "texts", node: ts.Node): Type {
  if (result !== "texts") return result;
  const { heap } = cx.unit;
  const shape = heap.at(cx.siteOf(node, "texts"), "list");
  heap.add(shape.element, strType);
  return heap.refTo(shape);
}

/** What JavaScript's `String(v)` is; undefined (and reported) for values that have no text here. */
export function textOf(cx: Context, v: AbstractValue, node: ts.Node): AbstractValue | undefined {
  if (v.kind === "constant") return constant(String(v.value));
  if (isText(v)) return v;
  if (isNumber(v)) return dynamic(texts(cx, "ofNumber", [toNumber(cx, v, node)!], node));
  if (isBoolean(v)) return dynamic(texts(cx, "ofBoolean", [toBoolean(cx, v, node)!], node));
  if (v.kind === "union") {
    const [first, ...rest] = v.options;
    if (first === undefined) return undefined;
    if (rest.length === 0) return textOf(cx, first.value, node);
    const others: AbstractValue = { ...v, options: rest };
    return lowerIf(
      cx,
      isTag(cx, v.tag, first.code, node),
      node,
      () => textOf(cx, first.value, node) ?? failed,
      () => textOf(cx, others, node) ?? failed,
    );
  }
  if (v.kind !== "error") {
    cx.report(node, isTensor(v) ? tensorText() : expected("a string", describeValue(v)));
  }
  return undefined;
}

/** `a + b`, where one is a text. */
export function concat(
  cx: Context,
  left: AbstractValue,
  right: AbstractValue,
  node: ts.Node,
): AbstractValue {
  const [a, b] = [textOf(cx, left, node), textOf(cx, right, node)];
  if (a === undefined || b === undefined) return failed;
  if (a.kind === "constant" && b.kind === "constant") return constant(`${a.value}${b.value}`);
  // A text is all that an empty one adds to it.
  if (a.kind === "constant" && a.value === "") return keepingParts(cx, b, right);
  if (b.kind === "constant" && b.value === "") return keepingParts(cx, a, left);
  const [x, y] = [toText(cx, a, node), toText(cx, b, node)];
  if (x === undefined || y === undefined) return failed;
  const text = texts(cx, "concat", [x, y], node);
  const [before, after] = [partsOf(cx, left), partsOf(cx, right)];
  if (before && after) cx.unit.textParts.set(text, [...before, ...after]);
  return dynamic(text);
}

/** The text of `from`, with what it is put together from. */
function keepingParts(cx: Context, text: AbstractValue, from: AbstractValue): AbstractValue {
  const parts = partsOf(cx, from);
  if (text.kind === "dynamic" && parts) cx.unit.textParts.set(text.value, parts);
  return text;
}

/** What a text is put together from; undefined where that is not known. */
export function partsOf(cx: Context, v: AbstractValue): readonly TextPart[] | undefined {
  if (v.kind === "constant") return [String(v.value)];
  if (isNumber(v)) return [v];
  return isText(v) ? cx.unit.textParts.get(v.value) : undefined;
}

/** Whether one text is known, and the other has a piece that it lacks. */
export function areApart(cx: Context, left: AbstractValue, right: AbstractValue): boolean {
  const [known, other] = left.kind === "constant" ? [left, right] : [right, left];
  if (known.kind !== "constant" || typeof known.value !== "string") return false;
  const { value } = known;
  const parts = partsOf(cx, other) ?? [];
  return parts.some((part) => typeof part === "string" && !value.includes(part));
}

/** `===` of two texts, as a bool. */
export function equalTexts(
  cx: Context,
  left: AbstractValue,
  right: AbstractValue,
  node: ts.Node,
): Value | undefined {
  const [x, y] = [toText(cx, left, node), toText(cx, right, node)];
  return x && y && texts(cx, "equal", [x, y], node);
}

/** `<`, `<=`, `>`, `>=` of two texts, by the number function that compares their order with 0. */
export function compareTexts(
  cx: Context,
  fn: string,
  left: AbstractValue,
  right: AbstractValue,
  node: ts.Node,
): AbstractValue {
  const [x, y] = [toText(cx, left, node), toText(cx, right, node)];
  if (x === undefined || y === undefined) return failed;
  const order = texts(cx, "compare", [x, y], node);
  return dynamic(cx.scalar(fn, [order, numberNode(cx, 0, node)], "bool", node));
}

export const lengthOf = (cx: Context, text: Value, node: ts.Node): Value =>
  texts(cx, "length", [text], node);

/** `text[i]`: undefined where there is no unit `i`. */
export function unitAt(
  cx: Context,
  text: Value,
  index: AbstractValue,
  node: ts.Node,
): AbstractValue {
  const i = toNumber(cx, index, node);
  if (i === undefined) return failed;
  const code = texts(cx, "charCodeAt", [text, i], node);
  // Units are numbers; where there is none, or between two, it is NaN.
  const whole = cx.scalar("eq", [cx.scalar("trunc", [i], "f64", node), i], "bool", node);
  const found = cx.scalar(
    "and",
    [cx.scalar("eq", [code, code], "bool", node), whole],
    "bool",
    node,
  );
  const strCode = 4;
  const tag = cx.scalar(
    "choose",
    [found, numberNode(cx, strCode, node), numberNode(cx, 0, node)],
    "f64",
    node,
  );
  return {
    kind: "union",
    tag,
    options: [
      { code: 0, value: undefinedValue },
      { code: strCode, value: dynamic(texts(cx, "charAt", [text, i], node)) },
    ],
  };
}

/** The code point at unit `at`, as a text, and its length. */
export function pointAt(
  cx: Context,
  text: Value,
  at: Value,
  node: ts.Node,
): { readonly point: Value; readonly length: Value } {
  const point = texts(cx, "pointAt", [text, at], node);
  return { point, length: lengthOf(cx, point, node) };
}

export function readTextProperty(
  cx: Context,
  text: Value,
  key: string,
  node: ts.Node,
): AbstractValue {
  if (key === "length") return dynamic(lengthOf(cx, text, node));
  if (/^\d+$/.test(key)) return unitAt(cx, text, constant(Number(key)), node);
  return cx.report(node, unknownProperty("a string", key, ""));
}

/** What a method takes, in order: a required text or number, or the number or text that it is by default. */
type Parameter = "text" | "number" | { readonly otherwise: number | string };

interface TextMethod {
  readonly fn: string;
  readonly parameters: readonly Parameter[];
}

const optional = (otherwise: number | string): Parameter => ({ otherwise });
const far = Number.POSITIVE_INFINITY;

const methods: ReadonlyMap<string, TextMethod> = new Map<string, TextMethod>([
  ["charAt", { fn: "charAt", parameters: [optional(0)] }],
  ["charCodeAt", { fn: "charCodeAt", parameters: [optional(0)] }],
  ["slice", { fn: "slice", parameters: [optional(0), optional(far)] }],
  ["substring", { fn: "substring", parameters: [optional(0), optional(far)] }],
  ["indexOf", { fn: "indexOf", parameters: ["text", optional(0)] }],
  ["lastIndexOf", { fn: "lastIndexOf", parameters: ["text", optional(far)] }],
  ["startsWith", { fn: "startsWith", parameters: ["text", optional(0)] }],
  ["endsWith", { fn: "endsWith", parameters: ["text", optional(far)] }],
  ["includes", { fn: "includes", parameters: ["text", optional(0)] }],
  ["trim", { fn: "trim", parameters: [] }],
  ["trimStart", { fn: "trimStart", parameters: [] }],
  ["trimEnd", { fn: "trimEnd", parameters: [] }],
  ["repeat", { fn: "repeat", parameters: ["number"] }],
  ["padStart", { fn: "padStart", parameters: ["number", optional(" ")] }],
  ["padEnd", { fn: "padEnd", parameters: ["number", optional(" ")] }],
  ["toUpperCase", { fn: "toUpperCase", parameters: [] }],
  ["toLowerCase", { fn: "toLowerCase", parameters: [] }],
  ["replace", { fn: "replace", parameters: ["text", "text"] }],
  ["replaceAll", { fn: "replaceAll", parameters: ["text", "text"] }],
  ["split", { fn: "split", parameters: ["text", optional(4294967295)] }],
]);

/** Calls a method of a text that is computed at run time, or with arguments that are. */
export function callDynamicText(
  cx: Context,
  receiver: AbstractValue,
  name: string,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const text = toText(cx, receiver, node);
  if (text === undefined) return failed;
  switch (name) {
    case "concat":
      return args.reduce((a, b) => (a.kind === "error" ? a : concat(cx, a, b, node)), receiver);
    case "at":
      return fromEnd(cx, text, args[0] ?? constant(0), node);
    case "toString":
      return receiver;
    default: {
      const found = methods.get(name);
      if (found === undefined) return cx.report(node, method("strings", name));
      const operands = operandsOf(cx, found, args, node);
      return operands === undefined
        ? failed
        : dynamic(texts(cx, found.fn, [text, ...operands], node));
    }
  }
}

/** `text.at(i)`: negative places count from the end. */
function fromEnd(cx: Context, text: Value, index: AbstractValue, node: ts.Node): AbstractValue {
  const given = toNumber(cx, settle(cx, index, node), node);
  if (given === undefined) return cx.report(node, expected("a number", describeValue(index)));
  // NaN is place 0.
  const isNumber = cx.scalar("eq", [given, given], "bool", node);
  const whole = cx.scalar("trunc", [given], "f64", node);
  const i = cx.scalar("choose", [isNumber, whole, numberNode(cx, 0, node)], "f64", node);
  const negative = cx.scalar("lt", [i, numberNode(cx, 0, node)], "bool", node);
  const back = cx.scalar("add", [i, lengthOf(cx, text, node)], "f64", node);
  return unitAt(cx, text, dynamic(cx.scalar("choose", [negative, back, i], "f64", node)), node);
}

function operandsOf(
  cx: Context,
  { parameters }: TextMethod,
  args: readonly AbstractValue[],
  node: ts.Node,
): readonly Value[] | undefined {
  const operands: Value[] = [];
  for (const [i, parameter] of parameters.entries()) {
    const arg = settle(cx, args[i] ?? undefinedValue, node);
    if (arg.kind === "error") return undefined;
    const missing = arg.kind === "constant" && arg.value === undefined;
    const given = missing && typeof parameter === "object" ? constant(parameter.otherwise) : arg;
    const wantsText =
      parameter === "text" ||
      (typeof parameter === "object" && typeof parameter.otherwise === "string");
    const value = wantsText ? toText(cx, given, node) : toNumber(cx, given, node);
    if (value === undefined) {
      cx.report(node, expected(wantsText ? "a string" : "a number", describeValue(arg)));
      return undefined;
    }
    operands.push(value);
  }
  return operands;
}

/** `parseFloat`, `parseInt`, `Number(text)`. */
export function parseText(
  cx: Context,
  fn: "parseFloat" | "parseInt" | "toNumber",
  [v = undefinedValue, radix = undefinedValue]: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const given = textOf(cx, v, node);
  const text = given && toText(cx, given, node);
  if (text === undefined) return failed;
  if (fn !== "parseInt") return dynamic(texts(cx, fn, [text], node));
  const isMissing = radix.kind === "constant" && radix.value === undefined;
  const base = toNumber(cx, isMissing ? constant(0) : radix, node);
  if (base === undefined) return cx.report(node, expected("a number", describeValue(radix)));
  return dynamic(texts(cx, fn, [text, base], node));
}

/** `x.toString(radix?)`, `x.toFixed(digits?)` of a number that is computed at run time. */
export function numberText(
  cx: Context,
  x: AbstractValue,
  name: string,
  [given]: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const number = toNumber(cx, x, node);
  if (number === undefined) return failed;
  if (name === "toString" && given === undefined) {
    return dynamic(texts(cx, "ofNumber", [number], node));
  }
  const fn = name === "toString" ? "toRadix" : name === "toFixed" ? "toFixed" : undefined;
  if (fn === undefined) return cx.report(node, method("numbers", name));
  const argument = toNumber(cx, given ?? constant(0), node);
  if (argument === undefined) return cx.report(node, expected("a number", "another value"));
  return dynamic(texts(cx, fn, [number, argument], node));
}

/** `String.fromCharCode(…)`, `String.fromCodePoint(…)`. */
export function fromCodes(
  cx: Context,
  fn: "fromCharCode" | "fromCodePoint",
  codes: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  return codes.reduce<AbstractValue>((text, code) => {
    const x = toNumber(cx, settle(cx, code, node), node);
    if (x === undefined) return cx.report(node, expected("a number", describeValue(code)));
    return concat(cx, text, dynamic(texts(cx, fn, [x], node)), node);
  }, constant(""));
}
