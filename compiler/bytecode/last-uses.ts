/** Which values a region needs no longer after each of its nodes: what the program then lets go. */

import type { Node, Region, Value } from "../graph/ir.ts";

/** Whether a value holds memory: tensors, texts, references. */
export const holdsMemory = (v: Value): boolean => v.type.kind !== "f64" && v.type.kind !== "bool";

/** For each node, the values of the region itself whose last use it is, or that it makes in vain. */
export function lastUses(
  region: Region,
  params: readonly Value[],
): ReadonlyMap<Node, readonly Value[]> {
  const last = new Map<Value, Node>();
  const own = new Set(params);
  for (const node of region.nodes) {
    for (const v of node.results) {
      own.add(v);
      last.set(v, node);
    }
    forEachOperand(node, (v) => {
      if (own.has(v)) last.set(v, node);
    });
  }
  const byNode = new Map<Node, Value[]>();
  for (const [v, node] of last) {
    if (!holdsMemory(v)) continue;
    const list = byNode.get(node);
    if (list) list.push(v);
    else byNode.set(node, [v]);
  }
  return byNode;
}

function forEachOperand(node: Node, visit: (v: Value) => void): void {
  node.operands.forEach(visit);
  for (const region of node.regions) {
    for (const inner of region.nodes) forEachOperand(inner, visit);
  }
}
