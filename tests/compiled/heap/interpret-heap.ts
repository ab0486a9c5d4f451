/** What the operations of the heap mean, with plain JavaScript texts, arrays and maps. */

import { type Cell, type HeapType, isNothing, leavesOf } from "#glim/compiler/graph/heap-types.js";
import {
  type Module,
  type Node,
  type TensorData,
  type Type,
  tensorOf,
} from "#glim/compiler/graph/ir.js";
import { type DType, tensorType } from "#glim/compiler/ops/types.js";
import { type RunValue, Stopped, type TensorValue } from "../interpret-graph.ts";

/** A text, an object, or null: the reference to nothing. */
export type HeapValue = string | null | HeapObject;

interface Entry {
  readonly key: RunValue;
  readonly leaves: RunValue[];
}

export class HeapObject {
  readonly type: HeapType;
  /** Of a list its elements' leaves, of a record its own, of a box its tensor. */
  elements: RunValue[][] = [];
  /** Of a map, in order of insertion; removed ones keep their places. */
  entries: (Entry | undefined)[] = [];

  constructor(type: HeapType) {
    this.type = type;
  }

  place(key: RunValue): number {
    return this.entries.findIndex((e) => e !== undefined && sameKey(e.key, key));
  }

  get size(): number {
    return this.entries.filter((e) => e !== undefined).length;
  }
}

const sameKey = (a: RunValue, b: RunValue): boolean =>
  a === b || (typeof a === "number" && typeof b === "number" && Number.isNaN(a) && Number.isNaN(b));

const zeroOf = (type: Type): RunValue =>
  type.kind === "f64" ? 0 : type.kind === "bool" ? false : null;

/** Whether `object` can be reached from `from`. */
export function reaches(from: RunValue, object: HeapObject, seen = new Set<RunValue>()): boolean {
  if (from === object) return true;
  if (!(from instanceof HeapObject) || seen.has(from)) return false;
  seen.add(from);
  const parts = [
    ...from.elements.flat(),
    ...from.entries.flatMap((e) => (e ? [e.key, ...e.leaves] : [])),
  ];
  return parts.some((part) => reaches(part, object, seen));
}

const typeOf = (type: Type | undefined, m: Module): HeapType => {
  const found = type?.kind === "ref" ? m.heap.get(type.name) : undefined;
  if (!found) throw new Error("no type of the heap");
  return found;
};

const object = (v: RunValue | undefined): HeapObject => {
  if (v instanceof HeapObject) return v;
  throw new Error("no object");
};
const text = (v: RunValue | undefined): string => {
  if (typeof v === "string") return v;
  throw new Error("no text");
};
const number = (v: RunValue | undefined): number => {
  if (typeof v === "number") return v;
  throw new Error("no number");
};

type TextFunction = (args: readonly RunValue[]) => unknown;

/** What is no method of JavaScript's texts under the same name. */
const textFunctions: Readonly<Record<string, TextFunction>> = {
  concat: ([a, b]) => text(a) + text(b),
  lengthOfInt: ([a]) => String(a).length,
  concatInt: ([a, b]) => text(a) + String(b),
  equal: ([a, b]) => text(a) === text(b),
  compare: ([a, b]) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0),
  length: ([a]) => text(a).length,
  pointAt: ([a, i]) => String.fromCodePoint(text(a).codePointAt(number(i))!),
  points: ([a]) => [...text(a)],
  fromCharCode: ([x]) => String.fromCharCode(number(x)),
  fromCodePoint: ([x]) => String.fromCodePoint(number(x)),
  ofNumber: ([a]) => String(number(a)),
  ofBoolean: ([a]) => String(a),
  toFixed: ([x, n]) => number(x).toFixed(number(n)),
  toRadix: ([x, n]) => number(x).toString(number(n)),
  toNumber: ([a]) => Number(text(a)),
  parseFloat: ([a]) => Number.parseFloat(text(a)),
  parseInt: ([a, n]) => Number.parseInt(text(a), number(n)),
};

function runTexts(fn: string, given: readonly RunValue[]): unknown {
  const own = textFunctions[fn];
  if (own !== undefined) return own(given);
  const [receiver, ...rest] = given;
  const method: unknown = Reflect.get(String.prototype, fn);
  if (typeof method !== "function") throw new Error(`${fn} is not known`);
  return Reflect.apply(method, text(receiver), rest);
}

/** The texts, numbers and booleans that functions of texts give. */
const isPlain = (v: unknown): v is string | number | boolean =>
  typeof v === "string" || typeof v === "number" || typeof v === "boolean";

