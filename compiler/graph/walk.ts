/** Goes through nodes and regions in order of execution. */

import { attrOf, isText, type Node, type Region, type Value } from "./ir.ts";

/** Visits each node before the nodes of its regions. */
export function forEachNode(region: Region, visit: (node: Node) => void): void {
  for (const node of region.nodes) {
    visit(node);
    for (const inner of node.regions) forEachNode(inner, visit);
  }
}

/** The same with the nodes that each node is inside of, outermost first. */
export function forEachNodeWithin(
  region: Region,
  visit: (node: Node, around: readonly Node[]) => void,
  around: readonly Node[] = [],
): void {
  for (const node of region.nodes) {
    visit(node, around);
    if (node.regions.length === 0) continue;
    const inside = [...around, node];
    for (const inner of node.regions) forEachNodeWithin(inner, visit, inside);
  }
}

/** The nodes that read each value, in order of execution; a node that reads it twice stands there twice. */
export function readersIn(region: Region): ReadonlyMap<Value, readonly Node[]> {
  const readers = new Map<Value, Node[]>();
  forEachNode(region, (node) => {
    for (const v of node.operands) {
      const list = readers.get(v);
      if (list) list.push(node);
      else readers.set(v, [node]);
    }
  });
  return readers;
}

/** The label of a `loop`, `break` or `continue`. */
export const labelOf = (node: Node): string => attrOf(node, "label", isText);

/** The labels of all loops in `region`. */
export function labelsIn(region: Region): Set<string> {
  const labels = new Set<string>();
  forEachNode(region, (node) => {
    if (node.op === "loop") labels.add(labelOf(node));
  });
  return labels;
}

/** Whether the node makes or names nothing of tensors, of which there must not be two. */
export const isOfNumbers = (node: Node): boolean =>
  node.op !== "bind" && node.op !== "kernel" && node.results.every((v) => v.type.kind !== "tensor");

/** A name that the function does not have yet, and now has. */
export function freshName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let n = 1; taken.has(name); n++) name = `${wanted}_${n}`;
  taken.add(name);
  return name;
}
