/**
 * Owns what a way back needs of the way there. Values that are computed once are there still; those of
 * branches and loops are kept on stacks, lists on the heap, as often as they are computed. What is quickly
 * made again is not kept.
 */

import type { HeapType } from "../../../graph/heap-types.ts";
import { f64Type, type Node, refType, type Type, type Value, value } from "../../../graph/ir.ts";
import { printType } from "../../../graph/type.ts";
import type { Emitter } from "./emitter.ts";

/** Nodes of a region up to one that can be left from inside: all of them run, or none. */
export interface Segment {
  readonly nodes: readonly Node[];
  /** The node behind them that can be left from inside; undefined in the last segment. */
  readonly exit: Node | undefined;
  /** The values defined here that some way back needs. */
  readonly needed: Set<Value>;
  /** What stands for each of them, on the way back that is being made. */
  taken: ReadonlyMap<Value, Value>;
}

/** Made anew wherever they are needed. */
const cheap: ReadonlySet<string> = new Set([
  ...["const", "number", "boolean", "size", "text", "full", "empty"],
]);

export class SavedValues {
  readonly #build: Emitter;
  readonly #heap: Map<string, HeapType>;
  readonly #segments = new Map<Value, Segment>();
  readonly #makers = new Map<Value, Node>();
  readonly #stacks = new Map<Value, Value>();
  /** The stacks' own nodes, at the very beginning. */
  readonly made: Node[] = [];

  constructor(build: Emitter, heap: Map<string, HeapType>) {
    this.#build = build;
    this.#heap = heap;
  }

  /** Says in which segment a value of a branch or loop is defined, and by what. */
  define(v: Value, segment: Segment, by: Node | undefined): void {
    this.#segments.set(v, segment);
    if (by !== undefined) this.#makers.set(v, by);
  }

  /** What stands for a value of the way there, on the way back, where it is needed for sure. */
  use(v: Value): Value {
    const standIn = this.standIn(v);
    this.need(v);
    return standIn;
  }

  /** What stands for a value of the way there; whoever really reads it says that it is needed. */
  standIn(v: Value): Value {
    const segment = this.#segments.get(v);
    if (segment === undefined) return v;
    const maker = this.#makers.get(v);
    if (maker !== undefined && this.#isCheap(maker)) return this.#again(maker, v);
    // The first time round only finds out what is needed.
    return segment.taken.get(v) ?? v;
  }

  need(v: Value): void {
    const maker = this.#makers.get(v);
    if (maker === undefined || !this.#isCheap(maker)) this.#segments.get(v)?.needed.add(v);
  }

  #isCheap(node: Node): boolean {
    if (node.regions.length > 0 || node.results.length !== 1) return false;
    return cheap.has(node.op) || node.op === "splat";
  }

  #again(node: Node, v: Value): Value {
    const operands = node.operands.map((x) => this.use(x));
    return this.#build.node(node.op, operands, node.attrs, [v.type])[0]!;
  }

  /** Takes all that is needed of a segment back off its stacks, in `body`, which goes back through it. */
  around(segment: Segment, body: () => void): void {
    const outer = segment.taken;
    segment.taken = new Map([...segment.needed].map((v) => [v, value(v.type, v.hint)]));
    for (const [v, taken] of segment.taken) this.popInto(this.stackOf(v), taken);
    body();
    segment.taken = outer;
  }

  /** The stack on which a value is kept each time that it is computed. */
  stackOf(v: Value): Value {
    const known = this.#stacks.get(v);
    if (known !== undefined) return known;
    const stack = this.newStack(v.type);
    this.#stacks.set(v, stack);
    return stack;
  }

  /** The stack of a value that the way back needs; undefined for others. */
  knownStackOf(v: Value): Value | undefined {
    return this.#stacks.get(v);
  }

  /** An empty stack of values of a type. */
  newStack(type: Type): Value {
    const outer = this.#build.nodes;
    this.#build.nodes = this.made;
    const [stack] = this.#build.node("new", [], {}, [this.#listOf(type)]);
    this.#build.nodes = outer;
    return stack!;
  }

  push(stack: Value, v: Value): void {
    const held =
      v.type.kind === "tensor" ? this.#build.node("box", [v], {}, [this.#boxOf(v.type)])[0]! : v;
    this.#build.node("list.push", [stack, held]);
  }

  /** Takes the last value off a stack and defines `taken` as it. */
  popInto(stack: Value, taken: Value): void {
    const build = this.#build;
    const [length] = build.node("list.length", [stack], {}, [f64Type]);
    const last = build.fn("sub", [length!, build.number(1)], "f64");
    const { type } = taken;
    const held = type.kind === "tensor" ? this.#boxOf(type) : type;
    const [got] = build.node("list.get", [stack, last], { leaf: 0 }, [held]);
    if (type.kind === "tensor") {
      build.nodes.push({
        op: "unbox",
        operands: [got!],
        attrs: {},
        results: [taken],
        regions: [],
        span: build.span,
      });
    } else {
      const node = build.nodes.pop()!;
      build.nodes.push({ ...node, results: [taken] });
    }
    build.node("list.resize", [stack, last]);
  }

  /** The number that was pushed last. */
  popNumber(stack: Value): Value {
    const taken = value(f64Type);
    this.popInto(stack, taken);
    return taken;
  }

  #boxOf(type: Type): Type {
    if (type.kind !== "tensor") throw new Error("only tensors are boxed");
    return this.#named(`saved ${printType(type)}`, { kind: "box", tensor: type });
  }

  #listOf(type: Type): Type {
    const element = type.kind === "tensor" ? this.#boxOf(type) : type;
    return this.#named(`stack of ${printType(type)}`, { kind: "list", element: [element] });
  }

  #named(name: string, type: HeapType): Type {
    if (!this.#heap.has(name)) this.#heap.set(name, type);
    return refType(name);
  }
}
