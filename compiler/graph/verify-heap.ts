/** The laws of the heap: its types, and the nodes that make, read and write what lies there. */

import {
  type Cell,
  fitsBox,
  type HeapType,
  isNothing,
  isOpen,
  leavesOf,
  optionCode,
} from "./heap-types.ts";
import {
  boolType,
  f64Type,
  i32Type,
  type Module,
  type Node,
  strType,
  type Type,
  type Value,
} from "./ir.ts";
import { isRowMajor } from "./layout.ts";
import { textFns } from "./text-functions.ts";
import { equalType, printType } from "./type.ts";

/** What is wrong, or undefined. */
type Verdict = string | undefined;

/** Every broken law of the module's heap types, in words. */
export function verifyHeapTypes(m: Module): readonly string[] {
  const errors: string[] = [];
  for (const [name, type] of m.heap) {
    const wrong = type.kind === "box" ? undefined : checkParts(m, type);
    if (wrong !== undefined) errors.push(`type @${name}: ${wrong}`);
  }
  return errors;
}

function checkParts(m: Module, type: Exclude<HeapType, { kind: "box" }>): Verdict {
  switch (type.kind) {
    case "list":
      return checkCell(m, type.element);
    case "record":
      for (const [, cell] of type.fields) {
        const wrong = checkCell(m, cell);
        if (wrong !== undefined) return wrong;
      }
      return new Set(type.fields.map(([k]) => k)).size < type.fields.length
        ? "has two fields of one name"
        : undefined;
    case "map":
      if (type.key.kind === "i32") return "has i32 keys";
      return type.key.kind === "tensor" ? "has tensors for keys" : checkCell(m, type.value);
  }
}

function checkCell(m: Module, cell: Cell): Verdict {
  let last = -1;
  for (const option of cell) {
    if (option.kind === "tensor") return "holds a tensor, not its box";
    if (option.kind === "i32") return "holds an i32, not a number";
    if (option.kind === "ref" && !m.heap.has(option.name)) return `there is no @${option.name}`;
    const code = optionCode(option, (name) => m.heap.get(name)!.kind);
    if (code <= last) return "its options are out of order";
    last = code;
  }
  return undefined;
}

const types = (list: readonly Type[]): string => `(${list.map(printType).join(", ")})`;

function check(node: Node, takes: readonly Type[], gives: readonly Type[]): Verdict {
  const given = node.operands.map((v) => v.type);
  const same = (a: readonly Type[], b: readonly Type[]): boolean =>
    a.length === b.length && a.every((t, i) => equalType(t, b[i]!));
  if (!same(given, takes)) return `takes ${types(given)}, where ${types(takes)} is due`;
  const results = node.results.map((v) => v.type);
  return same(results, gives) ? undefined : `gives ${types(results)}, where ${types(gives)} is due`;
}

const isHeapNode = (op: string): boolean => /^(text|texts|empty|same|box|unbox|new)$|\./.test(op);

/** Whether a core operation is one of the heap's; `state.get` and `state.set` are not. */
export const worksOnHeap = (op: string): boolean => isHeapNode(op) && !op.startsWith("state.");

/** Operands and results of an operation of the heap. */
export function checkHeapNode(node: Node, m: Module): Verdict {
  const [first] = node.operands;
  const result = node.results[0]?.type;
  switch (node.op) {
    case "text":
      return check(node, [], [strType]);
    case "texts":
      return checkTexts(node, m);
    case "empty":
      if (result?.kind !== "str" && result?.kind !== "ref") return "gives a text or a reference";
      return check(node, [], [result]);
    case "same":
      if (first?.type.kind !== "ref") return "takes two references";
      return node.operands[1]?.type.kind === "ref" && node.operands.length === 2
        ? check({ ...node, operands: [] }, [], [boolType])
        : "takes two references";
    case "box":
      return checkBox(node.operands, node.results, m);
    case "unbox":
      return checkBox(node.results, node.operands, m);
    case "box.size":
      return checkBoxSize(node, m);
    case "new":
      return result?.kind === "ref" ? checkNew(node, result, m) : "gives a reference";
    default:
      return checkAccess(node, m);
  }
}

