/** Rewrites the nodes of a module one by one, in order, with what became of earlier results. */

import { type Func, type Module, type Node, type Region, terminators, type Value } from "./ir.ts";

/** What a rewriting rule may do in place of the node it is given. */
export interface Rewriter {
  /** Puts a node at the current place. */
  emit(node: Node): void;
  /** Everything that read `before` reads `after` from here on. */
  replace(before: Value, after: Value): void;
  /** What `v` has become. */
  current(v: Value): Value;
}

/**
 * `rule` sees each node with its operands replaced and its regions rewritten, and emits what stands
 * in its place. A rule that keeps a node calls `emit(node)`. After a terminator nothing is visited.
 */
export function rebuildModule(
  m: Module,
  rule: (node: Node, rewriter: Rewriter, func: Func) => void,
): Module {
  return { ...m, funcs: m.funcs.map((f) => rebuildFunc(f, (n, r) => rule(n, r, f))) };
}

export function rebuildFunc(func: Func, rule: (node: Node, rewriter: Rewriter) => void): Func {
  const became = new Map<Value, Value>();
  const current = (v: Value): Value => {
    let now = v;
    for (let next = became.get(now); next; next = became.get(now)) now = next;
    return now;
  };
  const region = (r: Region): Region => {
    const nodes: Node[] = [];
    const rewriter: Rewriter = {
      emit: (node) => nodes.push(node),
      replace: (before, after) => {
        if (before !== after) became.set(before, after);
      },
      current,
    };
    for (const node of r.nodes) {
      const operands = node.operands.some((v) => became.has(v))
        ? node.operands.map(current)
        : node.operands;
      // The nodes of a kernel are one unit: rules that look inside rewrite them themselves.
      const isWhole = node.op === "kernel" || node.regions.length === 0;
      const regions = isWhole ? node.regions : node.regions.map(region);
      const { op, attrs, results, span } = node;
      const isSame = operands === node.operands && regions === node.regions;
      rule(isSame ? node : { op, operands, attrs, results, regions, span }, rewriter);
      // A rule may end the region early, say with the `throw` of a branch that is always taken.
      const last = nodes.at(-1);
      if (last && terminators.has(last.op)) break;
    }
    return { params: r.params, nodes };
  };
  return { ...func, body: region(func.body) };
}
