/** Puts abstract values into cells of the heap, and takes them out again. */

import type ts from "typescript";
import { capturedOnHeap, heapTensors } from "../../diagnostics/catalog/unsupported.ts";
import { isNothing as isNothingOption, tagType } from "../../graph/heap-types.ts";
import { boolType, f64Type, strType, type Type, type Value } from "../../graph/ir.ts";
import { printTensorType } from "../../ops/types.ts";
import { usable } from "../conflicts.ts";
import type { Context } from "../context.ts";
import {
  numberNode,
  stateOfCell,
  tensorTypeOf,
  toBoolean,
  toNumber,
  toTensor,
  toText,
} from "../graph-values.ts";
import {
  type AbstractValue,
  constant,
  type Dynamic,
  describeValue,
  dynamic,
  failed,
  isBoolean,
  isNumber,
  isTensor,
  isText,
  type UnionOption,
  undefinedValue,
} from "../values.ts";
import { demandHeap, onHeap } from "./allocate.ts";
import { box, noTensor, unbox } from "./boxes.ts";
import { codeOf, type OpenCell, type Option } from "./shapes.ts";

/** One way that a value may be at run time, with the graph value that it then is; a tensor is not in its box yet. */
interface Given {
  readonly option: Option;
  readonly value: Value | undefined;
}

/** What `v` may be; undefined (and reported) if the heap has no place for it. */
function givenOf(cx: Context, value: AbstractValue, node: ts.Node): Given | undefined {
  const v = usable(cx, value, "this value", node);
  if (v.kind === "constant" && v.value === undefined) {
    return { option: { kind: "undefined" }, value: undefined };
  }
  if (v.kind === "constant" && v.value === null) {
    return { option: { kind: "null" }, value: undefined };
  }
  if (isNumber(v)) return { option: f64Type, value: toNumber(cx, v, node) };
  if (isBoolean(v)) return { option: boolType, value: toBoolean(cx, v, node) };
  if (isText(v)) return { option: strType, value: toText(cx, v, node) };
  if (isTensor(v)) return givenTensor(cx, v, node);
  if (v.kind === "error") return undefined;
  const object = onHeap(cx, v, node);
  if (object === undefined) return undefined;
  const { type } = object;
  const shape = type.kind === "ref" ? cx.unit.heap.named(type.name) : undefined;
  if (shape === undefined) {
    cx.report(node, capturedOnHeap(describeValue(v)));
    return undefined;
  }
  return { option: { kind: "shape", shape }, value: object };
}

function givenTensor(cx: Context, v: AbstractValue, node: ts.Node): Given | undefined {
  if (v.kind === "tensor" && v.tensor.kind === "cell" && stateOfCell(cx, v) !== undefined) {
    // A box would hold what the cell is now, not what it becomes.
    cx.report(node, capturedOnHeap(describeValue(v)));
    return undefined;
  }
  const tensor = toTensor(cx, v, node);
  const type = tensorTypeOf(v);
  if (tensor === undefined || type === undefined) return undefined;
  const { heap, runSizes } = cx.unit;
  return { option: heap.boxOf(runSizes.opened(type)), value: tensor };
}

/** What is put into a leaf of the type: a tensor goes into a box. */
const asLeaf = (cx: Context, value: Value, type: Type, node: ts.Node): Value =>
  value.type.kind === "tensor" ? box(cx, value, type, node) : value;

/** A value that stands where nothing is, and is never looked at. */
export function absent(cx: Context, type: Type, node: ts.Node): Value {
  if (type.kind === "f64") return numberNode(cx, 0, node);
  if (type.kind === "bool") return cx.emitOne("boolean", [], { value: false }, type, node);
  if (type.kind === "tensor") return noTensor(cx, type, node);
  return cx.emitOne("empty", [], {}, type, node);
}

/** The leaves that hold `v` in `cell`, which learns that it may; undefined if that was reported. */
export function putInto(
  cx: Context,
  cell: OpenCell,
  v: AbstractValue,
  node: ts.Node,
): readonly Value[] | undefined {
  if (v.kind === "union") return putUnion(cx, cell, v.tag, v.options, node);
  const given = givenOf(cx, v, node);
  if (given === undefined || !learn(cx, cell, given.option, node)) return undefined;
  const { heap } = cx.unit;
  const closed = heap.closed(cell);
  const leaves: Value[] = [];
  if (closed.length > 1) leaves.push(numberNode(cx, codeOf(given.option), node));
  for (const code of [...cell.options.keys()].sort((a, b) => a - b)) {
    const option = cell.options.get(code)!;
    const type = option.kind === "shape" ? heap.refTo(option.shape) : option;
    if (isNothingOption(type)) continue;
    const isIt = code === codeOf(given.option) && given.value !== undefined;
    leaves.push(isIt ? asLeaf(cx, given.value, type, node) : absent(cx, type, node));
  }
  return leaves;
}