function checkTexts(node: Node, m: Module): Verdict {
  const fn = textFns.get(String(node.attrs.fn));
  if (fn === undefined) return `there is no function ${node.attrs.fn} of texts`;
  // Numbers may be i32 where a pass knows that they are.
  const operands = fn.operands.map((t, i) => (isInt(node.operands[i]) ? asInt(t) : t));
  if (fn.result !== "texts") {
    return check(node, operands, [isInt(node.results[0]) ? asInt(fn.result) : fn.result]);
  }
  return isTexts(node.results[0]?.type, m)
    ? check({ ...node, results: [] }, operands, [])
    : "gives a list of texts";
}

const isInt = (v: Value | undefined): boolean => v?.type.kind === "i32";
const asInt = (type: Type): Type => (type.kind === "f64" ? i32Type : type);

/** Whether a type is that of a list of nothing but texts. */
function isTexts(type: Type | undefined, m: Module): boolean {
  const list = type?.kind === "ref" ? m.heap.get(type.name) : undefined;
  return list?.kind === "list" && list.element.length === 1 && list.element[0]?.kind === "str";
}

function checkBox(tensors: Node["operands"], boxes: Node["operands"], m: Module): Verdict {
  const [tensor, box] = [tensors[0], boxes[0]];
  const type = box?.type.kind === "ref" ? m.heap.get(box.type.name) : undefined;
  if (tensors.length !== 1 || boxes.length !== 1 || tensor === undefined || type?.kind !== "box") {
    return "has one tensor and one box";
  }
  if (!isRowMajor(tensor.layout)) return "a boxed tensor is row-major";
  return tensor.type.kind === "tensor" && fitsBox(type.tensor, tensor.type)
    ? undefined
    : `the box holds ${printType(type.tensor)}, not ${printType(tensor.type)}`;
}

function checkBoxSize(node: Node, m: Module): Verdict {
  const ref = node.operands[0]?.type;
  const box = ref?.kind === "ref" ? m.heap.get(ref.name) : undefined;
  if (ref === undefined || box?.kind !== "box") return "takes a box";
  const size = box.tensor.shape[Number(node.attrs.axis)];
  if (size === undefined || !isOpen(size)) return "asks for a size that the box's type says";
  return check(node, [ref], [f64Type]);
}

function checkNew(node: Node, type: Type & { readonly kind: "ref" }, m: Module): Verdict {
  const made = m.heap.get(type.name);
  if (made === undefined || made.kind === "box") return `cannot make ${printType(type)}`;
  const leaves = made.kind === "map" ? [] : leavesOf(made);
  if (made.kind !== "list") return check(node, leaves, [type]);
  const count = leaves.length === 0 ? 0 : node.operands.length / leaves.length;
  if (!Number.isInteger(count)) return `${node.operands.length} leaves are no whole elements`;
  return check(node, Array.from({ length: count }, () => leaves).flat(), [type]);
}

