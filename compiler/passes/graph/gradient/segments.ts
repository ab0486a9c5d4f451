/** Cuts the regions of branches and loops into segments, and says what each value is defined by. */

import type { Node, Region, Value } from "../../../graph/ir.ts";
import { labelOf } from "../../../graph/walk.ts";
import type { Exits } from "./exits.ts";
import type { LoopRecords } from "./loop-records.ts";
import type { SavedValues, Segment } from "./saved-values.ts";

export class Segments {
  /** What each terminator hands its values to. */
  readonly targets = new Map<Node, readonly Value[]>();
  readonly #of = new Map<Region, readonly Segment[]>();
  readonly #exits: Exits;
  readonly #saved: SavedValues;
  readonly #records: LoopRecords;

  constructor(outermost: Region, exits: Exits, saved: SavedValues, records: LoopRecords) {
    this.#exits = exits;
    this.#saved = saved;
    this.#records = records;
    for (const node of outermost.nodes) this.#inside(node, new Map());
  }

  /** The body of a function: nothing of it is there any more on the way back. */
  addFunction(region: Region): void {
    const nothing = {
      op: "call",
      operands: [],
      attrs: {},
      results: [],
      regions: [],
      span: undefined,
    };
    this.#region(region, nothing, new Map());
  }

  of(region: Region): readonly Segment[] {
    const segments = this.#of.get(region);
    if (segments === undefined) throw new Error("a region was not looked at");
    return segments;
  }

  #inside(node: Node, loops: ReadonlyMap<string, Node>): void {
    const around = node.op === "loop" ? new Map(loops).set(labelOf(node), node) : loops;
    for (const region of node.regions) this.#region(region, node, around);
  }

  #region(region: Region, owner: Node, loops: ReadonlyMap<string, Node>): void {
    const segments: Segment[] = [];
    let nodes: Node[] = [];
    let segment = this.#newSegment(nodes, undefined);
    for (const p of region.params) this.#saved.define(p, segment, undefined);
    for (const node of region.nodes) {
      this.#inside(node, loops);
      this.#target(node, owner, loops);
      if (this.#exits.leaving(node).length > 0) {
        segments.push(Object.assign(segment, { exit: node }));
        nodes = [];
        segment = this.#newSegment(nodes, undefined);
      } else nodes.push(node);
      for (const r of node.results) this.#saved.define(r, segment, node);
    }
    segments.push(segment);
    this.#of.set(region, segments);
  }

  #newSegment(nodes: readonly Node[], exit: Node | undefined): Segment {
    return { nodes, exit, needed: new Set(), sizes: new Set(), taken: new Map() };
  }

  #target(node: Node, owner: Node, loops: ReadonlyMap<string, Node>): void {
    if (node.op === "yield") this.targets.set(node, owner.results);
    if (node.op !== "break" && node.op !== "continue") return;
    const loop = loops.get(labelOf(node));
    if (loop === undefined) throw new Error("an exit leads out of what is differentiated");
    const target = node.op === "break" ? loop.results : this.#records.of(loop).next;
    this.targets.set(node, target);
  }
}
