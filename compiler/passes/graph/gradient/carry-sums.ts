/**
 * Puts nodes into the way there so that the sums of tensors go where those go: through branches and loops
 * beside them, and into a map that knows the boxes in which they lie in lists and records.
 */

import { f64Type, type Node, type Region, tensorOf, type Value, value } from "../../../graph/ir.ts";
import { labelOf } from "../../../graph/walk.ts";
import { isFloat } from "../../../ops/types.ts";
import type { Activity } from "./activity.ts";
import type { CalledFunctions } from "./called-functions.ts";
import type { Emitter } from "./emitter.ts";
import type { Roots } from "./roots.ts";
import type { Sums } from "./sums.ts";

export class SumCarrier {
  readonly #build: Emitter;
  readonly #sums: Sums;
  readonly #activity: Activity;
  /** The tensors that need a sum. */
  readonly #summed: ReadonlySet<Value>;
  /** For each tensor that a list was stacked to, the list as it was then. */
  readonly #lists: Map<Value, Value>;
  readonly #calls: CalledFunctions;
  readonly #roots: Roots;
  readonly #loops = new Map<string, Node>();

  constructor(parts: {
    readonly build: Emitter;
    readonly roots: Roots;
    readonly sums: Sums;
    readonly activity: Activity;
    readonly calls: CalledFunctions;
    readonly summed: ReadonlySet<Value>;
    readonly lists: Map<Value, Value>;
  }) {
    this.#build = parts.build;
    this.#roots = parts.roots;
    this.#sums = parts.sums;
    this.#activity = parts.activity;
    this.#calls = parts.calls;
    this.#summed = parts.summed;
    this.#lists = parts.lists;
  }

  /** The nodes, and before them those that make the sums of `variables`. */
  carry(nodes: readonly Node[], variables: readonly Value[]): Node[] {
    return this.#build.apart(() => {
      this.#begin(variables);
      this.#nodes(nodes, undefined);
    });
  }

  #isSummed(v: Value): boolean {
    return this.#summed.has(v) && this.#activity.has(v);
  }

  /** Makes sums for tensors that are computed here. */
  #begin(values: readonly Value[]): void {
    for (const v of values) {
      if (this.#isSummed(v) && !this.#sums.has(v)) this.#sums.set(v, this.#sums.fresh(tensorOf(v)));
    }
  }

  #nodes(nodes: readonly Node[], around: Node | undefined): void {
    for (const node of nodes) {
      this.#build.span = node.span;
      this.#node(node, around);
    }
  }

  #node(node: Node, around: Node | undefined): void {
    const { nodes } = this.#build;
    const { operands } = node;
    switch (node.op) {
      case "yield":
        nodes.push({ ...node, operands: this.#beside(operands, around?.results ?? []) });
        return;
      case "break":
      case "continue": {
        const loop = this.#loops.get(labelOf(node))!;
        const to = node.op === "break" ? loop.results : loop.regions[0]!.params;
        nodes.push({ ...node, operands: this.#beside(operands, to) });
        return;
      }
      case "if": {
        const regions = node.regions.map((r) => this.#region(r, [], node));
        nodes.push({ ...node, results: this.#defined(node.results), regions });
        return;
      }
      case "loop":
        this.#loop(node);
        return;
      case "box":
        nodes.push(node);
        if (this.#isSummed(operands[0]!))
          this.#sums.noteBox(node.results[0]!, this.#sumOf(operands[0]!));
        return;
      case "unbox": {
        const [result] = node.results;
        nodes.push(node);
        if (this.#isSummed(result!))
          this.#sums.set(result!, this.#sums.ofBox(operands[0]!, tensorOf(result!)));
        return;
      }
      case "call":
        nodes.push(this.#call(node));
        return;
      default:
        nodes.push(node);
        if (node.op === "list.stack" && this.#activity.has(node.results[0]!)) this.#keepList(node);
        this.#begin(node.results);
    }
  }

  /** Calls the way there, with the sums beside the tensors. */
  #call(node: Node): Node {
    const called = this.#calls.of(node);
    if (called === undefined) return node;
    const { operands, results } = node;
    const isTensor = (v: Value): boolean => v.type.kind === "tensor" && isFloat(v.type.dtype);
    const summed = operands.filter(isTensor).map((v) => this.#sumOf(v));
    const sums = results.filter(isTensor).map((v) => this.#sums.define(v));
    const call = {
      ...node,
      attrs: { callee: called.there },
      operands: [...operands, ...summed, this.#roots.kept],
      results: [...results, ...sums, value(called.frame)],
    };
    this.#calls.becomes(call, called);
    return call;
  }

  #loop(node: Node): void {
    const [body] = node.regions;
    const operands = this.#beside(node.operands, body!.params);
    const results = this.#defined(node.results);
    this.#loops.set(labelOf(node), node);
    const regions = [this.#region(body!, this.#defined(body!.params), undefined)];
    this.#build.nodes.push({ ...node, operands, results, regions });
  }

  #region(region: Region, params: readonly Value[], around: Node | undefined): Region {
    return { params, nodes: this.#build.apart(() => this.#nodes(region.nodes, around)) };
  }

  /** Values, and behind them values for the sums of those that need one. */
  #defined(values: readonly Value[]): readonly Value[] {
    const summed = values.filter((v) => this.#isSummed(v));
    return [...values, ...summed.map((v) => this.#sums.define(v))];
  }

  /** Values that become others, and the sums that go with them. */
  #beside(from: readonly Value[], to: readonly Value[]): readonly Value[] {
    const summed = from.filter((_, i) => to[i] !== undefined && this.#isSummed(to[i]));
    return [...from, ...summed.map((v) => this.#sumOf(v))];
  }

  /** What does not depend on the variables has a sum that nobody reads. */
  #sumOf(v: Value): Value {
    return this.#sums.of(v) ?? this.#sums.fresh(tensorOf(v));
  }

  /** The list may be changed before the way back comes to it. */
  #keepList(node: Node): void {
    const [list] = node.operands;
    const build = this.#build;
    const [length] = build.node("list.length", [list!], {}, [f64Type]);
    const [copy] = build.node("list.slice", [list!, build.number(0), length!], {}, [list!.type]);
    this.#lists.set(node.results[0]!, copy!);
  }
}
