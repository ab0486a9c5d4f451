/** Finds which values depend on some others, through branches, loops and the nodes that a rule lets pass. */

import type { Node, Region, Value } from "../../graph/ir.ts";
import { labelOf } from "../../graph/walk.ts";

export interface FlowRule {
  /** Whether a value can depend on others in the way that is looked for. */
  carries(v: Value): boolean;
  /** Whether the results of a node without control flow depend on its operands; `has` says what does so far. */
  passes(node: Node, has: (v: Value) => boolean): boolean;
  /** Whether the parameters of a node's regions depend, too, where its results do. */
  readonly enters: boolean;
}

export class Flow {
  readonly #found: Set<Value>;
  readonly #rule: FlowRule;
  #grew = true;

  /** Looks through `region`, with what depends on `sources`. */
  constructor(region: Region, sources: readonly Value[], rule: FlowRule) {
    this.#found = new Set(sources);
    this.#rule = rule;
    // Values carried round a loop may be found after their uses were looked at.
    while (this.#grew) {
      this.#grew = false;
      this.#region(region, undefined, new Map());
    }
  }

  has(v: Value): boolean {
    return this.#found.has(v);
  }

  /** Whether anything inside of a node, or its results, was found. */
  isIn(node: Node): boolean {
    return (
      node.results.some((v) => this.has(v)) ||
      node.regions.some(
        (r) => r.params.some((v) => this.has(v)) || r.nodes.some((n) => this.isIn(n)),
      )
    );
  }

  #add(v: Value): void {
    if (!this.#rule.carries(v) || this.#found.has(v)) return;
    this.#found.add(v);
    this.#grew = true;
  }

  /** Values that become others: those depend as these do. */
  #flow(from: readonly Value[], to: readonly Value[]): void {
    from.forEach((v, i) => {
      if (this.has(v)) this.#add(to[i]!);
    });
  }

  #enter(region: Region): void {
    for (const p of region.params) this.#add(p);
    this.#region(region, undefined, new Map());
  }

  #region(region: Region, around: Node | undefined, loops: ReadonlyMap<string, Node>): void {
    for (const node of region.nodes) this.#node(node, around, loops);
  }

  #node(node: Node, around: Node | undefined, loops: ReadonlyMap<string, Node>): void {
    switch (node.op) {
      case "yield":
        if (around !== undefined) this.#flow(node.operands, around.results);
        return;
      case "break":
        this.#flow(node.operands, loops.get(labelOf(node))?.results ?? []);
        return;
      case "continue":
        this.#flow(node.operands, loops.get(labelOf(node))?.regions[0]?.params ?? []);
        return;
      case "loop": {
        const [body] = node.regions;
        this.#flow(node.operands, body!.params);
        this.#region(body!, undefined, new Map(loops).set(labelOf(node), node));
        return;
      }
      case "if":
        for (const region of node.regions) this.#region(region, node, loops);
        return;
      default:
        if (!this.#rule.passes(node, (v) => this.has(v))) return;
        for (const v of node.results) this.#add(v);
        if (this.#rule.enters) for (const region of node.regions) this.#enter(region);
    }
  }
}
