/**
 * Calls functions written in TypeScript. A captured function whose arguments are all known or graph
 * values is compiled once for each kind of use, and called; others are compiled where they are called.
 */

import type ts from "typescript";
import { heapDemand } from "../diagnostics/catalog/bugs.ts";
import * as subset from "../diagnostics/catalog/subset.ts";
import { tooDeep, unknownLength } from "../diagnostics/catalog/unsupported.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { printType } from "../graph/type.ts";
import { fromCaptured } from "./captured.ts";
import { usable } from "./conflicts.ts";
import { type Arrival, type Context, type Frame, Scope, Target } from "./context.ts";
import { isTrusted } from "./declared-types.ts";
import { lowerExpression } from "./expressions.ts";
import { callCompiled, circumstances } from "./function-table.ts";
import { newList } from "./heap/allocate.ts";
import { appendAll } from "./heap/lists.ts";
import { makeList } from "./lists.ts";
import { gather } from "./paths.ts";
import { bindPattern, orDefault } from "./patterns.ts";
import type { FunctionNode } from "./program.ts";
import { callRecursive, mayBeFollowed, recursionKey } from "./recursion.ts";
import { lowerStatements } from "./statements.ts";
import { callTraced } from "./traced.ts";
import { tsc } from "./typescript.ts";
import {
  type AbstractValue,
  type Callable,
  type CapturedFunction,
  type Closure,
  failed,
  sameValue,
  undefinedValue,
} from "./values.ts";

/** How deep calls may go, and how often one function may stand among them. */
const deepest = 200;
const mostNested = 50;
/** A function with two such calls would be followed 2⁵⁰ times before it is nested so deep. */
const mostRepeated = 12;

export function callFunction(
  cx: Context,
  callee: Callable,
  thisValue: AbstractValue,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  if (thisValue.kind === "error" || args.some((arg) => arg.kind === "error")) return failed;
  if (callee.kind === "function" && callee.trace !== undefined) {
    return callTraced(cx, callee.name, callee.trace, args, node);
  }
  const frame =
    callee.kind === "closure"
      ? closureFrame(cx, callee, thisValue, args, node)
      : capturedFrame(cx, callee, thisValue, args, node);
  if (frame === undefined || !isPlain(cx, frame, node)) return failed;
  const key = recursionKey(cx, callee, frame, args);
  const depth = howDeep(cx, frame);
  const isRecursive = cx.unit.heap.isRecursive(key);
  if (isRecursive && (depth === "nested" || !mayBeFollowed(args))) {
    const result = callRecursive(cx, key, callee, frame, args, node);
    return usable(cx, result, "the result", node);
  }
  if (depth === "nested") {
    cx.unit.heap.recursive(key);
    cx.demand(node, heapDemand(), []);
    return failed;
  }
  if (depth === "deep") return cx.report(node, tooDeep());
  const reported = cx.unit.diagnostics.length;
  const result = follow(cx, callee, frame, args, node);
  if (frame.library && !cx.frame.library) keepReasons(cx.unit.diagnostics, reported);
  return usable(cx, result, "the result", node);
}

function follow(
  cx: Context,
  callee: Callable,
  frame: Frame,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const scope = new Scope(callee.kind === "closure" ? callee.scope : undefined);
  if (callee.kind === "function") {
    const result = callCompiled(cx, callee, frame, args, node);
    if (result !== "inline") return result;
  }
  return inline(cx, callee, frame, scope, args, node);
}

/**
 * Of what is reported at one place since `from`, keeps the first: what fails inside the library is
 * reported at the user's call, and the first failure is the reason for the others. What is asked for on the heap
 * after a failure is asked for by other ways of lowering what failed: with it, the next walk would know less.
 */
function keepReasons(diagnostics: Diagnostic[], from: number): void {
  const found = diagnostics.splice(from);
  const places = new Set<string>();
  for (const d of found) {
    if (d.demands !== undefined && places.size > 0) continue;
    const place = `${d.span?.file} ${d.span?.start}`;
    if (!places.has(place)) diagnostics.push(d);
    if (d.demands === undefined) places.add(place);
  }
}

function closureFrame(
  cx: Context,
  callee: Closure,
  thisValue: AbstractValue,
  given: readonly AbstractValue[],
  node: ts.Node,
): Frame {
  const outer = callee.frame;
  return {
    ...outer,
    node: callee.node,
    name: callee.name,
    thisValue: tsc.isArrowFunction(callee.node) ? outer.thisValue : thisValue,
    target: new Target("function"),
    ...calledFrom(cx, node),
    given,
  };
}

function capturedFrame(
  cx: Context,
  callee: CapturedFunction,
  thisValue: AbstractValue,
  given: readonly AbstractValue[],
  node: ts.Node,
): Frame | undefined {
  const { source } = callee;
  const { program } = cx.unit;
  const name = callee.name === "" ? "this function" : `\`${callee.name}\``;
  const found = source && program.functionAt(source.file, source.position);
  const file = source && program.fileAt(source.file);
  if (source === undefined || found === undefined || file === undefined) {
    cx.report(node, subset.noSource(name));
    return undefined;
  }
  const isMethod = thisValue.kind === "object" && thisValue.className !== "Object";
  const plain = callee.name.replace(/^[gs]et /, "");
  return {
    node: found,
    name: isMethod ? `${thisValue.className}.${plain}` : plain,
    source,
    file,
    library: program.isLibrary(source.file),
    thisValue: tsc.isArrowFunction(found) ? capturedThis(cx, callee, node) : thisValue,
    target: new Target("function"),
    ...calledFrom(cx, node),
    given,
  };
}

