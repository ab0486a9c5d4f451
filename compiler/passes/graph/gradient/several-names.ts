/**
 * Finds the tensors that need sums of their own at run time. What a branch or loop chooses is a second name
 * of a tensor. As long as nothing reads the first one afterwards, what flows to the second can be handed
 * over as one contribution; else contributions to both meet in turns, and only their order at run time is right.
 */

import type { Node, Region, Value } from "../../../graph/ir.ts";
import { labelOf } from "../../../graph/walk.ts";
import type { Activity } from "./activity.ts";
import type { CalledFunctions } from "./called-functions.ts";

/** The tensors that have another name already. */
type Named = ReadonlySet<Value>;

interface Loop {
  readonly node: Node;
  again: Named;
  left: Named | undefined;
}

/** `known` have another name outside of the region. */
export function tensorsOfSeveralNames(
  region: Region,
  activity: Activity,
  calls: CalledFunctions,
  output: Value | undefined,
  known: readonly Value[],
): ReadonlySet<Value> {
  const names = new Names(activity, calls);
  for (const v of known) names.find(v);
  const end = names.nodes(region.nodes, undefined, new Set());
  if (output !== undefined && end !== undefined) names.read(output, end);
  return names.all();
}

class Names {
  readonly #activity: Activity;
  readonly #found = new Set<Value>();
  /** Names of one tensor, in both directions. */
  readonly #same = new Map<Value, Set<Value>>();
  readonly #loops = new Map<string, Loop>();

  readonly #calls: CalledFunctions;

  constructor(activity: Activity, calls: CalledFunctions) {
    this.#activity = activity;
    this.#calls = calls;
  }

  /** What was found, and all other names of it. */
  all(): ReadonlySet<Value> {
    for (const v of this.#found)
      for (const other of this.#same.get(v) ?? []) this.#found.add(other);
    return this.#found;
  }

  read(v: Value, named: Named): void {
    if (named.has(v)) this.find(v);
  }

  find(v: Value): void {
    if (v.type.kind === "tensor" && this.#activity.has(v)) this.#found.add(v);
  }

  /** Goes through nodes that `around` holds; gives what has another name behind them, unless they lead elsewhere. */
  nodes(nodes: readonly Node[], around: Node | undefined, before: Named): Named | undefined {
    let named: Named | undefined = before;
    for (const node of nodes) {
      if (named === undefined) return undefined;
      named = this.#node(node, around, named);
    }
    return named;
  }

  #node(node: Node, around: Node | undefined, named: Named): Named | undefined {
    switch (node.op) {
      case "yield":
        return around === undefined ? named : this.#hand(node.operands, around.results, named);
      case "break": {
        const loop = this.#loops.get(labelOf(node))!;
        loop.left = union(loop.left, this.#hand(node.operands, loop.node.results, named));
        return undefined;
      }
      case "continue": {
        const loop = this.#loops.get(labelOf(node))!;
        const params = loop.node.regions[0]!.params;
        loop.again = union(loop.again, this.#hand(node.operands, params, named));
        return undefined;
      }
      case "throw":
      case "return":
        return undefined;
      case "if":
        return this.#if(node, named);
      case "loop":
        return this.#loop(node, named);
      case "box":
        for (const v of node.operands) this.find(v);
        return named;
      case "unbox":
        for (const v of node.results) this.find(v);
        return named;
      case "call":
        if (this.#calls.of(node)) for (const v of [...node.operands, ...node.results]) this.find(v);
        return without(named, node.results);
      case "customGrad":
        for (const v of node.operands.slice(1)) this.read(v, named);
        return without(named, node.results);
      default:
        if (node.results.some((v) => this.#activity.has(v)))
          for (const v of node.operands) this.read(v, named);
        return without(named, node.results);
    }
  }

  #if(node: Node, named: Named): Named | undefined {
    const ends = node.regions.map((r) => this.nodes(r.nodes, node, named));
    const open = ends.filter((end) => end !== undefined);
    return open.length === 0 ? undefined : without(open.reduce(union), node.results);
  }

  #loop(node: Node, named: Named): Named | undefined {
    const [body] = node.regions;
    const begun = this.#hand(node.operands, body!.params, named);
    const loop: Loop = { node, again: begun, left: undefined };
    this.#loops.set(labelOf(node), loop);
    // What a round does, the next one finds.
    for (let size = -1; size !== loop.again.size; ) {
      size = loop.again.size;
      this.nodes(body!.nodes, undefined, without(loop.again, body!.params));
    }
    return loop.left && without(loop.left, node.results);
  }

  /** Tensors get other names. */
  #hand(from: readonly Value[], to: readonly Value[], named: Named): Named {
    const after = new Set(named);
    from.forEach((v, i) => {
      const name = to[i]!;
      if (!this.#activity.has(name) || name.type.kind !== "tensor") return;
      if (!this.#activity.has(v)) return;
      this.#connect(v, name);
      this.read(v, after);
      after.add(v);
    });
    return after;
  }

  #connect(a: Value, b: Value): void {
    for (const [v, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const known = this.#same.get(v);
      if (known) known.add(other);
      else this.#same.set(v, new Set([other]));
    }
  }
}

const union = (a: Named | undefined, b: Named): Named =>
  a === undefined ? b : new Set([...a, ...b]);

/** Values that are defined anew have no other names. */
function without(named: Named, values: readonly Value[]): Named {
  if (!values.some((v) => named.has(v))) return named;
  const rest = new Set(named);
  for (const v of values) rest.delete(v);
  return rest;
}
