/** Runs the nodes of a graph that work on the heap, on JavaScript's own texts, arrays and maps. */

import {
  type Cell,
  type HeapType,
  isNothing,
  leavesOf,
  leavesOfCell,
  optionCode,
} from "#glim/compiler/graph/heap-types.js";
import type { Module, Node, Type } from "#glim/compiler/graph/ir.js";

/** A value of a graph that needs no memory, or an object. */
export type Leaf = number | boolean | string | Obj | null;

/** An object: elements of a list, the leaves of a record, entries of a map in order of insertion. */
export class Obj {
  readonly type: HeapType;
  rows: Leaf[][];
  /** A map's keys, one for each row; undefined where the entry was removed. */
  keys: (Leaf | undefined)[] = [];

  constructor(type: HeapType, rows: Leaf[][]) {
    this.type = type;
    this.rows = rows;
  }
}

const zeroOf = (type: Type): Leaf =>
  type.kind === "f64" ? 0 : type.kind === "bool" ? false : type.kind === "str" ? "" : null;

const objectOf = (leaf: Leaf | undefined): Obj => {
  if (!(leaf instanceof Obj)) throw new Error("an empty reference is used");
  return leaf;
};

const textFunctions: Readonly<Record<string, (...args: readonly Leaf[]) => unknown>> = {
  concat: (a, b) => `${a}${b}`,
  equal: (a, b) => a === b,
  compare: (a, b) => (String(a) < String(b) ? -1 : Number(String(a) > String(b))),
  length: (a) => String(a).length,
  pointAt: (s, i) => String.fromCodePoint(String(s).codePointAt(Number(i))!),
  fromCharCode: (x) => String.fromCharCode(Number(x)),
  fromCodePoint: (x) => String.fromCodePoint(Number(x)),
  ofNumber: (x) => String(x),
  ofBoolean: (x) => String(x),
  toFixed: (x, n) => Number(x).toFixed(Number(n)),
  toRadix: (x, n) => Number(x).toString(Number(n)),
  toNumber: (s) => Number(s),
  parseFloat: (s) => Number.parseFloat(String(s)),
  parseInt: (s, n) => Number.parseInt(String(s), Number(n)),
};

function runTexts(fn: string, args: readonly Leaf[]): unknown {
  const own = textFunctions[fn];
  if (own !== undefined) return own(...args);
  const [receiver, ...rest] = args;
  const method: unknown = Reflect.get(String.prototype, fn);
  if (typeof method !== "function") throw new Error(`no function ${fn} of texts`);
  return Reflect.apply(method, receiver, rest);
}

/** The results of a node of the heap; undefined for other nodes. */
export function runHeapNode(
  node: Node,
  operands: readonly Leaf[],
  module: Module,
): readonly Leaf[] | undefined {
  const typeOf = (type: Type | undefined): HeapType => {
    const found = type?.kind === "ref" ? module.heap.get(type.name) : undefined;
    if (found === undefined) throw new Error("not the type of an object");
    return found;
  };
  const result = node.results[0]?.type;
  switch (node.op) {
    case "text":
      return [String(node.attrs.value)];
    case "texts": {
      const given = runTexts(String(node.attrs.fn), operands);
      if (!Array.isArray(given)) return [given as Leaf];
      return [
        new Obj(
          typeOf(result),
          given.map((text) => [String(text)]),
        ),
      ];
    }
    case "empty":
      return [zeroOf(result!)];
    case "same":
      return [operands[0] === operands[1]];
    case "new": {
      const type = typeOf(result);
      const width = Math.max(1, leavesOf(type).length);
      if (type.kind !== "list")
        return [new Obj(type, type.kind === "record" ? [[...operands]] : [])];
      const rows: Leaf[][] = [];
      for (let i = 0; i < operands.length; i += width) rows.push(operands.slice(i, i + width));
      return [new Obj(type, rows)];
    }
    default:
      return /^(field|list|map)\./.test(node.op) ? runAccess(node, operands) : undefined;
  }
}

