/**
 * Owns the checkpoints of what is differentiated: which nodes they hold, and which of those the way back can
 * compute again. What is random or written is not among them, nor are branches and loops that write, or
 * that work on what lies on the heap.
 *
 * `r = checkpoint { nodes, yield y } ⇒ nodes`, with y for r.
 */

import { substituteNodes } from "../../../graph/clone.ts";
import type { Node, Region, Value } from "../../../graph/ir.ts";
import { forEachNode } from "../../../graph/walk.ts";
import { opByName } from "../../../ops/registry.ts";
import type { Exits } from "./exits.ts";

export interface Checkpoint {
  /** The values that can be computed again, in order, each with the node that makes it, alone or with others. */
  readonly makers: Map<Value, Node>;
  /** The values that the way back through it reads. */
  readonly needed: Set<Value>;
  /** What was computed again, on the way back that is being made. */
  taken: Map<Value, Value>;
}

/** Beside operators; their operands are numbers, which are kept. */
const repeatable: ReadonlySet<string> = new Set(["const", "splat", "customGrad"]);

/** What else branches and loops may do that are carried out again. */
const repeatableInside: ReadonlySet<string> = new Set([
  ...["const", "splat", "number", "boolean", "size", "scalar", "item", "if", "loop"],
  // Of sums, which the way back makes again.
  ...["new", "empty"],
  ...["yield", "break", "continue", "check", "checkEqual", "checkAtMost"],
]);

/** Read wherever they are needed: that keeps nothing alive that would not live anyway. */
const lasting: ReadonlySet<string> = new Set(["const", "state.get", "number", "boolean"]);

/** What is known of the nodes around. */
export interface Known {
  readonly exits: Exits;
  isKept(v: Value): boolean;
  /** Whether a reference is a sum, or what one begins with. */
  isOfSums(v: Value): boolean;
}

export class Checkpoints {
  readonly #of = new Map<Value, Checkpoint>();
  readonly #lasting = new Set<Value>();
  readonly #isUsed: boolean;

  /** `isUsed`: otherwise everything is kept. */
  constructor(isUsed: boolean) {
    this.#isUsed = isUsed;
  }

  /** The nodes with those of checkpoints in their places. */
  open(nodes: readonly Node[]): Node[] {
    const became = new Map<Value, Value>();
    const opened = this.#open(nodes, undefined, became);
    return substituteNodes(opened, became);
  }

  #open(
    nodes: readonly Node[],
    around: Checkpoint | undefined,
    became: Map<Value, Value>,
  ): readonly Node[] {
    return nodes.flatMap((node) => {
      if (node.op === "checkpoint") return this.#opened(node, around, became);
      if (around) for (const r of node.results) this.#of.set(r, around);
      if (node.regions.length === 0) return [node];
      const inside = (r: Region) => ({ ...r, nodes: this.#open(r.nodes, undefined, became) });
      return [{ ...node, regions: node.regions.map(inside) }];
    });
  }

  #opened(node: Node, around: Checkpoint | undefined, became: Map<Value, Value>): readonly Node[] {
    const own = around ?? this.#begin();
    const nodes = this.#open(node.regions[0]!.nodes, own, became);
    const end = nodes.at(-1);
    if (end?.op !== "yield") return nodes;
    node.results.forEach((r, i) => {
      const given = end.operands[i]!;
      became.set(r, became.get(given) ?? given);
    });
    return nodes.slice(0, -1);
  }

  #begin(): Checkpoint | undefined {
    return this.#isUsed ? { makers: new Map(), needed: new Set(), taken: new Map() } : undefined;
  }

  /** Looks at nodes as they will be gone back through, `cells` being what is differentiated for. */
  note(region: Region, cells: Iterable<Value>, known: Known): void {
    for (const v of cells) this.#lasting.add(v);
    forEachNode(region, (node) => {
      const [result] = node.results;
      if (result === undefined) return;
      if (lasting.has(node.op)) this.#lasting.add(result);
      const own = this.#of.get(result);
      if (own === undefined) return;
      const isPlain = opByName(node.op) !== undefined || repeatable.has(node.op);
      if (isPlain ? !known.isKept(result) : isRepeatable(node, known))
        for (const v of node.results) if (v.type.kind !== "ref") own.makers.set(v, node);
    });
  }

  /** Whether a branch or loop is carried out again, so that the way there keeps nothing of what is in it. */
  isRepeated(node: Node): boolean {
    const [result] = node.results;
    return node.regions.length > 0 && this.of(node)?.makers.get(result!) === node;
  }

  /** The checkpoint that a node is in, if it gives anything. */
  of(node: Node): Checkpoint | undefined {
    const [result] = node.results;
    return result && this.#of.get(result);
  }

  isLasting(v: Value): boolean {
    return this.#lasting.has(v);
  }
}

function isRepeatable(node: Node, { exits, isKept, isOfSums }: Known): boolean {
  if (node.op !== "if" && node.op !== "loop") return false;
  if (exits.leaving(node).length > 0) return false;
  const fits = (v: Value): boolean =>
    v.type.kind === "ref" ? isOfSums(v) : v.type.kind !== "str" && !isKept(v);
  let all = true;
  forEachNode({ params: [], nodes: [node] }, (inner) => {
    const { op, operands, results, regions } = inner;
    const values = [...operands, ...results, ...regions.flatMap((r) => r.params)];
    all &&= values.every(fits) && (opByName(op) !== undefined || repeatableInside.has(op));
  });
  return all;
}
