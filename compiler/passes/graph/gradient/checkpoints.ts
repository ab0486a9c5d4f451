/**
 * Owns the checkpoints of what is differentiated: which nodes they hold, and which of those the way back can
 * compute again. What is random or written, and the results of branches and loops, are not among them.
 *
 * `r = checkpoint { nodes, yield y } ⇒ nodes`, with y for r.
 */

import { substituteNodes } from "../../../graph/clone.ts";
import type { Node, Region, Value } from "../../../graph/ir.ts";
import { forEachNode } from "../../../graph/walk.ts";
import { opByName } from "../../../ops/registry.ts";

export interface Checkpoint {
  /** The values that can be computed again, in order, each with the node that makes it. */
  readonly makers: Map<Value, Node>;
  /** The values that the way back through it reads. */
  readonly needed: Set<Value>;
  /** What was computed again, on the way back that is being made. */
  taken: Map<Value, Value>;
}

/** Beside operators; their operands are numbers, which are kept. */
const repeatable: ReadonlySet<string> = new Set(["const", "splat", "customGrad"]);

/** Read wherever they are needed: that keeps nothing alive that would not live anyway. */
const lasting: ReadonlySet<string> = new Set(["const", "state.get", "number", "boolean"]);

export class Checkpoints {
  readonly #of = new Map<Value, Checkpoint>();
  readonly #lasting = new Set<Value>();
  readonly #isUsed: boolean;

  /** `isUsed`: otherwise everything is kept. */
  constructor(isUsed: boolean) {
    this.#isUsed = isUsed;
  }

  /** The nodes with those of checkpoints in their places. */
  open(nodes: readonly Node[]): Node[] {
    const became = new Map<Value, Value>();
    const opened = this.#open(nodes, undefined, became);
    return substituteNodes(opened, became);
  }

  #open(
    nodes: readonly Node[],
    around: Checkpoint | undefined,
    became: Map<Value, Value>,
  ): readonly Node[] {
    return nodes.flatMap((node) => {
      if (node.op === "checkpoint") return this.#opened(node, around, became);
      if (around) for (const r of node.results) this.#of.set(r, around);
      if (node.regions.length === 0) return [node];
      const inside = (r: Region) => ({ ...r, nodes: this.#open(r.nodes, undefined, became) });
      return [{ ...node, regions: node.regions.map(inside) }];
    });
  }

  #opened(node: Node, around: Checkpoint | undefined, became: Map<Value, Value>): readonly Node[] {
    const own = around ?? this.#begin();
    const nodes = this.#open(node.regions[0]!.nodes, own, became);
    const end = nodes.at(-1);
    if (end?.op !== "yield") return nodes;
    node.results.forEach((r, i) => {
      const given = end.operands[i]!;
      became.set(r, became.get(given) ?? given);
    });
    return nodes.slice(0, -1);
  }

  #begin(): Checkpoint | undefined {
    return this.#isUsed ? { makers: new Map(), needed: new Set(), taken: new Map() } : undefined;
  }

  /** Looks at nodes as they will be gone back through, `cells` being what is differentiated for. */
  note(region: Region, cells: Iterable<Value>, isKept: (v: Value) => boolean): void {
    for (const v of cells) this.#lasting.add(v);
    forEachNode(region, (node) => {
      const [result] = node.results;
      if (result === undefined) return;
      if (lasting.has(node.op)) this.#lasting.add(result);
      const isPlain = opByName(node.op) !== undefined || repeatable.has(node.op);
      if (isPlain && !isKept(result)) this.#of.get(result)?.makers.set(result, node);
    });
  }

  /** The checkpoint that a node is in. */
  of(node: Node): Checkpoint | undefined {
    const [result] = node.results;
    return result && this.#of.get(result);
  }

  isLasting(v: Value): boolean {
    return this.#lasting.has(v);
  }
}
