/**
 * Calls functions that call themselves. They become functions of the graph with one form for all
 * calls: each parameter and the result has a cell, which learns from every call and every return what it
 * may hold. Other functions are followed at each call.
 */

import type ts from "typescript";
import { capturedByRecursion } from "../diagnostics/catalog/unsupported.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { leavesOfCell } from "../graph/heap-types.ts";
import type { Func, Param, Region, Value } from "../graph/ir.ts";
import { Block } from "./block.ts";
import { Context, type Exit, type Frame } from "./context.ts";
import { circumstances, walkBody } from "./function-table.ts";
import { putInto, takeFrom } from "./heap/cells.ts";
import type { RecursiveFunction } from "./heap/shapes.ts";
import { type AbstractValue, type Callable, failed, isNothing, undefinedValue } from "./values.ts";

/** A function that calls itself, in a walk that has met it. */
export interface RecursiveForm {
  readonly name: string;
  /** What was wrong in it. */
  readonly found: readonly Diagnostic[];
}

/** Names a function, what it is called on and what its known arguments are, alike in every walk. */
export function recursionKey(
  cx: Context,
  callee: Callable,
  frame: Frame,
  args: readonly AbstractValue[],
): string {
  const { heap } = cx.unit;
  const identity = (v: AbstractValue): string => {
    switch (v.kind) {
      case "object":
      case "array":
      case "class":
      case "function":
        return `#${heap.numberOf(v.identity)}`;
      case "closure":
        return `closure ${v.node.pos}`;
      case "operator":
        return v.op;
      case "builtin":
        return v.name;
      default:
        return "";
    }
  };
  // Functions that one place of the source has made differ in what they capture.
  const around = callee.kind === "closure" ? callsAround(callee.frame) : identity(callee);
  const parts = [frame.thisValue, ...args].map(identity);
  return `${frame.file.fileName}:${frame.node.pos} ${around} ${parts.join()} ${circumstances(frame)}`;
}

function callsAround(frame: Frame): string {
  const places: number[] = [];
  for (let f: Frame | undefined = frame; f?.site !== undefined; f = f.caller) {
    places.push(f.site.node.pos);
  }
  return places.join("<");
}

/** Whether an argument is part of the function's name instead of being handed over. */
const isKnownPart = (v: AbstractValue): boolean =>
  ["object", "array", "class", "function", "closure", "operator", "builtin"].includes(v.kind);

export const isKnown = (v: AbstractValue): boolean => isKnownPart(v) || v.kind === "constant";

export function callRecursive(
  cx: Context,
  key: string,
  callee: Callable,
  frame: Frame,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const form = cx.unit.heap.recursive(key);
  const operands: Value[] = [];
  // An instance that a run makes is handed over like an argument, before the others.
  for (const [i, arg] of [frame.thisValue, ...args].entries()) {
    if (isKnownPart(arg)) continue;
    const leaves = putInto(cx, form.param(i), arg, node);
    if (leaves === undefined) return failed;
    operands.push(...leaves);
  }
  const { recursive, diagnostics } = cx.unit;
  const known = recursive.get(key);
  const { name, found } = known ?? compile(cx, key, form, callee, frame, args, node);
  // A function that failed fails each time, so that an attempt which calls it is dropped each time.
  if (known !== undefined) diagnostics.push(...found);
  if (found.length > 0) return failed;
  const types = leavesOfCell(cx.unit.heap.closed(form.result));
  const results = cx.emit("call", operands, { callee: name }, types, node);
  return takeFrom(cx, form.result, (leaf) => results[leaf]!, node);
}

function compile(
  cx: Context,
  key: string,
  form: RecursiveFunction,
  callee: Callable,
  frame: Frame,
  args: readonly AbstractValue[],
  node: ts.Node,
): RecursiveForm {
  const { unit } = cx;
  const name = unit.functions.newName(frame.name);
  unit.recursive.set(key, { name, found: [] });
  const reported = unit.diagnostics.length;
  const inner = new Context(unit, frame, new Block());
  if (callee.kind === "closure") {
    inner.store = cx.store.fork();
    inner.scope = callee.scope;
  }
  const params: Param[] = [];
  const [thisValue = undefinedValue, ...values] = [frame.thisValue, ...args].map((arg, i) => {
    if (isKnownPart(arg)) return arg;
    const cell = form.param(i);
    const leaves = leavesOfCell(unit.heap.closed(cell)).map((type, leaf): Param => {
      const leafName = `p${i}_${leaf}`;
      return { name: leafName, value: unit.definitions.define(type, inner.block, leafName) };
    });
    params.push(...leaves);
    return takeFrom(inner, cell, (leaf) => leaves[leaf]!.value, node);
  });
  inner.frame = { ...frame, thisValue };
  const { block, exits, base } = walkBody(inner, inner.frame, undefined, values);
  const before = base;
  const captured = exits.some(({ store }) => store.changedSince(before).size > 0);
  for (const exit of exits) giveBack(inner, form, exit);
  const outside = captured ? "a variable" : usedFromOutside(block.region(), params);
  const hasFailed = unit.diagnostics.length > reported;
  if (!hasFailed && outside !== undefined) {
    cx.report(node, capturedByRecursion(frame.name, outside));
  }
  // What calls inside of it repeat counts once.
  const found = [...new Set(unit.diagnostics.splice(reported))];
  unit.diagnostics.push(...found);
  if (found.length === 0) {
    unit.functions.funcs.push(funcOf(inner, name, frame, params, form, block));
  }
  const compiled = { name, found };
  unit.recursive.set(key, compiled);
  return compiled;
}

/** Ends a path with its result, in the form that all results have. */
function giveBack(inner: Context, form: RecursiveFunction, exit: Exit): void {
  const { block, store, frame } = inner;
  inner.block = exit.block.place;
  inner.store = exit.store;
  inner.frame = exit.frame;
  const leaves = putInto(inner, form.result, exit.value, exit.node);
  inner.emit("return", leaves ?? [], {}, [], exit.node);
  inner.block = block;
  inner.store = store;
  inner.frame = frame;
}

function funcOf(
  inner: Context,
  name: string,
  frame: Frame,
  params: readonly Param[],
  form: RecursiveFunction,
  block: Block,
): Func {
  const results = leavesOfCell(inner.unit.heap.closed(form.result));
  const items = results.map((_, result) => ({ kind: "leaf", result }) as const);
  const [only] = items;
  return {
    name,
    entry: false,
    doc: "",
    params,
    results,
    shape:
      only === undefined ? { kind: "void" } : items.length === 1 ? only : { kind: "list", items },
    body: block.region(),
    span: inner.span(frame.node),
  };
}

/** The name of a value that the body reads and does not define; undefined if there is none. */
function usedFromOutside(body: Region, params: readonly Param[]): string | undefined {
  const defined = new Set<Value>(params.map((p) => p.value));
  let outside: string | undefined;
  const visit = (region: Region): void => {
    for (const p of region.params) defined.add(p);
    for (const node of region.nodes) {
      const missing = node.operands.find((v) => !defined.has(v));
      if (missing !== undefined) outside ??= missing.hint ?? "a variable";
      node.regions.forEach(visit);
      for (const r of node.results) defined.add(r);
    }
  };
  visit(body);
  return outside;
}

/** Whether a call may be followed where it stands: a recursion over known values ends by itself. */
export const mayBeFollowed = (args: readonly AbstractValue[]): boolean =>
  args.every((arg) => isKnown(arg) || isNothing(arg));
