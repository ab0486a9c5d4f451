/**
 * Owns what a way back needs of the way there. Values that are computed once are there still; those of
 * branches and loops are kept on stacks, lists on the heap, as often as they are computed. What is quickly
 * made again is not kept, nor what a checkpoint says to compute again.
 */

import { cloneWithLabels } from "../../../graph/clone.ts";
import { f64Type, type Node, type Type, tensorOf, type Value, value } from "../../../graph/ir.ts";
import { boundSize } from "../../../graph/sizes.ts";
import { forEachNode } from "../../../graph/walk.ts";
import { opByName } from "../../../ops/registry.ts";
import type { Checkpoint, Checkpoints } from "./checkpoints.ts";
import type { Emitter } from "./emitter.ts";
import type { Root, Roots } from "./roots.ts";

/** Nodes of a region up to one that can be left from inside: all of them run, or none. */
export interface Segment {
  readonly nodes: readonly Node[];
  /** The node behind them that can be left from inside; undefined in the last segment. */
  readonly exit: Node | undefined;
  /** The values defined here that some way back needs. */
  readonly needed: Set<Value>;
  /** The sizes bound here that some way back mentions, and what says each. */
  readonly sizes: Set<string>;
  /** What stands for each of them, on the way back that is being made. */
  taken: ReadonlyMap<Value, Value>;
}

/** How branches and loops are carried out again. */
export interface Repetition {
  /** Whether the way back goes through what is inside. */
  isGoneInto(node: Node): boolean;
  /** The node, and before it what it needs, with what is kept of it. */
  recorded(node: Node): readonly Node[];
  /** Has a sum that was made again hold what was contributed to the first one. */
  moveSum(from: Value, to: Value): void;
}

/** Made anew wherever they are needed. */
const cheap: ReadonlySet<string> = new Set([
  ...["const", "number", "boolean", "size", "text", "full", "empty"],
]);

export class SavedValues {
  readonly #build: Emitter;
  readonly #roots: Roots;
  readonly #segments = new Map<Value, Segment>();
  readonly #makers = new Map<Value, Node>();
  readonly #stacks = new Map<Value, Root>();

  readonly #newSize: () => string;
  readonly #checkpoints: Checkpoints;
  /** For sums that branches and loops give, those that they gave the second time. */
  readonly #sums = new Map<Value, Value>();
  /** The one whose nodes are gone back through. */
  #checkpoint: Checkpoint | undefined;

  readonly #repetition: Repetition;
  readonly #newLabel: () => string;

  constructor(parts: {
    readonly build: Emitter;
    readonly roots: Roots;
    readonly checkpoints: Checkpoints;
    readonly newSize: () => string;
    readonly newLabel: () => string;
    readonly repetition: Repetition;
  }) {
    this.#newSize = parts.newSize;
    this.#newLabel = parts.newLabel;
    this.#build = parts.build;
    this.#roots = parts.roots;
    this.#checkpoints = parts.checkpoints;
    this.#repetition = parts.repetition;
  }

  /** Visits nodes in reverse order, each checkpoint after what is needed of it was computed again. */
  inReverse(nodes: readonly Node[], visit: (node: Node) => void): void {
    const outer = this.#checkpoint;
    const met = new Set<Checkpoint>();
    for (const node of nodes.toReversed()) {
      const own = this.#checkpoints.of(node);
      if (own !== undefined && !met.has(own)) {
        met.add(own);
        this.#checkpoint = outer;
        this.#computeAgain(own);
      }
      this.#checkpoint = own ?? outer;
      if (this.#isGoneInto(node)) this.#moveSums(node);
      visit(node);
    }
    this.#checkpoint = outer;
    // What is needed was found out only now: so are the values that it is made of.
    for (const own of met) this.#build.apart(() => this.#computeAgain(own));
  }

  /** Behind barriers, or what is computed twice would be merged again. */
  #computeAgain(checkpoint: Checkpoint): void {
    const build = this.#build;
    const { makers, needed } = checkpoint;
    const wanted = new Set(needed);
    const nodes = [...new Set(makers.values())];
    const isWanted = (node: Node): boolean =>
      node.results.some((v) => wanted.has(v)) || this.#isGoneInto(node);
    for (const node of nodes.toReversed())
      if (isWanted(node)) for (const x of readBy(node)) wanted.add(x);
    const taken = new Map<Value, Value>();
    const given = (x: Value): Value => {
      const known = taken.get(x);
      if (known !== undefined) return known;
      const outside = this.use(x);
      const isPlain = this.#checkpoints.isLasting(x) || x.type.kind === "ref";
      const made = isPlain ? outside : build.node("barrier", [outside], {}, [x.type])[0]!;
      taken.set(x, made);
      return made;
    };
    for (const node of nodes) {
      if (!isWanted(node)) continue;
      build.span = node.span;
      if (node.regions.length > 0 && node.op !== "customGrad") this.#runAgain(node, taken, given);
      else taken.set(node.results[0]!, this.#repeated(node, given));
    }
    checkpoint.taken = taken;
  }

  /** Whether the way back goes through what is inside of a node, which must have been kept for that. */
  #isGoneInto(node: Node): boolean {
    return this.#checkpoints.isRepeated(node) && this.#repetition.isGoneInto(node);
  }

