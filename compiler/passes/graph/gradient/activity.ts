/** Finds which values depend on what is differentiated for, in a way that gradients follow. */

import { gradientThrough, numberFromActive } from "../../../diagnostics/catalog/gradients.ts";
import type { Node, Region, Value } from "../../../graph/ir.ts";
import { labelOf } from "../../../graph/walk.ts";
import { opByName } from "../../../ops/registry.ts";
import { isDifferentiable } from "../../../ops/reverse.ts";
import { RefusedGradient } from "./refused-gradient.ts";

const isFloat = (v: Value): boolean => v.type.kind === "tensor" && v.type.dtype === "f32";

export class Activity {
  readonly #active: Set<Value>;
  #grew = true;

  /** Looks through `region`, in which `sources` are differentiated for. */
  constructor(region: Region, sources: readonly Value[]) {
    this.#active = new Set(sources);
    // Values carried round a loop may become active after their uses were looked at.
    while (this.#grew) {
      this.#grew = false;
      this.#region(region, undefined, new Map());
    }
    refuseLosses(region, this);
  }

  has(v: Value): boolean {
    return this.#active.has(v);
  }

  /** Whether anything inside of a node, or its results, is active: else there is nothing to go back to. */
  isIn(node: Node): boolean {
    return (
      node.results.some((v) => this.has(v)) ||
      node.regions.some(
        (r) => r.params.some((v) => this.has(v)) || r.nodes.some((n) => this.isIn(n)),
      )
    );
  }

  #add(v: Value): void {
    if (!isFloat(v) || this.#active.has(v)) return;
    this.#active.add(v);
    this.#grew = true;
  }

  /** Values that become others: those are as active as these. */
  #flow(from: readonly Value[], to: readonly Value[]): void {
    from.forEach((v, i) => {
      if (this.has(v)) this.#add(to[i]!);
    });
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
      case "customGrad":
        if (node.operands.slice(1).some((v) => this.has(v))) this.#add(node.results[0]!);
        return;
      default: {
        const op = opByName(node.op);
        const [result] = node.results;
        if (op === undefined || result?.type.kind !== "tensor") return;
        const flows = isDifferentiable(op, result.type.dtype);
        if (flows && node.operands.some((v) => this.has(v))) this.#add(result);
      }
    }
  }
}

/** What a gradient cannot follow may not be given what depends on the variables. */
function refuseLosses(region: Region, activity: Activity): void {
  for (const node of region.nodes) {
    const isGiven = node.operands.some((v) => activity.has(v));
    if (isGiven && node.op === "item") throw new RefusedGradient(numberFromActive(), node.span);
    if (isGiven && (node.op === "box" || node.op === "call" || node.op === "list.ofTensor")) {
      const what =
        node.op === "call" ? "a function that calls itself" : "a list or record of a run";
      throw new RefusedGradient(gradientThrough(what), node.span);
    }
    if (node.op === "customGrad") continue;
    for (const inner of node.regions) refuseLosses(inner, activity);
  }
}