/** The results of a node of the heap. `onStore` sees what is put into which object. */
export function runHeapNode(
  node: Node,
  given: readonly RunValue[],
  m: Module,
  onStore: (value: RunValue, into: HeapObject) => void,
): readonly RunValue[] {
  const [kind, verb = ""] = node.op.split(".");
  if (kind === "list" && verb !== "ofTensor") return onList(verb, node, given, onStore);
  if (kind === "map") return onMap(verb, node, given, onStore);
  const type = node.results[0]?.type;
  switch (node.op) {
    case "text":
      return [String(node.attrs.value)];
    case "texts": {
      const made = runTexts(String(node.attrs.fn), given);
      if (isPlain(made)) return [made];
      if (!Array.isArray(made)) throw new Error(`${node.attrs.fn} gives no text`);
      const list = new HeapObject(typeOf(type, m));
      list.elements = made.map((t) => [String(t)]);
      return [list];
    }
    case "empty":
      return [null];
    case "same":
      return [given[0] === given[1]];
    case "box": {
      const box = new HeapObject(typeOf(type, m));
      box.elements = [[given[0]!]];
      return [box];
    }
    case "unbox":
      return [object(given[0]).elements[0]![0]!];
    case "box.size": {
      if (given[0] === null) return [0];
      const { type: held } = object(given[0]).elements[0]![0] as TensorValue;
      return [Number(held.shape[Number(node.attrs.axis)])];
    }
    case "new":
      return [made(typeOf(type, m), given, onStore)];
    case "field.get":
      return [object(given[0]).elements[0]![Number(node.attrs.leaf)]!];
    case "field.set":
      onStore(given[1]!, object(given[0]));
      object(given[0]).elements[0]![Number(node.attrs.leaf)] = given[1]!;
      return [];
    case "list.ofTensor": {
      const { type: tensor, data } = given[0] as TensorValue;
      const list = new HeapObject(typeOf(type, m));
      list.elements = Array.from(data, (x) => [tensor.dtype === "bool" ? x !== 0 : x]);
      return [list];
    }
    default:
      throw new Error(`${node.op} is not known`);
  }
}

function made(
  type: HeapType,
  given: readonly RunValue[],
  onStore: (value: RunValue, into: HeapObject) => void,
): HeapObject {
  const o = new HeapObject(type);
  for (const v of given) onStore(v, o);
  if (type.kind === "record") o.elements = [[...given]];
  else if (type.kind === "list") {
    const each = leavesOf(type).length;
    for (let i = 0; i < given.length; i += each) o.elements.push(given.slice(i, i + each));
  }
  return o;
}

function onList(
  verb: string,
  node: Node,
  given: readonly RunValue[],
  onStore: (value: RunValue, into: HeapObject) => void,
): readonly RunValue[] {
  const list = object(given[0]);
  const { elements } = list;
  const leaves = leavesOf(list.type);
  const fresh = (): RunValue[] => leaves.map(zeroOf);
  const leaf = Number(node.attrs.leaf);
  switch (verb) {
    case "length":
      return [elements.length];
    case "get":
      return [elements[number(given[1])]?.[leaf] ?? zeroOf(leaves[leaf]!)];
    case "set": {
      const element = elements[number(given[1])];
      if (element) {
        onStore(given[2]!, list);
        element[leaf] = given[2]!;
      }
      return [];
    }
    case "toTensor":
      return [elementsTensor(node, elements)];
    case "stack":
      return [stacked(node, elements)];
    case "push":
      for (const v of given.slice(1)) onStore(v, list);
      elements.push(given.slice(1));
      return [];
    case "resize": {
      const length = number(given[1]);
      while (elements.length < length) elements.push(fresh());
      elements.length = length;
      return [];
    }
    case "insert":
      elements.splice(number(given[1]), 0, ...Array.from({ length: number(given[2]) }, fresh));
      return [];
    case "remove":
      elements.splice(number(given[1]), number(given[2]));
      return [];
    case "slice": {
      const copy = new HeapObject(list.type);
      copy.elements = elements.slice(number(given[1]), number(given[2])).map((e) => [...e]);
      return [copy];
    }
    case "reverse":
      elements.reverse();
      return [];
    case "join":
      return [elements.map(([t]) => text(t)).join(text(given[1]))];
    default:
      throw new Error(`list.${verb} is not known`);
  }
}

