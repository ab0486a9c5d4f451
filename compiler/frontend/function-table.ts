/**
 * Owns the functions that are compiled once and called: one for each function, `this`, known argument
 * and type of the others. They exist until they are inlined, and keep compiling time linear.
 */

import type ts from "typescript";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Func, Param, ResultShape, Value } from "../graph/ir.ts";
import { printType } from "../graph/type.ts";
import { symbolsOf } from "../ops/dim.ts";
import { Block } from "./block.ts";
import { type Arrival, branch, Context, type Exit, type Frame } from "./context.ts";
import { walkFunction } from "./functions.ts";
import { Merge } from "./merge.ts";
import { end, takeExits, unreachable } from "./paths.ts";
import type { Store } from "./store.ts";
import { tsc } from "./typescript.ts";
import { type AbstractValue, type CapturedFunction, dynamic, failed } from "./values.ts";

interface Compiled {
  readonly name: string;
  /** Where its returns meet; undefined if it never returns. */
  readonly returns: Merge | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Everything it gives is known when compiling, and it does nothing else: there is nothing to call. */
  readonly computed: boolean;
}

export class FunctionTable {
  readonly funcs: Func[] = [];
  readonly #uses = new Map<string, Compiled | "active" | "inline">();
  readonly #numbers = new WeakMap<object, number>();
  readonly #names = new Set<string>();
  /** The last number behind each name. */
  readonly #last = new Map<string, number>();
  #count = 0;

  find(key: string): Compiled | "active" | "inline" | undefined {
    return this.#uses.get(key);
  }

  set(key: string, use: Compiled | "active" | "inline"): void {
    this.#uses.set(key, use);
  }

  /** A number that stands for an object in keys. */
  numberOf(object: object): number {
    const known = this.#numbers.get(object);
    if (known !== undefined) return known;
    this.#numbers.set(object, this.#count);
    return this.#count++;
  }