/** What `this` means in an arrow function that was made outside script. */
function capturedThis(cx: Context, { source }: CapturedFunction, node: ts.Node): AbstractValue {
  const read = source?.read("this");
  return read === undefined ? undefinedValue : fromCaptured(cx, read.value, "this", node);
}

function calledFrom(
  cx: Context,
  node: ts.Node,
): Pick<Frame, "site" | "caller" | "depth" | "training" | "order" | "innerOrder" | "construction"> {
  const called = tsc.isCallExpression(node) ? node.expression : node;
  const text = called.getText().replace(/\s+/g, " ");
  return {
    site: { node, file: cx.frame.file, text: text.length > 60 ? `${text.slice(0, 57)}…` : text },
    caller: cx.frame,
    depth: cx.frame.depth + 1,
    training: cx.frame.training,
    order: cx.frame.innerOrder,
    innerOrder: cx.frame.innerOrder,
    construction: undefined,
  };
}

/** Refuses generators and asynchronous functions. */
function isPlain(cx: Context, { node, name }: Frame, at: ts.Node): boolean {
  const called = name === "" ? "this function" : `\`${name}\``;
  const isAsync = tsc.getCombinedModifierFlags(node) & tsc.ModifierFlags.Async;
  if (isAsync) cx.report(at, subset.asynchronous(called));
  else if (node.asteriskToken !== undefined) cx.report(at, subset.generator(called));
  else return true;
  return false;
}

/** How calls stand around a call: "nested" if a function is among them so often that it may not end. */
function howDeep(cx: Context, frame: Frame): "nested" | "deep" | "shallow" {
  const { node, depth } = frame;
  const { endless, repeated } = cx.unit;
  let nested = 0;
  let outer: Frame | undefined;
  for (let f: Frame | undefined = cx.frame; f !== undefined; f = f.caller) {
    if (f.node !== node) continue;
    nested++;
    outer ??= f;
  }
  if (outer !== undefined && isAlike(frame, outer)) {
    repeated.set(node, (repeated.get(node) ?? 0) + 1);
  }
  const isRepeated = (repeated.get(node) ?? 0) > mostRepeated;
  if (nested >= mostNested || isRepeated || endless.has(node)) {
    // Following a function with several such calls would take forever.
    endless.add(node);
    return "nested";
  }
  return depth > deepest ? "deep" : "shallow";
}

/** Whether a call tells no more than the call around it: what differs, only a run knows. */
const isAlike = (inner: Frame, outer: Frame): boolean =>
  // In its own gradient rule a function is differentiated once less.
  circumstances(inner) === circumstances(outer) &&
  areAlike([inner.thisValue, ...inner.given], [outer.thisValue, ...outer.given]);

const areAlike = (inner: readonly AbstractValue[], outer: readonly AbstractValue[]): boolean =>
  inner.length === outer.length &&
  inner.every((v, i) => {
    const w = outer[i]!;
    if (v.kind !== "dynamic" || w.kind !== "dynamic") {
      return (v.kind === "union" && w.kind === "union") || sameValue(v, w);
    }
    const [a, b] = [v.value.type, w.value.type];
    return a.kind === b.kind && (a.kind === "ref" || printType(a) === printType(b));
  });

/** Compiles the body where it is called. */
function inline(
  cx: Context,
  callee: Callable,
  frame: Frame,
  scope: Scope,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const result = gather(cx, frame.target, node, () =>
    cx.inFrame(frame, scope, () => walkFunction(cx, frame.node, callee, args)),
  );
  if (result === undefined) cx.die();
  return result ?? failed;
}

/**
 * Binds the parameters and walks the body; a function expression knows itself by its name. Arrives
 * with what falls out of its end.
 */
export function walkFunction(
  cx: Context,
  node: FunctionNode,
  self: Callable | undefined,
  args: readonly AbstractValue[],
  bound: () => void = () => {},
): Arrival {
  if (self !== undefined && tsc.isFunctionExpression(node) && node.name !== undefined) {
    cx.store.setVariable(cx.scope.declare(node.name.text, true), self);
  }
  bindParameters(cx, node.parameters, args);
  bound();
  const { body } = node;
  if (!tsc.isBlock(body)) {
    const value = lowerExpression(cx, body);
    return cx.dead ? undefined : value;
  }
  return cx.inScope(() => lowerStatements(cx, body.statements)) ? undefinedValue : undefined;
}

/** What a rest parameter holds; where a list is spread behind other arguments, they come before its elements. */
function restOf(
  cx: Context,
  args: readonly AbstractValue[],
  parameter: ts.ParameterDeclaration,
): AbstractValue {
  const last = args.at(-1);
  if (last?.kind !== "spread") return makeList(cx, args, parameter);
  if (args.length === 1) return last.list;
  const list = newList(cx, cx.siteOf(parameter, "rest"), args.slice(0, -1), parameter);
  return appendAll(cx, list, last.list, parameter);
}

function bindParameters(
  cx: Context,
  parameters: readonly ts.ParameterDeclaration[],
  args: readonly AbstractValue[],
): void {
  const named = parameters.filter((p) => p.name.getText() !== "this");
  for (const [i, parameter] of named.entries()) {
    const isRest = parameter.dotDotDotToken !== undefined;
    const given = args[i] ?? undefinedValue;
    const value = isRest
      ? restOf(cx, args.slice(i), parameter)
      : given.kind === "spread"
        ? cx.report(parameter, unknownLength())
        : orDefault(cx, given, parameter.initializer);
    bindPattern(cx, parameter.name, isTrusted(cx, parameter) ? value : failed, false);
  }
}