function onMap(
  verb: string,
  node: Node,
  given: readonly RunValue[],
  onStore: (value: RunValue, into: HeapObject) => void,
): readonly RunValue[] {
  const map = object(given[0]);
  const leaves = leavesOf(map.type);
  const leaf = Number(node.attrs.leaf);
  const found = (): Entry | undefined => map.entries[map.place(given[1]!)];
  const at = (): Entry => {
    const entry = map.entries[number(given[1])];
    if (!entry) throw new Error("no entry");
    return entry;
  };
  switch (verb) {
    case "size":
      return [map.size];
    case "has":
      return [found() !== undefined];
    case "get":
      return [found()?.leaves[leaf] ?? zeroOf(leaves[leaf]!)];
    case "put": {
      const [key, ...values] = given.slice(1);
      for (const v of [key!, ...values]) onStore(v, map);
      const known = found();
      if (known) known.leaves.splice(0, known.leaves.length, ...values);
      else map.entries.push({ key: key === 0 ? 0 : key!, leaves: values });
      return [];
    }
    case "remove": {
      const place = map.place(given[1]!);
      if (place >= 0) map.entries[place] = undefined;
      return [place >= 0];
    }
    case "clear":
      map.entries.fill(undefined);
      return [];
    case "next":
      return [map.entries.findIndex((e, i) => i >= number(given[1]) && e !== undefined)];
    case "keyAt":
      return [at().key];
    case "valueAt":
      return [at().leaves[leaf]!];
    case "hold":
    case "release":
      return [];
    default:
      throw new Error(`map.${verb} is not known`);
  }
}

/** A value as the loader gives it to a host. */
export function toHost(v: RunValue): unknown {
  if (!(v instanceof HeapObject)) {
    if (typeof v !== "object" || v === null) return v;
    return { data: v.data, shape: v.type.shape };
  }
  const { type } = v;
  switch (type.kind) {
    case "box":
      return toHost(v.elements[0]![0]!);
    case "list":
      return v.elements.map((leaves) => cellToHost(type.element, leaves));
    case "map": {
      const live = v.entries.flatMap((e) => (e ? [e] : []));
      const isSet = type.value.every(isNothing);
      if (isSet) return new Set(live.map((e) => toHost(e.key)));
      return new Map(live.map((e) => [toHost(e.key), cellToHost(type.value, e.leaves)]));
    }
    case "record": {
      const record: Record<string, unknown> = {};
      let at = 0;
      for (const [name, cell] of type.fields) {
        const count = leavesOf({ kind: "list", element: cell }).length;
        record[name] = cellToHost(cell, v.elements[0]!.slice(at, at + count));
        at += count;
      }
      return record;
    }
  }
}

const codes = { undefined: 0, null: 1, bool: 2, f64: 3, str: 4, tensor: -1, ref: -1, i32: -1 };
const objectCodes = { list: 5, record: 6, map: 7, box: 8 };

function cellToHost(cell: Cell, leaves: readonly RunValue[]): unknown {
  const typed = cell.filter((o) => !isNothing(o));
  if (cell.length <= 1) {
    if (typed.length === 0) return cell[0]?.kind === "null" ? null : undefined;
    return toHost(filled(leaves[0]!));
  }
  const tag = number(leaves[0]);
  if (tag < 2) return tag === 1 ? null : undefined;
  const at = typed.findIndex((o, i) => {
    const v = leaves[1 + i];
    return (v instanceof HeapObject ? objectCodes[v.type.kind] : codes[o.kind]) === tag;
  });
  return toHost(filled(leaves[1 + at]!));
}

/** A place whose one kind was never put there. */
export class Unfilled extends Error {}

function filled(v: RunValue): RunValue {
  if (v === null) throw new Unfilled("nothing was put there");
  return v;
}

/** A tensor of numbers or booleans; what is no whole number stops where i32 is due. */
function elementsTensor(node: Node, elements: readonly (readonly RunValue[])[]): TensorValue {
  const { dtype } = tensorOf(node.results[0]!);
  const numbers = elements.map(([x]) => Number(x));
  if (dtype === "i32" && numbers.some((x) => (x | 0) !== x)) throw new Stopped("not whole");
  return { type: tensorType(dtype, [numbers.length]), data: dataOf(dtype, numbers) };
}

function stacked(node: Node, elements: readonly (readonly RunValue[])[]): TensorValue {
  const { dtype, shape } = tensorOf(node.results[0]!);
  const tensors = elements.map(([box]) => object(box).elements[0]![0] as TensorValue);
  const numbers = tensors.flatMap(({ data }) => [...data]);
  const sizes = tensors[0]?.type.shape ?? shape.slice(1);
  return { type: tensorType(dtype, [tensors.length, ...sizes]), data: dataOf(dtype, numbers) };
}

function dataOf(dtype: DType, numbers: readonly number[]): TensorData {
  if (dtype === "f32") return Float32Array.from(numbers);
  return dtype === "i32" ? Int32Array.from(numbers) : Uint8Array.from(numbers);
}
