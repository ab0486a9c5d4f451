/**
 * `y = f(x); … z = f(x) ⇒ y = f(x); …` with y for z, where the first is computed whenever the second
 * is: before it in its region or in a region around.
 *
 * A read of state equals an earlier one as long as no write and no call stands between; after
 * `state.set @s v` a read of s is v.
 */

import { coreOp } from "../../graph/core-ops.ts";
import { attrOf, type Func, isText, type Node, type Region, type Value } from "../../graph/ir.ts";
import { printAttr } from "../../graph/print.ts";
import { printPlacedType } from "../../graph/type.ts";
import { forEachNode } from "../../graph/walk.ts";
import { opByName } from "../../ops/registry.ts";
import type { GraphPass } from "./pass.ts";

export const mergeCommon: GraphPass = {
  name: "merge-common",
  doc: "Computes once what is written several times.",
  run(m) {
    const cells = [...m.state.keys()];
    const merge = (f: Func): Func => ({ ...f, body: new Merger(cells).region(f.body) });
    return { ...m, funcs: m.funcs.map(merge) };
  },
};

/** The cells that a region may write. */
function writtenIn(region: Region, cells: readonly string[]): ReadonlySet<string> {
  const written = new Set<string>();
  forEachNode(region, (node) => {
    if (node.op === "state.set") written.add(attrOf(node, "name", isText));
    if (node.op === "call") for (const cell of cells) written.add(cell);
  });
  return written;
}

class Merger {
  readonly #cells: readonly string[];
  readonly #became = new Map<Value, Value>();
  readonly #numbers = new Map<Value, number>();
  /** What is computed already, by what it says; one table for each region around. */
  readonly #scopes: Map<string, readonly Value[]>[] = [];
  /** The last write of each cell, as a number. */
  #versions = new Map<string, number>();
  #writes = 0;

  constructor(cells: readonly string[]) {
    this.#cells = cells;
  }

  region(region: Region): Region {
    this.#scopes.push(new Map());
    const nodes = region.nodes.flatMap((node) => this.#node(node));
    this.#scopes.pop();
    return { params: region.params, nodes };
  }

  /** The node with its operands and regions merged; nothing where its results are known. */
  #node(original: Node): readonly Node[] {
    const operands = original.operands.some((v) => this.#became.has(v))
      ? original.operands.map((v) => this.#became.get(v) ?? v)
      : original.operands;
    const { op, attrs, results, span } = original;
    const regions = original.regions.length > 0 ? this.#regions(original) : original.regions;
    const isSame = operands === original.operands && regions === original.regions;
    const node = isSame ? original : { op, operands, attrs, results, regions, span };
    const key = this.#keyOf(node);
    if (key === undefined) {
      this.#noteWrites(node);
      return [node];
    }
    const known = this.#lookUp(key);
    if (!known) {
      this.#scopes.at(-1)!.set(key, node.results);
      return [node];
    }
    node.results.forEach((r, i) => {
      this.#became.set(r, known[i]!);
    });
    return [];
  }

  #lookUp(key: string): readonly Value[] | undefined {
    for (const scope of this.#scopes) {
      const known = scope.get(key);
      if (known) return known;
    }
    return undefined;
  }

  #regions(node: Node): readonly Region[] {
    if (node.op === "kernel") return node.regions;
    // What a loop writes, its next round reads.
    if (node.op === "loop") this.#writeAll(node);
    const before = this.#versions;
    const regions = node.regions.map((r) => {
      this.#versions = new Map(before);
      return this.region(r);
    });
    this.#versions = before;
    this.#writeAll(node);
    return regions;
  }

  #writeAll(node: Node): void {
    for (const r of node.regions) for (const cell of writtenIn(r, this.#cells)) this.#write(cell);
  }

  #write(cell: string): void {
    this.#versions.set(cell, ++this.#writes);
  }

  #noteWrites(node: Node): void {
    if (node.op === "call") for (const cell of this.#cells) this.#write(cell);
    if (node.op !== "state.set") return;
    const cell = attrOf(node, "name", isText);
    this.#write(cell);
    this.#scopes.at(-1)!.set(this.#readKey(cell), node.operands);
  }

  #readKey = (cell: string): string => `state.get ${this.#versions.get(cell) ?? 0} ${cell}`;

  /** What the node computes, as text; undefined where it must stay. */
  #keyOf(node: Node): string | undefined {
    if (node.op === "state.get") return this.#readKey(attrOf(node, "name", isText));
    const mergeable = coreOp(node.op)?.pure ?? opByName(node.op) !== undefined;
    // Gradients tell tensors by their boxes, equal ones too.
    if (node.op === "box") return undefined;
    // Two calls that make a list make two lists, which are written to one by one.
    if (node.op === "texts" && node.results[0]?.type.kind === "ref") return undefined;
    if (!mergeable || node.regions.length > 0) return undefined;
    const operands = node.operands.map((v) => this.#numberOf(v));
    const names = Object.keys(node.attrs);
    if (names.length > 1) names.sort();
    let key = `${node.op} ${operands.join(" ")}`;
    for (const name of names) key += ` ${name}=${printAttr(node.attrs[name]!)}`;
    for (const v of node.results) key += ` ${printPlacedType(v.type, v.layout)}`;
    return key;
  }

  #numberOf(v: Value): number {
    const number = this.#numbers.get(v) ?? this.#numbers.size;
    this.#numbers.set(v, number);
    return number;
  }
}
