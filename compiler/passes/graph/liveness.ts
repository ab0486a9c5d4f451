/** Which nodes and values of a function matter: those that an effect, or what it returns, depends on. */

import { type Node, type Region, terminators, type Value } from "../../graph/ir.ts";
import { labelOf } from "../../graph/walk.ts";

export class Liveness {
  readonly #nodes = new Set<Node>();
  readonly #values = new Set<Value>();
  readonly #makers = new Map<Value, Node>();
  /** The node that a node is inside of. */
  readonly #around = new Map<Node, Node>();
  /** What flows into a result of a branch or loop, or into what a loop carries. */
  readonly #sources = new Map<Value, Value[]>();
  readonly #targets = new Map<Node, readonly Value[]>();
  /** Exits of each loop, which decide how often it goes round. */
  readonly #exits = new Map<Node, Node[]>();
  readonly #work: (Node | Value)[] = [];

  /** `hasEffect` names the nodes that matter by themselves. */
  constructor(body: Region, hasEffect: (node: Node) => boolean) {
    this.#index(body, [], hasEffect);
    for (let next = this.#work.pop(); next; next = this.#work.pop()) {
      if ("op" in next) this.#spread(next);
      else this.#spreadValue(next);
    }
  }

  node(node: Node): boolean {
    return this.#nodes.has(node);
  }

  value(v: Value): boolean {
    return this.#values.has(v);
  }

  /** The values that a node's operands flow into one by one, for loops, `yield`, `break`, `continue`. */
  targets(node: Node): readonly Value[] | undefined {
    return this.#targets.get(node);
  }

  #index(region: Region, around: readonly Node[], hasEffect: (node: Node) => boolean): void {
    for (const node of region.nodes) {
      for (const r of node.results) this.#makers.set(r, node);
      const parent = around.at(-1);
      if (parent) this.#around.set(node, parent);
      this.#flow(node, around);
      if (hasEffect(node)) this.#mark(node);
      if (node.op === "kernel") continue;
      for (const inner of node.regions) this.#index(inner, [...around, node], hasEffect);
    }
  }

  #flow(node: Node, around: readonly Node[]): void {
    if (node.op === "loop") this.#connect(node, node.regions[0]!.params);
    else if (node.op === "yield") this.#connect(node, around.at(-1)?.results ?? []);
    else if (node.op === "break" || node.op === "continue") {
      const loop = around.find((n) => n.op === "loop" && labelOf(n) === labelOf(node));
      if (!loop) throw new Error(`${node.op}: no loop ${labelOf(node)}`);
      this.#connect(node, node.op === "break" ? loop.results : loop.regions[0]!.params);
      this.#exits.set(loop, [...(this.#exits.get(loop) ?? []), node]);
    }
  }

  #connect(node: Node, targets: readonly Value[]): void {
    this.#targets.set(node, targets);
    targets.forEach((to, i) => {
      this.#sources.set(to, [...(this.#sources.get(to) ?? []), node.operands[i]!]);
    });
    for (const to of targets) if (!this.#makers.has(to)) this.#makers.set(to, node);
  }

  #mark(node: Node): void {
    if (this.#nodes.has(node)) return;
    this.#nodes.add(node);
    this.#work.push(node);
  }

  #markValue(v: Value): void {
    if (this.#values.has(v)) return;
    this.#values.add(v);
    this.#work.push(v);
  }

  /** A node matters: so do what it reads, the nodes around it, and what decides whether it runs. */
  #spread(node: Node): void {
    if (!this.#targets.has(node)) for (const v of node.operands) this.#markValue(v);
    const parent = this.#around.get(node);
    if (parent) this.#mark(parent);
    for (const exit of this.#exits.get(node) ?? []) this.#mark(exit);
    // The end of each region stays with it, giving what matters.
    for (const region of node.regions) {
      const last = region.nodes.at(-1);
      if (last && terminators.has(last.op)) this.#mark(last);
    }
  }

  #spreadValue(v: Value): void {
    const maker = this.#makers.get(v);
    if (maker) this.#mark(maker);
    for (const source of this.#sources.get(v) ?? []) this.#markValue(source);
  }
}
