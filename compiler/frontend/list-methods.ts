/** Calls methods of lists whose structure is known; functions they take are walked for each element. */

import type ts from "typescript";
import type { Node } from "../graph/ir.ts";
import { callValue } from "./calls.ts";
import { truthOf } from "./conditions.ts";
import type { Context } from "./context.ts";
import { isHeapList } from "./heap/access.ts";
import { demandObject } from "./heap/allocate.ts";
import { copyOfCaptured } from "./heap/copy-captured.ts";
import { keepWritten } from "./heap/kept-state.ts";
import { callHeapListMethod, changesList } from "./heap/lists.ts";
import { indexed, listItems, makeList } from "./lists.ts";
import { applyBinary } from "./operators.ts";
import { attempt } from "./paths.ts";
import {
  type AbstractValue,
  type CapturedList,
  constant,
  failed,
  type ObjectRef,
  sameValue,
  undefinedValue,
} from "./values.ts";
import { setFields } from "./writes.ts";

type Items = readonly AbstractValue[];

interface ListCall {
  readonly cx: Context;
  readonly list: CapturedList | ObjectRef;
  readonly items: Items;
  readonly args: Items;
  readonly node: ts.Node;
  /** Whether the method asked what only a run can tell: then the list must be on the heap. */
  readonly outcome: { needsRun: boolean };
}

type Method = (call: ListCall) => AbstractValue;

/** What the function argument gives for an element. A function that changes the list changes what is visited. */
function apply(call: ListCall, item: AbstractValue, i: number) {
  const { cx, list, args, node } = call;
  const result = callValue(cx, args[0] ?? failed, undefinedValue, [item, constant(i), list], node);
  noteChanges(call);
  return result;
}

function noteChanges({ cx, list, items, outcome }: ListCall): void {
  if (list.kind === "array") return;
  const { fields, conflict } = cx.store.object(list.object);
  const isSame = conflict === undefined && fields.size === items.length;
  if (isSame && items.every((item, i) => sameValue(item, fields.get(String(i))!))) return;
  outcome.needsRun = true;
}

/** Whether what was lowered writes an element of a captured list. */
function writesElements(cx: Context, list: CapturedList, nodes: readonly Node[]): boolean {
  const cells = new Set(
    list.identity.flatMap((_, i) => cx.unit.tables.stateOf(list.identity, String(i))?.name ?? []),
  );
  const writes = (node: Node): boolean =>
    (node.op === "state.set" && cells.has(String(node.attrs.name))) ||
    node.regions.some((r) => r.nodes.some(writes));
  return cells.size > 0 && nodes.some(writes);
}

/** A decision about an element; undefined (and reported) if it depends on the inputs. */
function decide(call: ListCall, item: AbstractValue, i: number): boolean | undefined {
  return decided(call, apply(call, item, i));
}

function decided({ cx, node, outcome }: ListCall, value: AbstractValue): boolean | undefined {
  const truth = truthOf(cx, value, node);
  if (typeof truth === "boolean") return truth;
  if (truth !== undefined) outcome.needsRun = true;
  return undefined;
}

/** A whole number known when compiling, counted from the end if negative; `otherwise` if not given. */
function place(call: ListCall, at: number, otherwise: number): number | undefined {
  const arg = call.args[at];
  if (arg === undefined) return otherwise;
  if (arg.kind === "constant" && arg.value === undefined) return otherwise;
  if (arg.kind === "constant" && typeof arg.value === "number") return arg.value;
  if (arg.kind !== "error") call.outcome.needsRun = true;
  return undefined;
}

function slice(call: ListCall): AbstractValue {
  const from = place(call, 0, 0);
  const to = place(call, 1, call.items.length);
  if (from === undefined || to === undefined) return failed;
  return makeList(call.cx, call.items.slice(from, to), call.node);
}

function filter(call: ListCall): AbstractValue {
  const kept: AbstractValue[] = [];
  for (const [i, item] of call.items.entries()) {
    const keep = decide(call, item, i);
    if (keep === undefined) return failed;
    if (keep) kept.push(item);
  }
  return makeList(call.cx, kept, call.node);
}

function reduce(call: ListCall): AbstractValue {
  const { cx, items, args, node, list } = call;
  const [f = failed, initial] = args;
  const rest = initial === undefined ? items.slice(1) : items;
  const offset = items.length - rest.length;
  const start = initial ?? items[0];
  if (start === undefined) {
    cx.emit("throw", [], { message: "Reduce of empty array with no initial value" }, [], node);
    cx.die();
    return failed;
  }
  return rest.reduce((sum, item, i) => {
    const next = callValue(cx, f, undefinedValue, [sum, item, constant(i + offset), list], node);
    noteChanges(call);
    return next;
  }, start);
}

/** The position of the first element that `accepts`; −1 if there is none. */
function search(
  call: ListCall,
  accepts: (item: AbstractValue, i: number) => boolean | undefined,
): number | undefined {
  for (const [i, item] of call.items.entries()) {
    const found = accepts(item, i);
    if (found === undefined) return undefined;
    if (found) return i;
  }
  return -1;
}

const searchByFunction = (call: ListCall): number | undefined =>
  search(call, (item, i) => decide(call, item, i));

const isNotANumber = (v: AbstractValue): boolean => v.kind === "constant" && Number.isNaN(v.value);

/** With `findsNaN`, NaN equals itself. */
function searchByValue(call: ListCall, findsNaN: boolean): number | undefined {
  const wanted = call.args[0] ?? undefinedValue;
  const from = place(call, 1, 0);
  if (from === undefined) return undefined;
  const first = Math.trunc(from) + (from < 0 ? call.items.length : 0);
  return search(call, (item, i) => {
    if (i < first) return false;
    if (findsNaN && isNotANumber(item) && isNotANumber(wanted)) return true;
    return decided(call, applyBinary(call.cx, "===", item, wanted, call.node));
  });
}