  /** A name that no other function has. */
  newName(wanted: string): string {
    const plain = wanted === "" ? "anonymous" : wanted;
    let name = plain;
    let n = this.#last.get(plain) ?? 1;
    while (this.#names.has(name)) name = `${plain}_${++n}`;
    this.#last.set(plain, n);
    this.#names.add(name);
    return name;
  }
}

/** Calls the compiled form of a function; "inline" if it has none. */
export function callCompiled(
  cx: Context,
  callee: CapturedFunction,
  frame: Frame,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue | "inline" {
  // An instance that a run makes is no part of what names a use.
  if (frame.thisValue.kind === "dynamic") return "inline";
  if (args.some((arg) => arg.kind === "dynamic" && isKnownByPlace(cx, arg.value))) return "inline";
  const use = keyOf(cx, callee, frame.thisValue, args);
  if (use === undefined) return "inline";
  // What fails inside the library is reported at the user's call of it, so each call is a use by itself.
  const call = frame.library ? cx.libraryCall || `${cx.ownSpan(node).file}:${node.getStart()}` : "";
  const key = `${use} ${circumstances(frame)} ${call}`;
  const table = cx.unit.functions;
  const known = table.find(key);
  if (known === "active") return "inline";
  const compiled = known ?? compile(cx, key, callee, frame, args);
  if (compiled === "inline") return "inline";
  // A use that failed fails each time, so that an attempt which uses it is dropped each time.
  if (known !== undefined) cx.unit.diagnostics.push(...compiled.diagnostics);
  if (compiled.diagnostics.length > 0) return failed;
  return emitCall(cx, compiled, args, node);
}

/** What besides arguments decides what a body becomes. */
export const circumstances = ({ training, order }: Frame): string =>
  `${training ? "training" : ""} ${order.inRule ? "rule" : ""} ${order.left}`;

/** Whether more is known of a value than its type, or its type says what is known at this place only. */
const isKnownByPlace = (cx: Context, value: Value): boolean =>
  cx.unit.runSizes.isOfRun(value.type) || cx.unit.textParts.has(value);

function emitCall(
  cx: Context,
  { name, returns, computed }: Compiled,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  if (computed && returns !== undefined) return returns.apply(cx, [], node);
  const operands: Value[] = [];
  for (const arg of args) if (arg.kind === "dynamic") operands.push(arg.value);
  const types = returns?.leaves.map((leaf) => leaf.type) ?? [];
  const results = cx.emit("call", operands, { callee: name }, types, node);
  if (returns !== undefined) return returns.apply(cx, results, node);
  unreachable(cx, node);
  cx.die();
  return failed;
}

/** Names a use of a function; undefined where an argument can be told from its copy. */
function keyOf(
  cx: Context,
  callee: CapturedFunction,
  thisValue: AbstractValue,
  args: readonly AbstractValue[],
): string | undefined {
  const parts: string[] = [];
  const sizes = new Set<string>();
  for (const arg of args) {
    if (arg.kind !== "dynamic" || arg.value.type.kind !== "tensor") continue;
    for (const d of arg.value.type.shape) symbolsOf(d, sizes);
  }
  for (const v of [callee, thisValue, ...args]) {
    const part = keyPart(cx, v, sizes);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts.join(" ");
}

function keyPart(cx: Context, v: AbstractValue, sizes: ReadonlySet<string>): string | undefined {
  const { functions } = cx.unit;
  switch (v.kind) {
    case "constant":
      return `${typeof v.value} ${Object.is(v.value, -0) ? "-0" : JSON.stringify(String(v.value))}`;
    case "size":
      // A size that no tensor argument has could not be known inside.
      return [...symbolsOf(v.dim)].every((s) => sizes.has(s)) ? `size ${v.dim.text}` : undefined;
    case "dynamic":
      return printType(v.value.type);
    case "tensor":
      return `#${functions.numberOf(v.tensor.identity)}`;
    case "object":
    case "array":
    case "class":
    case "function":
      return `#${functions.numberOf(v.identity)}`;
    case "operator":
      return `operator ${v.op}`;
    case "builtin":
      return `builtin ${v.name}`;
    default:
      return undefined;
  }
}

function compile(
  cx: Context,
  key: string,
  callee: CapturedFunction,
  frame: Frame,
  args: readonly AbstractValue[],
): Compiled | "inline" {
  const { functions, diagnostics } = cx.unit;
  functions.set(key, "active");
  const reported = diagnostics.length;
  const inner = new Context(cx.unit, frame, new Block());
  const params: Param[] = [];
  const values = args.map((arg, i) => {
    if (arg.kind !== "dynamic") return arg;
    const param = makeParam(inner, frame, i, arg.value, params);
    params.push(param);
    return dynamic(param.value);
  });
  const bound = cx.unit.runSizes.count;
  const { block, exits, base } = walkBody(inner, frame, callee, values);
  const binds = cx.unit.runSizes.count > bound;
  if (binds || exits.some((exit) => holdsFunction(exit.value, exit.store))) {
    diagnostics.splice(reported);
    functions.set(key, "inline");
    return "inline";
  }
  const name = functions.newName(frame.name);
  // Nothing of the body is visible to callers, so every computed value is handed over.
  const site = inner.siteOf(frame.node, " returns");
  const returns =
    exits.length === 0 ? undefined : new Merge(inner, base, new Block(), exits, { site });
  // What calls inside of it repeat counts once: twice in each of twenty levels would be a million.
  const found = [...new Set(diagnostics.splice(reported))];
  diagnostics.push(...found);
  if (found.length === 0) {
    exits.forEach((exit, i) => {
      end(inner, exit, "return", returns?.operands(inner, i) ?? [], {});
    });
    functions.funcs.push(makeFunc(inner, name, frame, params, returns, block));
  }
  const computed = block.nodes.length === 1 && returns?.leaves.length === 0;
  const compiled = { name, returns, diagnostics: found, computed };
  functions.set(key, compiled);
  return compiled;
}

export interface WalkedBody {
  readonly block: Block;
  readonly exits: readonly Exit[];
  readonly base: Store;
}

/** Walks a body by itself, and collects its returns; the end of the body is one. */
export function walkBody(
  inner: Context,
  frame: Frame,
  self: CapturedFunction | undefined,
  args: readonly AbstractValue[],
): WalkedBody {
  return walkTo(inner, frame, () => walkFunction(inner, frame.node, self, args));
}

/** Walks to what a function arrives with, by itself, and collects the returns on the way. */
export function walkTo(inner: Context, frame: Frame, arrive: () => Arrival): WalkedBody {
  const base = inner.store;
  const outer = inner.block;
  const { block } = branch(inner, () => {
    const arrival = arrive();
    const { node } = frame;
    const last = tsc.isBlock(node.body) ? node : node.body;
    if (arrival !== undefined) inner.exit(frame.target, arrival, last);
    return undefined;
  });
  block.spliceInto(outer);
  return { block: outer, exits: takeExits(inner, 0, frame.target), base };
}

function makeParam(
  inner: Context,
  { node, library }: Frame,
  index: number,
  given: Value,
  before: readonly Param[],
): Param {
  const declared = node.parameters[index]?.name;
  const plain = declared !== undefined && tsc.isIdentifier(declared) ? declared.text : `p${index}`;
  const name = before.some((p) => p.name === plain) ? `${plain}_${index}` : plain;
  const { definitions } = inner.unit;
  // What the library is given comes from where the user made it.
  const place =
    library || declared === undefined ? definitions.placeOf(given) : inner.span(declared);
  return { name, value: definitions.define(given.type, inner.block, name, place) };
}

function makeFunc(
  inner: Context,
  name: string,
  frame: Frame,
  params: readonly Param[],
  returns: Merge | undefined,
  block: Block,
): Func {
  const results = returns?.leaves.map((leaf) => leaf.type) ?? [];
  return {
    name,
    entry: false,
    doc: "",
    params,
    results,
    shape: shapeOf(results.length),
    body: block.region(),
    span: inner.span(frame.node),
  };
}

function shapeOf(count: number): ResultShape {
  if (count === 0) return { kind: "void" };
  const items = Array.from({ length: count }, (_, result) => ({ kind: "leaf", result }) as const);
  return items.length === 1 ? items[0]! : { kind: "list", items };
}

/** Whether a value is or contains a function made by script, which only its own block can call. */
export function holdsFunction(
  v: AbstractValue,
  store: Store,
  seen: Set<object> = new Set(),
): boolean {
  if (v.kind === "closure") return true;
  if (v.kind === "choice") return v.options.some((o) => holdsFunction(o, store, seen));
  if (v.kind !== "ref" || seen.has(v.object)) return false;
  seen.add(v.object);
  return [...store.object(v.object).fields.values()].some((f) => holdsFunction(f, store, seen));
}
