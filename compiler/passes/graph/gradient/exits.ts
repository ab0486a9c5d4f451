/** Owns the ways in which nodes, regions and loops can be left: by which terminators, and to where. */

import type { Node, Region } from "../../../graph/ir.ts";
import { labelOf } from "../../../graph/walk.ts";

/** How a loop can go on and be left; terminators by identity. */
export interface LoopExits {
  /** What leads to its next round. */
  readonly continues: readonly Node[];
  /** What leaves it: its own breaks, and exits to loops around it. */
  readonly leaves: readonly Node[];
  readonly breaks: ReadonlySet<Node>;
}

export class Exits {
  readonly #inside = new Map<Node, readonly Node[]>();
  readonly #loops = new Map<Node, LoopExits>();

  constructor(region: Region) {
    for (const node of region.nodes) this.#visit(node);
  }

  /** The `break` and `continue` nodes inside of `node` that lead out of it. */
  leaving(node: Node): readonly Node[] {
    return this.#inside.get(node) ?? [];
  }

  /** Whether an exit stands in a region, or in one inside of it. */
  isIn(region: Region, exit: Node): boolean {
    return region.nodes.some((node) => node === exit || this.leaving(node).includes(exit));
  }

  ofLoop(loop: Node): LoopExits {
    const exits = this.#loops.get(loop);
    if (exits === undefined) throw new Error("a loop was not looked at");
    return exits;
  }

  /** Gives the exits that lead out of a node. */
  #visit(node: Node): readonly Node[] {
    if (node.op === "break" || node.op === "continue") return [node];
    const inner = node.regions.flatMap((r) => r.nodes.flatMap((n) => this.#visit(n)));
    if (inner.length === 0 && node.op !== "loop") return inner;
    const found = node.op === "loop" ? this.#visitLoop(node, inner) : inner;
    this.#inside.set(node, found);
    return found;
  }

  #visitLoop(loop: Node, inner: readonly Node[]): readonly Node[] {
    const label = labelOf(loop);
    const isOwn = (exit: Node, op: string): boolean => exit.op === op && labelOf(exit) === label;
    const continues = inner.filter((exit) => isOwn(exit, "continue"));
    const leaves = inner.filter((exit) => !isOwn(exit, "continue"));
    const breaks = new Set(leaves.filter((exit) => isOwn(exit, "break")));
    this.#loops.set(loop, { continues, leaves, breaks });
    return leaves.filter((exit) => !breaks.has(exit));
  }
}
