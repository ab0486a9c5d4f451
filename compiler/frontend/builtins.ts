/** Calls the functions that the frontend knows by name: of `Math`, `Number`, `Array`, and of glim. */

import type ts from "typescript";
import * as subset from "../diagnostics/catalog/subset.ts";
import { expected, operandTypes } from "../diagnostics/catalog/types.ts";
import { capturedKind, library, method } from "../diagnostics/catalog/unsupported.ts";
import { scalarFns } from "../graph/scalars.ts";
import { callValue } from "./calls.ts";
import { fromCaptured } from "./captured.ts";
import { truthOf } from "./conditions.ts";
import type { Context } from "./context.ts";
import { callMapExamples } from "./examples.ts";
import { callDifferentiate, callRecomputed, callTraining, callWithGradient } from "./gradients.ts";
import { toBoolean } from "./graph-values.ts";
import { isHeapList } from "./heap/access.ts";
import { newList } from "./heap/allocate.ts";
import { changeList, elementOf, joinTexts, sliceOf } from "./heap/intrinsics.ts";
import { appendAll, callHeapListMethod, callLibrary, isCounted } from "./heap/lists.ts";
import { isTag } from "./heap/narrow.ts";
import { fromCodes, parseText, textOf } from "./heap/texts.ts";
import { listItems, makeList, makeRecord } from "./lists.ts";
import { applyScalar } from "./numbers.ts";
import { lowerIf } from "./paths.ts";
import { recordFields } from "./properties.ts";
import { asSize, boundsOf } from "./range-texts.ts";
import { callTensor } from "./tensor-literals.ts";
import {
  type AbstractValue,
  constant,
  describeValue,
  dynamic,
  failed,
  isBoolean,
  isNumber,
  isText,
  undefinedValue,
} from "./values.ts";

type Args = readonly AbstractValue[];
type BuiltinCall = (cx: Context, args: Args, node: ts.Node) => AbstractValue;

/** The functions of Math that are the same on every host, by their name in scalars.ts. */
const exactMath = [
  ...["sqrt", "abs", "floor", "ceil", "round", "trunc", "sign", "fround", "clz32"],
  "imul",
] as const;

/** Glim's own functions of numbers. */
const ownMath = [...scalarFns].filter(([, fn]) => fn.inexact).map(([name]) => name);

/** Functions of Math whose last bits differ between hosts. */
const inexactMath = [
  ...["exp", "log", "log1p", "expm1", "pow", "tanh", "sin", "cos", "tan", "sinh", "cosh"],
  ...["asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh", "log2", "log10", "cbrt", "hypot"],
] as const;

const scalarCall =
  (name: string, fn: string): BuiltinCall =>
  (cx, args, node) => {
    const wrong = args.find((arg) => !isNumber(arg));
    if (wrong === undefined) return applyScalar(cx, fn, args, node);
    return cx.report(node, operandTypes(name, describeValue(wrong), "nothing"));
  };