function learn(cx: Context, cell: OpenCell, option: Option, node: ts.Node): boolean {
  if (cx.unit.heap.add(cell, option)) return true;
  const opening = cx.unit.heap.openingFor(cell, option);
  if (opening !== undefined) {
    demandHeap(cx, [opening], node, true);
    return false;
  }
  const other = cell.options.get(codeOf(option));
  const name = (o: Option | undefined): string => {
    const tensor = o?.kind === "ref" ? cx.unit.heap.boxed(o.name) : undefined;
    return tensor === undefined ? "another value" : printTensorType(tensor);
  };
  cx.report(node, heapTensors(name(other), name(option)));
  return false;
}

function putUnion(
  cx: Context,
  cell: OpenCell,
  tag: Value,
  options: readonly UnionOption[],
  node: ts.Node,
): readonly Value[] | undefined {
  const given = new Map<number, Given>();
  for (const { code, value } of options) {
    const part = givenOf(cx, value, node);
    if (part === undefined || !learn(cx, cell, part.option, node)) return undefined;
    given.set(code, part);
  }
  const { heap } = cx.unit;
  const leaves: Value[] = cell.options.size > 1 ? [tag] : [];
  for (const code of [...cell.options.keys()].sort((a, b) => a - b)) {
    const option = cell.options.get(code)!;
    const type = option.kind === "shape" ? heap.refTo(option.shape) : option;
    if (isNothingOption(type)) continue;
    const value = given.get(code)?.value;
    leaves.push(value === undefined ? absent(cx, type, node) : asLeaf(cx, value, type, node));
  }
  return leaves;
}

/**
 * What a cell holds, read by `leaf(i, type)`. With `present`, a bool, the value is undefined where it
 * is false.
 */
export function takeFrom(
  cx: Context,
  cell: OpenCell,
  leaf: (index: number, type: Type) => Value,
  node: ts.Node,
  present?: Value,
): AbstractValue {
  const closed = cx.unit.heap.closed(cell);
  const codes = [...cell.options.keys()].sort((a, b) => a - b);
  let next = closed.length > 1 ? 1 : 0;
  const options = closed.map((option, i): UnionOption => {
    const code = codes[i]!;
    if (option.kind === "undefined") return { code, value: undefinedValue };
    if (option.kind === "null") return { code, value: constant(null) };
    return { code, value: unboxed(cx, leaf(next++, option), node) };
  });
  const [only] = options;
  if (only === undefined) return present === undefined ? neverReached(cx, node) : undefinedValue;
  if (present === undefined && options.length === 1) return only.value;
  const stored = options.length > 1 ? leaf(0, tagType) : numberNode(cx, only.code, node);
  if (present === undefined) return { kind: "union", tag: stored, options };
  const undefinedCode = 0;
  const none = numberNode(cx, undefinedCode, node);
  const tag = cx.scalar("choose", [present, stored, none], "f64", node);
  const known = options.some(({ code }) => code === undefinedCode);
  const all = known ? options : [{ code: undefinedCode, value: undefinedValue }, ...options];
  return { kind: "union", tag, options: all };
}

/** Nothing was ever put into this cell, so no run comes here: `for (const x of [])`. */
const neverReached = (cx: Context, node: ts.Node): AbstractValue =>
  failHere(cx, "unreachable", node);

/** A run that comes here fails; nothing behind it is computed. */
export function failHere(cx: Context, message: string, node: ts.Node): AbstractValue {
  cx.emit("throw", [], { message }, [], node);
  cx.die();
  return failed;
}

/** A tensor for a box; every other value for itself. */
function unboxed(cx: Context, value: Value, node: ts.Node): Dynamic {
  const tensor = value.type.kind === "ref" ? cx.unit.heap.boxed(value.type.name) : undefined;
  return dynamic(tensor === undefined ? value : unbox(cx, value, tensor, node));
}