const position = (at: number | undefined, make: (at: number) => AbstractValue): AbstractValue =>
  at === undefined ? failed : make(at);

function concat({ cx, items, args, node, outcome }: ListCall): AbstractValue {
  const all = [...items];
  for (const arg of args) {
    if (arg.kind === "union" || isHeapList(cx, arg)) {
      outcome.needsRun = true;
      return failed;
    }
    const isList = arg.kind === "array" || (arg.kind === "ref" && arg.object.shape === "list");
    all.push(...(isList ? (listItems(cx, arg, node) ?? []) : [arg]));
  }
  return makeList(cx, all, node);
}

function join(call: ListCall): AbstractValue {
  const texts: string[] = [];
  for (const item of call.items) {
    if (item.kind !== "constant") {
      call.outcome.needsRun = true;
      return failed;
    }
    texts.push(item.value === undefined || item.value === null ? "" : String(item.value));
  }
  const [separator = undefinedValue] = call.args;
  if (separator.kind !== "constant") {
    call.outcome.needsRun = true;
    return failed;
  }
  return constant(texts.join(separator.value === undefined ? "," : String(separator.value)));
}

const reading: ReadonlyMap<string, Method> = new Map<string, Method>([
  [
    "map",
    (call) =>
      makeList(
        call.cx,
        call.items.map((item, i) => apply(call, item, i)),
        call.node,
      ),
  ],
  [
    "forEach",
    (call) => {
      for (const [i, item] of call.items.entries()) apply(call, item, i);
      return undefinedValue;
    },
  ],
  ["filter", filter],
  ["reduce", reduce],
  ["slice", slice],
  ["concat", concat],
  ["join", join],
  ["at", (call) => position(place(call, 0, 0), (i) => call.items.at(i) ?? undefinedValue)],
  ["find", (call) => position(searchByFunction(call), (i) => call.items[i] ?? undefinedValue)],
  ["findIndex", (call) => position(searchByFunction(call), constant)],
  ["some", (call) => position(searchByFunction(call), (i) => constant(i >= 0))],
  ["every", every],
  ["indexOf", (call) => position(searchByValue(call, false), constant)],
  ["includes", (call) => position(searchByValue(call, true), (i) => constant(i >= 0))],
  [
    "keys",
    ({ cx, items, node }) =>
      makeList(
        cx,
        items.map((_, i) => constant(i)),
        node,
      ),
  ],
  ["values", ({ cx, items, node }) => makeList(cx, items, node)],
  [
    "entries",
    ({ cx, items, node }) =>
      makeList(
        cx,
        items.map((item, i) => makeList(cx, [constant(i), item], node, "entry")),
        node,
      ),
  ],
  ["toReversed", ({ cx, items, node }) => makeList(cx, items.toReversed(), node)],
]);

function every(call: ListCall): AbstractValue {
  const failing = search(call, (item, i) => {
    const holds = decide(call, item, i);
    return holds === undefined ? undefined : !holds;
  });
  return position(failing, (i) => constant(i < 0));
}

/** Methods that change the list: the new elements, and the result. */
type Change = (items: Items, args: Items) => readonly [Items, AbstractValue];

const changing: ReadonlyMap<string, Change> = new Map<string, Change>([
  ["push", (items, args) => [[...items, ...args], constant(items.length + args.length)]],
  ["unshift", (items, args) => [[...args, ...items], constant(items.length + args.length)]],
  ["pop", (items) => [items.slice(0, -1), items.at(-1) ?? undefinedValue]],
  ["shift", (items) => [items.slice(1), items[0] ?? undefinedValue]],
]);

export function callListMethod(
  cx: Context,
  list: CapturedList | ObjectRef,
  name: string,
  args: Items,
  node: ts.Node,
): AbstractValue {
  if (args.some((arg) => arg.kind === "error")) return failed;
  if (args.some((arg) => arg.kind === "spread")) return onHeapList(cx, list, name, args, node);
  const read = reading.get(name);
  const change = changing.get(name);
  if (read === undefined && change === undefined && name !== "reverse") {
    return onHeapList(cx, list, name, args, node);
  }
  const items = listItems(cx, list, node);
  if (items === undefined) return failed;
  if (read !== undefined) {
    const outcome = { needsRun: false };
    const known = attempt(cx, () => {
      const result = read({ cx, list, items, args, node, outcome });
      if (list.kind === "array") outcome.needsRun ||= writesElements(cx, list, cx.block.nodes);
      return result;
    });
    return outcome.needsRun ? onHeapList(cx, list, name, args, node) : (known.accept() ?? failed);
  }
  if (name === "reverse") return reverse(cx, list, items, node);
  if (change === undefined) return failed;
  if (list.kind === "array") return keepWritten(cx, list, node);
  const [next, result] = change(items, args);
  setFields(cx, list, indexed(next), node);
  return result;
}

function onHeapList(
  cx: Context,
  list: CapturedList | ObjectRef,
  name: string,
  args: Items,
  node: ts.Node,
): AbstractValue {
  if (list.kind === "ref") return demandObject(cx, list.object, node);
  if (changesList(name)) return keepWritten(cx, list, node);
  return callHeapListMethod(cx, copyOfCaptured(cx, list, node), name, args, node);
}

function reverse(
  cx: Context,
  list: CapturedList | ObjectRef,
  items: Items,
  node: ts.Node,
): AbstractValue {
  if (list.kind === "array") return keepWritten(cx, list, node);
  setFields(cx, list, indexed(items.toReversed()), node);
  return list;
}