function checkAccess(node: Node, m: Module): Verdict {
  const ref = node.operands[0]?.type;
  const result = node.results[0]?.type;
  const [kind = "", verb = ""] = node.op.split(".");
  if (node.op === "list.ofTensor") return checkOfTensor(node, m);
  const type = ref?.kind === "ref" ? m.heap.get(ref.name) : undefined;
  const wanted = kind === "field" ? "record" : kind;
  if (ref === undefined || type?.kind !== wanted) return `takes a ${wanted} first`;
  const leaves = leavesOf(type);
  const leaf = leaves[Number(node.attrs.leaf)];
  if (node.attrs.leaf !== undefined && leaf === undefined) return "there is no such leaf";
  const one = leaf === undefined ? [] : [leaf];
  const key = type.kind === "map" ? type.key : f64Type;
  const at = node.operands[1]?.type.kind === "i32" ? i32Type : f64Type;
  switch (node.op) {
    case "field.get":
      return check(node, [ref], one);
    case "field.set":
      return check(node, [ref, ...one], []);
    case "list.length":
      return check(node, [ref], [result?.kind === "i32" ? i32Type : f64Type]);
    case "map.size":
      return check(node, [ref], [f64Type]);
    case "list.get":
      return check(node, [ref, at], one);
    case "map.get":
      return check(node, [ref, key], one);
    case "map.valueAt":
      return check(node, [ref, f64Type], one);
    case "list.set":
      return check(node, [ref, at, ...one], []);
    case "list.push":
      return check(node, [ref, ...leaves], []);
    case "list.resize":
      return check(node, [ref, at], []);
    case "list.insert":
    case "list.remove":
      return check(node, [ref, f64Type, f64Type], []);
    case "list.toTensor":
      return checkToTensor(node, type);
    case "list.stack":
      return checkStack(node, type, m);
    case "list.slice":
      return check(node, [ref, f64Type, f64Type], [ref]);
    case "list.join":
      return isTexts(ref, m) ? check(node, [ref, strType], [strType]) : "joins a list of texts";
    case "map.has":
    case "map.remove":
      return check(node, [ref, key], [boolType]);
    case "map.put":
      return check(node, [ref, key, ...leaves], []);
    case "map.next":
      return check(node, [ref, f64Type], [f64Type]);
    case "map.keyAt":
      return check(node, [ref, f64Type], [key]);
    case "list.reverse":
    case "map.clear":
    case "map.hold":
    case "map.release":
      return check(node, [ref], []);
    default:
      return `there is no ${verb} of a ${wanted}`;
  }
}

function checkOfTensor(node: Node, m: Module): Verdict {
  const [from, to] = [node.operands[0]?.type, node.results[0]?.type];
  if (from?.kind !== "tensor" || from.shape.length !== 1) return "takes a tensor of one axis";
  const list = to?.kind === "ref" ? m.heap.get(to.name) : undefined;
  const element = list?.kind === "list" && list.element.length === 1 ? list.element[0] : undefined;
  const wanted = from.dtype === "bool" ? "bool" : "f64";
  if (element === undefined || isNothing(element) || element.kind !== wanted) {
    return `gives a list of ${wanted}`;
  }
  return node.operands.length === 1 && node.results.length === 1 ? undefined : "takes one tensor";
}

/** The only thing that a list holds; undefined where it holds several or nothing. */
function onlyElement(type: HeapType): Type | undefined {
  const [only, ...others] = type.kind === "list" ? type.element : [];
  return only === undefined || isNothing(only) || others.length > 0 ? undefined : only;
}

function checkToTensor(node: Node, type: HeapType): Verdict {
  const to = node.results[0]?.type;
  if (to?.kind !== "tensor" || to.shape.length !== 1) return "gives a tensor of one axis";
  if (node.operands.length !== 1 || node.results.length !== 1) return "takes one list";
  const element = onlyElement(type)?.kind;
  if (leavesOf(type).length === 0 || element === "bool") return undefined;
  if (element !== "f64") return "takes a list of f64 or bool";
  return to.dtype === "bool" ? "makes no bools of numbers" : undefined;
}

function checkStack(node: Node, type: HeapType, m: Module): Verdict {
  const to = node.results[0]?.type;
  const element = onlyElement(type);
  const box = element?.kind === "ref" ? m.heap.get(element.name) : undefined;
  if (box?.kind !== "box") return "takes a list of boxes";
  if (to?.kind !== "tensor" || to.shape.length !== box.tensor.shape.length + 1) {
    return `gives tensors of ${printType(box.tensor)} along a new axis`;
  }
  const slice = { ...to, shape: to.shape.slice(1) };
  if (!equalType(slice, box.tensor)) return `gives ${printType(to)} of ${printType(box.tensor)}`;
  return node.operands.length === 1 && node.results.length === 1 ? undefined : "takes one list";
}