  /** What comes after a branch or loop has contributed to the sums that were made the first time. */
  #moveSums(node: Node): void {
    for (const v of node.results)
      if (v.type.kind === "ref") this.#repetition.moveSum(this.use(v), this.#sums.get(v)!);
  }

  /** Carries a branch or loop out again, now with what the way back through it needs. */
  #runAgain(node: Node, taken: Map<Value, Value>, given: (x: Value) => Value): void {
    const became = new Map(readBy(node).map((x) => [x, given(x)]));
    const nodes = cloneWithLabels(this.#repetition.recorded(node), became, this.#newLabel);
    this.#build.nodes.push(...nodes);
    for (const v of node.results) {
      if (v.type.kind === "ref") this.#sums.set(v, became.get(v)!);
      else taken.set(v, became.get(v)!);
    }
  }

  #repeated(node: Node, given: (x: Value) => Value): Value {
    const build = this.#build;
    const v = node.results[0]!;
    // What a program says of its gradient is a matter of the way there.
    const isStated = node.op === "customGrad";
    const [op, attrs] = isStated
      ? ["reshape", { shape: tensorOf(v).shape }]
      : [node.op, node.attrs];
    const operands = (isStated ? node.operands.slice(0, 1) : node.operands).map(given);
    return build.node(op, operands, attrs, [v.type])[0]!;
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
    if (this.#isAgain(v)) return this.#checkpoint!.taken.get(v) ?? v;
    const segment = this.#segments.get(v);
    if (segment === undefined) return v;
    const maker = this.#makers.get(v);
    if (maker !== undefined && this.#isCheap(maker)) return this.#again(maker, v);
    // The first time round only finds out what is needed.
    return segment.taken.get(v) ?? v;
  }

  need(v: Value): void {
    if (this.#isAgain(v)) {
      this.#checkpoint!.needed.add(v);
      return;
    }
    const maker = this.#makers.get(v);
    if (maker === undefined || !this.#isCheap(maker)) this.#segments.get(v)?.needed.add(v);
  }

  #isAgain(v: Value): boolean {
    return this.#checkpoint?.makers.has(v) ?? false;
  }

  #isCheap(node: Node): boolean {
    if (node.regions.length > 0 || node.results.length !== 1) return false;
    return cheap.has(node.op) || node.op === "splat" || this.#isOfRun(node);
  }

  /** Tensors of sizes that only the run tells cannot be kept; but they must not become others in gradients of gradients. */
  #isOfRun(node: Node): boolean {
    const isOperator = opByName(node.op) !== undefined && !this.#build.isFollowed;
    return isOperator && this.#roots.isOfRun(node.results[0]!.type);
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
    this.#bindAgain(segment, body);
    segment.taken = outer;
  }

  /** Sizes that are bound in a branch or loop are known only there: the way back has names of its own. */
  #bindAgain(segment: Segment, body: () => void): void {
    const binds = new Map(
      segment.nodes.filter((n) => n.op === "bind").map((n) => [boundSize(n), n]),
    );
    const renamed = new Map([...binds.keys()].map((size) => [size, this.#newSize()]));
    for (const size of segment.sizes) {
      const { operands, attrs } = binds.get(size)!;
      const name = renamed.get(size)!;
      this.#build.node("bind", [this.use(operands[0]!)], { ...attrs, name });
    }
    const onUse = (size: string): void => {
      segment.sizes.add(size);
      this.need(binds.get(size)!.operands[0]!);
    };
    this.#build.renaming(renamed, onUse, body);
  }

  /** The stack on which a value is kept each time that it is computed. */
  stackOf(v: Value): Root {
    const known = this.#stacks.get(v);
    if (known !== undefined) return known;
    const stack = this.newStack(v.type);
    this.#stacks.set(v, stack);
    return stack;
  }

  /** The stack of a value that the way back needs; undefined for others. */
  neededStackOf(v: Value): Root | undefined {
    const isNeeded = this.#segments.get(v)?.needed.has(v) === true;
    return isNeeded ? this.stackOf(v) : this.#stacks.get(v);
  }

  /** An empty stack of values of a type. */
  newStack(type: Type): Root {
    return this.#roots.make(this.#roots.listOf(type));
  }

  push(stack: Root, v: Value): void {
    const build = this.#build;
    const { type } = v;
    const held =
      type.kind === "tensor" ? build.node("box", [v], {}, [this.#roots.boxOf(type)])[0]! : v;
    build.node("list.push", [this.#roots.use(stack), held]);
  }

  /** Takes the last value off a stack and defines `taken` as it. */
  popInto(from: Root, taken: Value): void {
    const build = this.#build;
    const stack = this.#roots.use(from);
    const [length] = build.node("list.length", [stack], {}, [f64Type]);
    const last = build.fn("sub", [length!, build.number(1)], "f64");
    const { type } = taken;
    const held = type.kind === "tensor" ? this.#roots.boxOf(type) : type;
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
  popNumber(stack: Root): Value {
    const taken = value(f64Type);
    this.popInto(stack, taken);
    return taken;
  }
}

/** What a node and those inside of it read of the values before it. */
function readBy(node: Node): readonly Value[] {
  const known = new Set<Value>();
  const read = new Set<Value>();
  forEachNode({ params: [], nodes: [node] }, (inner) => {
    for (const v of inner.operands) if (!known.has(v)) read.add(v);
    for (const v of [...inner.results, ...inner.regions.flatMap((r) => r.params)]) known.add(v);
  });
  return [...read];
}
