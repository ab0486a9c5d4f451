/**
 * Puts what one `vmap` node holds, which is about one example, into its place: each operator runs on all
 * examples at once. Branches and loops stay, because all examples go the same way.
 */

import { examplesPart, examplesThrough } from "../../../diagnostics/catalog/gradients.ts";
import { type Node, type Region, tensorOf, type Value, value } from "../../../graph/ir.ts";
import { labelOf } from "../../../graph/walk.ts";
import { type BatchBuilder, batchOperation } from "../../../ops/batch.ts";
import type { Dim } from "../../../ops/dim.ts";
import { opByName } from "../../../ops/registry.ts";
import { Flow } from "../flow.ts";
import type { Emitter } from "../gradient/emitter.ts";
import { RefusedGradient } from "../gradient/refused-gradient.ts";

/** Emits with `build` what stands for the node; gives its results. */
export function examplesOf(node: Node, build: Emitter): readonly Value[] | undefined {
  return new Examples(node, build).run();
}

class Examples {
  readonly #node: Node;
  readonly #build: Emitter;
  readonly #batch: BatchBuilder<Value>;
  readonly #count: Dim;
  readonly #flow: Flow;
  /** For each value that is an example's, that of all of them. */
  readonly #all = new Map<Value, Value>();
  /** What the terminators of regions hand their values to. */
  readonly #loops = new Map<string, Node>();

  constructor(node: Node, build: Emitter) {
    const [region] = node.regions;
    this.#node = node;
    this.#build = build;
    this.#count = tensorOf(node.operands[0]!).shape[0]!;
    this.#flow = new Flow(region!, region!.params, {
      carries: (v) => v.type.kind === "tensor",
      passes: (n, has) => n.op !== "call" && n.operands.some(has),
      enters: true,
    });
    const refuse = (what: string): never => {
      throw new RefusedGradient(examplesThrough(what), build.span);
    };
    this.#batch = {
      apply: (op, operands, attrs) => build.apply(op, operands, attrs),
      scalar: (x, dtype) => build.scalar(x, dtype),
      typeOf: (v) => build.typeOf(v),
      refuse,
    };
  }

  run(): readonly Value[] | undefined {
    const { operands, regions, attrs } = this.#node;
    const [region] = regions;
    region!.params.forEach((p, i) => this.#all.set(p, operands[i]!));
    const end = region!.nodes.at(-1)!;
    if (end.op !== "yield") {
      // It always throws, so that what follows is never reached.
      this.#build.nodes.push(...region!.nodes);
      return undefined;
    }
    this.#nodes(region!.nodes.slice(0, -1));
    this.#build.span = end.span;
    const mapped = Number(attrs.results);
    return end.operands.map((v, i) => {
      if (i < mapped) return this.#spread(v);
      if (this.#flow.has(v)) this.#part("one is kept in a variable or object outside");
      return v;
    });
  }

  #part(what: string): never {
    throw new RefusedGradient(examplesPart(what), this.#build.span ?? this.#node.span);
  }

  /** The value of all examples, also where they share it. */
  #spread(v: Value): Value {
    const { shape } = tensorOf(v);
    const all = this.#all.get(v);
    return all ?? this.#build.apply("expand", [v], { shape: [this.#count, ...shape] });
  }

  #nodes(nodes: readonly Node[]): void {
    for (const node of nodes) {
      this.#build.span = node.span;
      this.#one(node);
    }
  }

  #one(node: Node): void {
    switch (node.op) {
      case "if":
        this.#branches(node);
        break;
      case "loop":
        this.#loop(node);
        break;
      case "customGrad":
        this.#custom(node);
        break;
      case "break":
        this.#leave(node, this.#loops.get(labelOf(node))!.results);
        break;
      case "continue":
        this.#leave(node, this.#loops.get(labelOf(node))!.regions[0]!.params);
        break;
      default:
        this.#plain(node);
    }
  }

  #plain(node: Node): void {
    if (!node.operands.some((v) => this.#flow.has(v))) {
      this.#build.nodes.push(node);
      return;
    }
    const op = opByName(node.op);
    const [result] = node.results;
    if (op === undefined || result === undefined) this.#refuse(node);
    const operands = node.operands.map((v) => {
      const all = this.#all.get(v);
      return { value: all ?? v, each: all !== undefined, type: tensorOf(v) };
    });
    const { attrs } = node;
    const made = batchOperation(this.#batch, op, operands, attrs, tensorOf(result), this.#count);
    this.#all.set(result, made);
  }

  #refuse(node: Node): never {
    switch (node.op) {
      case "item":
      case "list.ofTensor":
        return this.#part("a number is read from a tensor that is another one for each");
      case "state.set":
        return this.#part("each would write state of its own");
      default:
        return this.#batch.refuse(
          node.op === "call" ? "a function that calls itself" : "a list or record of a run",
        );
    }
  }

  /** As `values`, or where an example's is due, that of all. */
  #handOver(values: readonly Value[], to: readonly Value[]): readonly Value[] {
    return values.map((v, i) => (this.#flow.has(to[i]!) ? this.#spread(v) : v));
  }

  /** What stands for a value that control flow gives: the same, or one of all examples. */
  #define(v: Value): Value {
    if (!this.#flow.has(v)) return v;
    const { kind, dtype, shape } = tensorOf(v);
    const all = value({ kind, dtype, shape: [this.#count, ...shape] }, v.hint);
    this.#all.set(v, all);
    return all;
  }

  #leave(node: Node, to: readonly Value[]): void {
    const operands = this.#handOver(node.operands, to);
    this.#build.nodes.push({ ...node, operands });
  }

  #region({ params, nodes }: Region, results: readonly Value[]): Region {
    const own = params.map((p) => this.#define(p));
    const made = this.#build.apart(() => {
      for (const node of nodes) {
        this.#build.span = node.span;
        if (node.op === "yield") this.#leave(node, results);
        else this.#one(node);
      }
    });
    return { params: own, nodes: made };
  }

  #branches(node: Node): void {
    const regions = node.regions.map((r) => this.#region(r, node.results));
    const results = node.results.map((v) => this.#define(v));
    this.#build.nodes.push({ ...node, regions, results });
  }

  #loop(node: Node): void {
    this.#loops.set(labelOf(node), node);
    const [body] = node.regions;
    const operands = this.#handOver(node.operands, body!.params);
    const region = this.#region(body!, []);
    const results = node.results.map((v) => this.#define(v));
    this.#build.nodes.push({ ...node, operands, regions: [region], results });
  }

  /** A gradient that the program states: all that it is about is each example's. */
  #custom(node: Node): void {
    const [result] = node.results;
    if (!this.#flow.has(result!)) {
      this.#build.nodes.push(node);
      return;
    }
    const operands = node.operands.map((v) => this.#spread(v));
    const [region] = node.regions;
    const [cotangent] = region!.params;
    const { kind, dtype, shape } = tensorOf(cotangent!);
    const all = value({ kind, dtype, shape: [this.#count, ...shape] }, cotangent!.hint);
    this.#all.set(cotangent!, all);
    const nodes = this.#build.apart(() => {
      for (const inner of region!.nodes) {
        this.#build.span = inner.span;
        if (inner.op !== "yield") this.#one(inner);
        else {
          const given = inner.operands.map((v) => this.#spread(v));
          this.#build.nodes.push({ ...inner, operands: given });
        }
      }
    });
    const made = { ...node, operands, results: [this.#define(result!)] };
    this.#build.nodes.push({ ...made, regions: [{ params: [all], nodes }] });
  }
}
