/**
 * Which nodes of a function need not look for an entry of a map, because one before them has found it: `has`, `get` and
 * `put` of one map and key follow each other in `map.set(key, (map.get(key) ?? 0) + 1)`.
 */

import type { Node, Region, Value } from "../../graph/ir.ts";

/** What is known of a map: the node that found or put the entry with this key last. */
interface Known {
  readonly key: Value;
  readonly by: Node;
}

const finds: ReadonlySet<string> = new Set(["map.has", "map.get", "map.put"]);

/** After these, entries of any map may lie elsewhere: two values may be one map. */
const moves: ReadonlySet<string> = new Set(["map.put", "map.remove", "map.clear", "call"]);

/** For each node that is spared the search, the node that has made it. */
export function shareFinds(body: Region): ReadonlyMap<Node, Node> {
  const shared = new Map<Node, Node>();
  visit(body, new Map(), shared);
  return shared;
}

/** Whether entries may have moved in the region. */
function visit(region: Region, known: Map<Value, Known>, shared: Map<Node, Node>): boolean {
  let moved = false;
  for (const node of region.nodes) {
    if (node.op === "kernel") continue;
    // A round of a loop begins where the one before has ended.
    const before = node.op === "if" ? known : new Map<Value, Known>();
    const inside = node.regions.map((r) => visit(r, new Map(before), shared));
    if (moves.has(node.op) || inside.includes(true)) moved = true;
    const [map, key] = node.operands;
    const last = finds.has(node.op) ? known.get(map!) : undefined;
    if (last !== undefined && last.key === key) shared.set(node, last.by);
    if (moves.has(node.op) || inside.includes(true)) known.clear();
    if (finds.has(node.op)) known.set(map!, { key: key!, by: shared.get(node) ?? node });
  }
  return moved;
}
