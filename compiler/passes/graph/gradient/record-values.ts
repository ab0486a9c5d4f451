/** The way there, with nodes added that keep what the way back needs. */

import { f64Type, type Node, type Region, tensorOf, type Value, value } from "../../../graph/ir.ts";
import { labelOf } from "../../../graph/walk.ts";
import type { Activity } from "./activity.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { Emitter } from "./emitter.ts";
import type { Exits } from "./exits.ts";
import type { LoopRecord } from "./loop-records.ts";
import type { SavedValues } from "./saved-values.ts";

/** A loop that the nodes at hand are in, outermost first in a list of them. */
interface Around {
  readonly loop: Node;
  readonly record: LoopRecord | undefined;
  /** How many rounds have led to this one. */
  readonly count: Value | undefined;
}

export class Recorder {
  readonly #build: Emitter;
  readonly #exits: Exits;
  readonly #activity: Activity;
  readonly #saved: SavedValues;
  readonly #recordOf: (loop: Node) => LoopRecord | undefined;

  readonly #checkpoints: Checkpoints;

  constructor(parts: {
    readonly build: Emitter;
    readonly exits: Exits;
    readonly activity: Activity;
    readonly saved: SavedValues;
    readonly checkpoints: Checkpoints;
    recordOf(loop: Node): LoopRecord | undefined;
  }) {
    this.#build = parts.build;
    this.#exits = parts.exits;
    this.#activity = parts.activity;
    this.#saved = parts.saved;
    this.#checkpoints = parts.checkpoints;
    this.#recordOf = (loop) => parts.recordOf(loop);
  }

  /** Emits the nodes. */
  nodes(nodes: readonly Node[], around: readonly Around[] = []): void {
    for (const node of nodes) {
      this.#build.span = node.span;
      this.#node(node, around);
      for (const r of node.results) this.#keep(r);
    }
  }

  /** A branch or loop that is carried out again on the way back, and what it needs before it. */
  again(node: Node): readonly Node[] {
    return this.#build.apart(() => this.#recorded(node, []));
  }

  /** Emits the body of a function. */
  body(region: Region): void {
    this.#build.nodes.push(...this.#region(region, []).nodes);
  }

  #keep(v: Value): void {
    const stack = this.#saved.neededStackOf(v);
    if (stack !== undefined) this.#saved.push(stack, v);
  }

  #node(node: Node, around: readonly Around[]): void {
    if (this.#checkpoints.isRepeated(node)) this.#build.nodes.push(node);
    else this.#recorded(node, around);
  }

  #recorded(node: Node, around: readonly Around[]): void {
    const { nodes } = this.#build;
    if (node.op === "loop") this.#loop(node, around);
    else if (node.op === "break" || node.op === "continue") this.#exit(node, around);
    else if (node.op === "customGrad" && this.#activity.has(node.results[0]!)) this.#done(node);
    else nodes.push({ ...node, regions: node.regions.map((r) => this.#region(r, around)) });
  }

  /** What a program says of its gradient is for the innermost gradient around: others see what it does. */
  #done(node: Node): void {
    const [value] = node.operands;
    const attrs = { shape: tensorOf(value!).shape };
    const operands = [value!];
    this.#build.nodes.push({ ...node, op: "reshape", operands, attrs, regions: [] });
  }

  #region(region: Region, around: readonly Around[]): Region {
    const nodes = this.#build.apart(() => {
      for (const p of region.params) this.#keep(p);
      this.nodes(region.nodes, around);
    });
    return { params: region.params, nodes };
  }

  #loop(node: Node, around: readonly Around[]): void {
    const record = this.#recordOf(node);
    const count = record?.rounds && value(f64Type, "round");
    const body = this.#region(node.regions[0]!, [...around, { loop: node, record, count }]);
    const build = this.#build;
    if (count === undefined) {
      build.nodes.push({ ...node, regions: [body] });
      return;
    }
    const operands = [...node.operands, build.number(0)];
    const counted = { ...body, params: [...body.params, count] };
    build.nodes.push({ ...node, operands, regions: [counted] });
  }

  /** Every loop that is left keeps how; so does the one that goes on, if there are several ways. */
  #exit(node: Node, around: readonly Around[]): void {
    const build = this.#build;
    const target = around.findIndex(({ loop }) => labelOf(loop) === labelOf(node));
    const isBreak = node.op === "break";
    for (const { loop, record, count } of around.slice(isBreak ? target : target + 1)) {
      const { leaves } = this.#exits.ofLoop(loop);
      if (record?.left) this.#saved.push(record.left, build.number(leaves.indexOf(node)));
      if (record?.rounds) this.#saved.push(record.rounds, count!);
    }
    const { loop, record, count } = around[target]!;
    if (isBreak || record === undefined) {
      build.nodes.push(node);
      return;
    }
    const { continues } = this.#exits.ofLoop(loop);
    if (record.continued) this.#saved.push(record.continued, build.number(continues.indexOf(node)));
    if (count === undefined) throw new Error("a loop goes on without a count");
    const next = build.fn("add", [count, build.number(1)], "f64");
    build.nodes.push({ ...node, operands: [...node.operands, next] });
  }
}