function runAccess(node: Node, operands: readonly Leaf[]): readonly Leaf[] {
  const object = objectOf(operands[0]);
  const { rows } = object;
  const leaf = Number(node.attrs.leaf);
  const [, a, b] = operands;
  const zeros = leavesOf(object.type).map(zeroOf);
  const entryOf = (key: Leaf | undefined): number =>
    object.keys.findIndex((k) => k !== undefined && (k === key || Object.is(k, key)));
  switch (node.op) {
    case "field.get":
      return [rows[0]![leaf]!];
    case "field.set":
      rows[0]![leaf] = a!;
      return [];
    case "list.length":
      return [rows.length];
    case "list.get":
      return [rows[Number(a)]?.[leaf] ?? zeros[leaf]!];
    case "list.set":
      rows[Number(a)]![leaf] = b!;
      return [];
    case "list.push":
      rows.push(operands.slice(1));
      return [];
    case "list.resize":
      while (rows.length < Number(a)) rows.push([...zeros]);
      rows.length = Number(a);
      return [];
    case "list.insert":
      rows.splice(Number(a), 0, ...Array.from({ length: Number(b) }, () => [...zeros]));
      return [];
    case "list.remove":
      rows.splice(Number(a), Number(b));
      return [];
    case "list.slice":
      return [
        new Obj(
          object.type,
          rows.slice(Number(a), Number(b)).map((row) => [...row]),
        ),
      ];
    case "list.reverse":
      rows.reverse();
      return [];
    case "list.join":
      return [rows.map(([text]) => text).join(String(a))];
    case "map.size":
      return [object.keys.filter((k) => k !== undefined).length];
    case "map.has":
      return [entryOf(a) >= 0];
    case "map.get":
      return [rows[entryOf(a)]?.[leaf] ?? zeros[leaf]!];
    case "map.put": {
      const at = entryOf(a);
      if (at >= 0) rows[at] = operands.slice(2);
      else {
        // As in JavaScript, −0 becomes 0 as a key.
        object.keys.push(Object.is(a, -0) ? 0 : a!);
        rows.push(operands.slice(2));
      }
      return [];
    }
    case "map.remove": {
      const at = entryOf(a);
      if (at >= 0) object.keys[at] = undefined;
      return [at >= 0];
    }
    case "map.clear":
      object.keys.fill(undefined);
      return [];
    case "map.next":
      return [object.keys.findIndex((k, i) => i >= Number(a) && k !== undefined)];
    case "map.keyAt":
      return [object.keys[Number(a)]!];
    case "map.valueAt":
      return [rows[Number(a)]![leaf]!];
    default:
      return [];
  }
}

/** The value of a host for a value of a graph. */
export function toHost(leaf: Leaf | undefined, module: Module): unknown {
  if (!(leaf instanceof Obj)) return leaf;
  const { type, rows } = leaf;
  switch (type.kind) {
    case "list":
      return rows.map((row) => cellToHost(type.element, row, module));
    case "record": {
      let at = 0;
      return Object.fromEntries(
        type.fields.map(([name, cell]) => {
          const count = leavesOfCell(cell).length;
          const row = rows[0]!.slice(at, at + count);
          at += count;
          return [name, cellToHost(cell, row, module)];
        }),
      );
    }
    case "map": {
      const live = [...leaf.keys.entries()].filter(([, k]) => k !== undefined);
      if (type.value.length === 0) return new Set(live.map(([, k]) => toHost(k, module)));
      return new Map(
        live.map(([i, k]) => [toHost(k, module), cellToHost(type.value, rows[i]!, module)]),
      );
    }
    case "box":
      throw new Error("tensors are not run");
  }
}

function cellToHost(cell: Cell, row: readonly Leaf[], module: Module): unknown {
  const several = cell.length > 1;
  let at = several ? 1 : 0;
  for (const option of cell) {
    const code = optionCode(option, (name) => module.heap.get(name)!.kind);
    const isIt = !several || row[0] === code;
    if (isNothing(option)) {
      if (isIt) return option.kind === "null" ? null : undefined;
      continue;
    }
    if (isIt) return toHost(row[at], module);
    at++;
  }
  return undefined;
}
