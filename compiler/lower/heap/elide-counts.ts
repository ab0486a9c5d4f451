/**
 * Where references need no counting. A value that is read from an object and used before anything could
 * drop it there is borrowed from that object; one that is stored by the last node that uses it is moved
 * there, with the reference that its region owned.
 */

import { type Node, type Region, terminators, type Value } from "../../graph/ir.ts";
import { isReference } from "./heap-layout.ts";

export interface Elided {
  readonly borrowed: ReadonlySet<Value>;
  /** The operands of a node that it stores for their regions. */
  readonly moved: ReadonlyMap<Node, ReadonlySet<Value>>;
  /** Nodes that take their first operand from a region around, which goes on without it. */
  readonly takes: ReadonlySet<Node>;
}

const reads: ReadonlySet<string> = new Set(["field.get", "list.get"]);

/** What regions own of what these give. */
const makes: ReadonlySet<string> = new Set(["texts", "if", "loop", "call"]);

/** From which operand on a node stores its operands. */
const storesFrom: ReadonlyMap<string, number> = new Map([
  ["new", 0],
  ["field.set", 1],
  ["list.push", 1],
  ["list.set", 2],
  ["map.put", 2],
]);

/** Nodes that drop no reference that they have not made themselves. */
const quiet: ReadonlySet<string> = new Set([
  ...["number", "boolean", "scalar", "size", "item", "text", "texts", "empty", "same", "check"],
  ...["new", "field.get", "list.get", "list.length", "list.slice"],
  ...["map.size", "map.has", "map.get", "map.next", "map.keyAt", "map.valueAt"],
]);

export const isQuiet = (node: Node): boolean =>
  quiet.has(node.op) ||
  terminators.has(node.op) ||
  ((node.op === "if" || node.op === "loop") && node.regions.every((r) => r.nodes.every(isQuiet)));

/** Nodes that count what they are given before they drop anything. */
const countsFirst = (node: Node): boolean =>
  isQuiet(node) || ["field.set", "list.push", "list.set"].includes(node.op);

export function elideCounts(body: Region): Elided {
  const borrowed = new Set<Value>();
  const moved = new Map<Node, Set<Value>>();
  const takes = new Set<Node>();
  const boxes = new Set<Value>();
  const uses = new Uses();
  /** `free` are texts of regions around that nothing reads after the branch that the region is. */
  const visit = (region: Region, free: ReadonlySet<Value>): void => {
    const last = uses.lastIn(region);
    const here = new Set([...free, ...region.params]);
    region.nodes.forEach((node, at) => {
      if (node.op === "unbox") boxes.add(node.operands[0]!);
      const [text] = node.operands;
      if (text !== undefined && isAppended(node, text) && last.get(text) === at) {
        if (free.has(text)) takes.add(node);
        else if (region.params.includes(text)) moved.set(node, new Set([text]));
      }
      if (node.op === "kernel") return;
      const still = [...here].filter((v) => v.type.kind === "str" && last.get(v) === at);
      for (const inner of node.regions) visit(inner, new Set(node.op === "if" ? still : []));
      if (makes.has(node.op)) for (const v of node.results) here.add(v);
    });
    region.nodes.forEach((node, at) => {
      for (const v of node.results) {
        // A tensor in a box lies there as long as it is read, which its reference does not tell.
        if (!isReference(v.type) || boxes.has(v)) continue;
        const end = last.get(v) ?? at;
        const between = region.nodes.slice(at + 1, end);
        const ends = region.nodes[end]!;
        if (reads.has(node.op) && between.every(isQuiet) && (end === at || countsFirst(ends))) {
          borrowed.add(v);
        } else if (isStored(ends, v)) {
          moved.set(ends, (moved.get(ends) ?? new Set()).add(v));
        }
      }
    });
  };
  visit(body, new Set());
  return { borrowed, moved, takes };
}

/** Which node of a region reads a value last, itself or inside of its regions. */
class Uses {
  readonly #last = new Map<Region, ReadonlyMap<Value, number>>();

  lastIn(region: Region): ReadonlyMap<Value, number> {
    const known = this.#last.get(region);
    if (known !== undefined) return known;
    const last = new Map<Value, number>();
    region.nodes.forEach((node, at) => {
      for (const v of node.operands) last.set(v, at);
      const inner = node.op === "kernel" ? [] : node.regions;
      for (const r of inner) for (const v of this.lastIn(r).keys()) last.set(v, at);
    });
    this.#last.set(region, last);
    return last;
  }
}

/** Whether the node gives a text with something put behind it. */
export const isAppending = ({ op, attrs }: Node): boolean =>
  op === "texts" && (attrs.fn === "concat" || attrs.fn === "concatInt");

/** Whether the node makes the text longer, and reads it for nothing else. */
const isAppended = (node: Node, v: Value): boolean =>
  isAppending(node) && node.operands[0] === v && node.operands[1] !== v;

/** Whether the node stores the value, once, and uses it for nothing else. */
function isStored(node: Node, v: Value): boolean {
  if (isAppended(node, v)) return true;
  const from = storesFrom.get(node.op);
  if (from === undefined) return false;
  const places = node.operands.flatMap((o, i) => (o === v ? [i] : []));
  return places.length === 1 && places[0]! >= from;
}
