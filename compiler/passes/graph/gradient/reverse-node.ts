/** The way back through one node without control flow: an operator, a call, what a program says itself. */

import { cloneWithLabels } from "../../../graph/clone.ts";
import type { Node, Region, Value } from "../../../graph/ir.ts";
import { f64Type, tensorOf } from "../../../graph/ir.ts";
import { boundSize, sizesBoundIn } from "../../../graph/sizes.ts";
import { forEachNode } from "../../../graph/walk.ts";
import { type Dim, symbol } from "../../../ops/dim.ts";
import { opByName } from "../../../ops/registry.ts";
import { contributionsOf } from "../../../ops/reverse.ts";
import { tensorType } from "../../../ops/types.ts";
import type { Activity } from "./activity.ts";
import type { CalledFunctions } from "./called-functions.ts";
import type { Emitter } from "./emitter.ts";
import type { Roots } from "./roots.ts";
import type { SavedValues } from "./saved-values.ts";
import type { Sums } from "./sums.ts";
import type { WayBack } from "./way-back.ts";

/** What is known of all that a gradient goes back through. */
export interface ReversedParts {
  readonly build: Emitter;
  readonly activity: Activity;
  readonly saved: SavedValues;
  readonly sums: Sums;
  readonly roots: Roots;
  readonly calls: CalledFunctions;
  /** For each tensor that a list was stacked to, the list as it was then. */
  readonly lists: ReadonlyMap<Value, Value>;
  readonly newLabel: () => string;
  readonly newSize: () => string;
}

export class NodeReversal {
  readonly #build: Emitter;
  readonly #activity: Activity;
  readonly #saved: SavedValues;
  readonly #sums: Sums;
  readonly #roots: Roots;
  readonly #calls: CalledFunctions;
  readonly #lists: ReadonlyMap<Value, Value>;
  readonly #newLabel: () => string;
  readonly #newSize: () => string;
  readonly #way: WayBack;

  constructor(parts: ReversedParts, way: WayBack) {
    this.#build = parts.build;
    this.#activity = parts.activity;
    this.#saved = parts.saved;
    this.#sums = parts.sums;
    this.#roots = parts.roots;
    this.#calls = parts.calls;
    this.#lists = parts.lists;
    this.#newLabel = parts.newLabel;
    this.#newSize = parts.newSize;
    this.#way = way;
  }

  node(node: Node): void {
    if (node.op === "customGrad") this.#custom(node);
    else if (node.op === "list.stack") this.#stacked(node);
    else if (node.op === "call") this.#call(node);
    else this.#operation(node);
  }

  /** The program says itself what flows back. */
  #custom(node: Node): void {
    const [result] = node.results;
    if (!this.#activity.has(result!)) return;
    this.#way.withCotangent(result!, (cotangent) => {
      const [region] = node.regions;
      const became = new Map([[region!.params[0]!, cotangent]]);
      for (const v of freeValues(region!)) became.set(v, this.#saved.use(v));
      const nodes = this.#copyOf(region!.nodes, became);
      const end = nodes.pop()!;
      this.#build.nodes.push(...nodes);
      if (end.op !== "yield") throw new Error("a gradient of a function's own has no end");
      node.operands.slice(1).forEach((v, i) => {
        this.#way.contribute(v, end.operands[i]!);
      });
    });
  }

  /** Copies that bind sizes of their own. */
  #copyOf(nodes: readonly Node[], became: Map<Value, Value>): Node[] {
    const build = this.#build;
    const sizes = new Map(sizesBoundIn({ params: [], nodes }).map((s) => [s, this.#newSize()]));
    const edit = (copy: Node): Node => {
      const attrs = build.attrs(copy.attrs);
      if (copy.op !== "bind") return { ...copy, attrs };
      return { ...copy, attrs: { ...attrs, name: sizes.get(boundSize(copy))! } };
    };
    return build.renaming(
      sizes,
      () => undefined,
      () => cloneWithLabels(nodes, became, this.#newLabel, edit, (type) => build.type(type)),
    );
  }

  #operation(node: Node): void {
    const op = opByName(node.op);
    const [result] = node.results;
    if (op === undefined || result === undefined || !this.#activity.has(result)) return;
    this.#way.withCotangent(result, (cotangent) => {
      const [operands, [known]] = [this.#standIns(node.operands), this.#standIns([result])];
      const operation = { op, operands, attrs: node.attrs, result: known! };
      const wanted = node.operands.map((v) => this.#activity.has(v));
      const from = this.#build.nodes.length;
      const own = contributionsOf(this.#build, operation, cotangent, wanted);
      // Few rules read all that they are given.
      const read = new Set([...this.#build.nodes.slice(from).flatMap((n) => n.operands), ...own]);
      [...node.operands, result].forEach((v, i) => {
        if (read.has(i < operands.length ? operands[i] : known)) this.#saved.need(v);
      });
      own.forEach((c, i) => {
        if (c !== undefined) this.#way.contribute(node.operands[i]!, c);
      });
    });
  }

  /** Each tensor of a list is given its row. */
  #stacked(node: Node): void {
    const [result] = node.results;
    if (!this.#activity.has(result!)) return;
    this.#way.withCotangent(result!, (cotangent) => {
      const list = this.#saved.use(this.#lists.get(result!)!);
      const build = this.#build;
      const { dtype, shape } = tensorOf(result!);
      const one = tensorType(dtype, shape.slice(1));
      const box = this.#sums.boxIn(list);
      const [length] = build.node("list.length", [list], {}, [f64Type]);
      build.rounds(length!, this.#newLabel(), (i) => {
        const [held] = build.node("list.get", [list, i], { leaf: 0 }, [box]);
        const size = this.#newSize();
        build.node("bind", [i], { name: size, message: "it is the place of a tensor in a list" });
        const whole: readonly Dim[] = shape.map(() => 0);
        const start = whole.with(0, symbol(size));
        const attrs = { start, length: [1, ...one.shape], step: whole.map(() => 1) };
        const row = build.apply("slice", [cotangent], attrs);
        const part = build.apply("reshape", [row], { shape: one.shape });
        this.#sums.add(this.#sums.ofBox(held!, one), part);
      });
    });
  }

  /** The way back of a function is given what its way there kept, its last result. */
  #call(node: Node): void {
    const called = this.#calls.of(node);
    if (called === undefined) return;
    const frame = this.#saved.use(node.results.at(-1)!);
    this.#build.node("call", [frame, this.#roots.kept], { callee: called.back });
  }

  #standIns(values: readonly Value[]): readonly Value[] {
    return values.map((v) => this.#saved.standIn(v));
  }
}

/** What the nodes of a region read and do not define. */
function freeValues(region: Region): ReadonlySet<Value> {
  const defined = new Set<Value>(region.params);
  const free = new Set<Value>();
  forEachNode(region, (node) => {
    for (const v of node.operands) if (!defined.has(v)) free.add(v);
    for (const v of [...node.results, ...node.regions.flatMap((r) => r.params)]) defined.add(v);
  });
  return free;
}