/** `Math.min` and `Math.max` of any number of arguments. */
const extreme =
  (name: string, fn: "min" | "max"): BuiltinCall =>
  (cx, args, node) => {
    const start = constant(fn === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
    const last = args.at(-1);
    if (last?.kind === "spread") {
      const before = extreme(name, fn)(cx, args.slice(0, -1), node);
      const among = fn === "min" ? "leastAmong" : "greatestAmong";
      return callLibrary(cx, among, [last.list, before ?? failed], node);
    }
    const [first = start, ...rest] = args;
    const call = scalarCall(name, fn);
    return rest.reduce((a, b) => (a.kind === "error" ? a : call(cx, [a, b], node)), first);
  };

/** `isNaN(x)` is `x !== x`; the global functions would convert other values first. */
const isNaNCall: BuiltinCall = (cx, [x = undefinedValue], node) => {
  if (isNumber(x)) return applyScalar(cx, "ne", [x, x], node);
  return cx.report(node, operandTypes("isNaN", describeValue(x), "nothing"));
};

/** `isFinite(x)` is `x - x === 0`. */
const isFiniteCall: BuiltinCall = (cx, [x = undefinedValue], node) => {
  if (!isNumber(x)) return cx.report(node, operandTypes("isFinite", describeValue(x), "nothing"));
  const difference = applyScalar(cx, "sub", [x, x], node);
  return applyScalar(cx, "eq", [difference, constant(0)], node);
};

/** The functions of `Number` take any value, and are false of what is no number. */
const ofNumbers =
  (test: BuiltinCall): BuiltinCall =>
  (cx, [x = undefinedValue], node) => {
    if (x.kind === "error") return failed;
    if (isNumber(x)) return test(cx, [x], node);
    const number = x.kind === "union" ? x.options.find((o) => isNumber(o.value)) : undefined;
    if (x.kind !== "union" || number === undefined) return constant(false);
    const isNumeric = isTag(cx, x.tag, number.code, node);
    const yes = (): AbstractValue => test(cx, [number.value], node);
    return lowerIf(cx, isNumeric, node, yes, () => constant(false)) ?? failed;
  };

/** `Number.isInteger(x)` is `trunc(x) - x === 0`, which infinities are not. */
const isIntegerCall: BuiltinCall = (cx, [x = undefinedValue], node) => {
  const difference = applyScalar(cx, "sub", [applyScalar(cx, "trunc", [x], node), x], node);
  return applyScalar(cx, "eq", [difference, constant(0)], node);
};

/** As above, and at most 2⁵³ − 1 in size. */
const isSafeIntegerCall: BuiltinCall = (cx, [x = undefinedValue], node) => {
  const size = applyScalar(cx, "abs", [x], node);
  const isSmall = applyScalar(cx, "le", [size, constant(Number.MAX_SAFE_INTEGER)], node);
  const isWhole = isIntegerCall(cx, [x], node);
  if (isWhole.kind !== "dynamic")
    return isWhole.kind === "constant" && isWhole.value === true ? isSmall : isWhole;
  return isSmall.kind === "dynamic"
    ? dynamic(cx.scalar("and", [isWhole.value, isSmall.value], "bool", node))
    : isSmall;
};

const numberCall: BuiltinCall = (cx, [x = constant(0)], node) => {
  if (isNumber(x)) return x;
  if (x.kind === "constant") return constant(Number(x.value));
  if (isText(x)) return parseText(cx, "toNumber", [x], node);
  if (isBoolean(x)) {
    return dynamic(cx.scalar("toNumber", [toBoolean(cx, x, node)!], "f64", node));
  }
  return cx.report(node, operandTypes("Number", describeValue(x), "nothing"));
};

const booleanCall: BuiltinCall = (cx, [x = undefinedValue], node) => {
  const truth = truthOf(cx, x, node);
  if (truth === undefined) return failed;
  return typeof truth === "boolean" ? constant(truth) : dynamic(truth);
};

const stringCall: BuiltinCall = (cx, [x = constant("")], node) => textOf(cx, x, node) ?? failed;

/** `Array.from(list, f?)`, also of `{ length: n }`. */
const arrayFrom: BuiltinCall = (cx, [source = undefinedValue, f], node) => {
  const length = lengthOfRecord(cx, source);
  const isDynamic = length !== undefined && length.kind !== "constant";
  if (isDynamic)
    return callLibrary(cx, "fromLength", f === undefined ? [length] : [length, f], node);
  if (isCounted(source)) {
    const list = appendAll(cx, newList(cx, cx.siteOf(node, "from"), [], node), source, node);
    return f === undefined ? list : callHeapListMethod(cx, list, "map", [f], node);
  }
  const items = itemsOf(cx, source, node);
  if (items === undefined) return failed;
  if (f === undefined) return makeList(cx, items, node);
  const made = items.map((item, i) => callValue(cx, f, undefinedValue, [item, constant(i)], node));
  return makeList(cx, made, node);
};

/** The `length` of a record, as `Array.from` takes it. */
function lengthOfRecord(cx: Context, source: AbstractValue): AbstractValue | undefined {
  if (source.kind !== "ref" || source.object.shape !== "record") return undefined;
  const length = cx.store.object(source.object).fields.get("length");
  return length !== undefined && isNumber(length) ? length : undefined;
}

function itemsOf(cx: Context, source: AbstractValue, node: ts.Node): Args | undefined {
  if (source.kind === "ref" && source.object.shape === "record") {
    const length = cx.store.object(source.object).fields.get("length");
    if (length?.kind === "constant" && typeof length.value === "number") {
      return Array.from({ length: length.value }, () => undefinedValue);
    }
  }
  return listItems(cx, source, node);
}

const entriesOf =
  (
    make: (cx: Context, key: string, value: AbstractValue, node: ts.Node) => AbstractValue,
  ): BuiltinCall =>
  (cx, [source = undefinedValue], node) => {
    const fields = recordFields(cx, source, node);
    if (fields === undefined) return failed;
    return makeList(
      cx,
      [...fields].map(([key, value]) => make(cx, key, value, node)),
      node,
    );
  };

const fromEntries: BuiltinCall = (cx, [source = undefinedValue], node) => {
  const fields = new Map<string, AbstractValue>();
  for (const entry of listItems(cx, source, node) ?? []) {
    const [key, value] = listItems(cx, entry, node) ?? [];
    if (key?.kind !== "constant" || value === undefined) {
      return cx.report(node, subset.dynamicPropertyName());
    }
    fields.set(String(key.value), value);
  }
  return makeRecord(cx, fields, node);
};

/** The parameters of a module, which are known when compiling. */
const parametersOf: BuiltinCall = (cx, [module = failed], node) => {
  if (module.kind !== "object") {
    return cx.report(node, expected("a module of the program", describeValue(module)));
  }
  const found = cx.unit.environment.parameters(module.identity);
  if (found === undefined) {
    cx.unit.isIncomplete = true;
    return failed;
  }
  const cells = found.map((x, i) => fromCaptured(cx, x, `${module.path}.parameters.${i}`, node));
  return makeList(cx, cells, node, "parameters");
};

const calls: ReadonlyMap<string, BuiltinCall> = new Map<string, BuiltinCall>([
  ...exactMath.map((fn) => [`Math.${fn}`, scalarCall(`Math.${fn}`, fn)] as const),
  ...ownMath.map((fn) => [`math.${fn}`, scalarCall(`math.${fn}`, fn)] as const),
  ...inexactMath.map(
    (fn) =>
      [`Math.${fn}`, (cx: Context, _: Args, node: ts.Node) => refuseInexact(cx, fn, node)] as const,
  ),
  ["Math.min", extreme("Math.min", "min")],
  ["Math.max", extreme("Math.max", "max")],
  ["Math.random", (cx, _, node) => cx.report(node, subset.mathRandom())],
  ["Number", numberCall],
  ["parseFloat", (cx, args, node) => parseText(cx, "parseFloat", args, node)],
  ["parseInt", (cx, args, node) => parseText(cx, "parseInt", args, node)],
  ["String.fromCharCode", (cx, args, node) => fromCodes(cx, "fromCharCode", args, node)],
  ["String.fromCodePoint", (cx, args, node) => fromCodes(cx, "fromCodePoint", args, node)],
  ["elementOf", elementOf],
  ["sliceOf", sliceOf],
  ["removeFrom", changeList("list.remove")],
  ["insertInto", changeList("list.insert")],
  ["joinTexts", joinTexts],
  ["Boolean", booleanCall],
  ["String", stringCall],
  ["isNaN", isNaNCall],
  ["isFinite", isFiniteCall],
  ["Number.isNaN", ofNumbers(isNaNCall)],
  ["Number.isFinite", ofNumbers(isFiniteCall)],
  ["Number.isInteger", ofNumbers(isIntegerCall)],
  ["Number.isSafeInteger", ofNumbers(isSafeIntegerCall)],
  ["Array.from", arrayFrom],
  ["Array.of", (cx, args, node) => makeList(cx, args, node)],
  ["Array.isArray", (cx, [x = undefinedValue]) => constant(isList(cx, x))],
  ["Object.keys", entriesOf((_, key) => constant(key))],
  ["Object.values", entriesOf((_, __, value) => value)],
  [
    "Object.entries",
    entriesOf((cx, key, value, node) => makeList(cx, [constant(key), value], node, "entry")),
  ],
  ["Object.fromEntries", fromEntries],
  ["tensor", callTensor],
  ["script", (_, [f = failed]) => f],
  ["isTraining", (cx) => constant(cx.frame.training)],
  ["training", callTraining],
  ["differentiate", callDifferentiate],
  ["withGradient", callWithGradient],
  ["mapExamples", callMapExamples],
  ["recomputed", callRecomputed],
  ["parametersOf", parametersOf],
  ["stopAtNaN", (cx, [f = failed], node) => callValue(cx, f, undefinedValue, [], node)],
  ["asSize", asSize],
  ["boundsOf", boundsOf],
  ["whenKnown", (_, [x = failed]) => constant(whenKnown(x))],
  ["eval", (cx, _, node) => cx.report(node, subset.evalCall())],
  ["Symbol", (cx, _, node) => cx.report(node, subset.symbolType())],
  ["BigInt", (cx, _, node) => cx.report(node, subset.bigInt())],
  ["Date", (cx, _, node) => cx.report(node, subset.date())],
]);

/** What `runtime/eager/when-known.ts` says of a number. */
function whenKnown(v: AbstractValue): string {
  if (v.kind === "constant") return "compiling";
  return v.kind === "size" ? "compiling, as a size" : "running";
}

const isList = (cx: Context, v: AbstractValue): boolean =>
  v.kind === "array" || isHeapList(cx, v) || (v.kind === "ref" && v.object.shape === "list");

const refuseInexact = (cx: Context, fn: string, node: ts.Node): AbstractValue =>
  cx.report(node, fn === "pow" ? subset.inexactMath("pow") : subset.inexactMath(fn));

export function callBuiltin(cx: Context, name: string, args: Args, node: ts.Node): AbstractValue {
  const call = calls.get(name);
  if (args.some((arg) => arg.kind === "error")) return failed;
  const other = args.find((arg) => arg.kind === "other");
  if (other?.kind === "other") return cx.report(node, capturedKind(other.what));
  if (call !== undefined) return call(cx, args, node);
  const isMethod = name.includes(".");
  const [owner, member] = [name.slice(0, name.indexOf(".")), name.slice(name.indexOf(".") + 1)];
  if (owner === "Date" || owner === "Symbol") {
    return cx.report(node, owner === "Date" ? subset.date() : subset.symbolType());
  }
  return cx.report(node, isMethod ? method(owner, member) : library(name));
}
