/**
 * Makes two versions of a loop whose numbers would be integers if only what comes from outside were: one
 * for small integers, which narrow-numbers then computes with, and the loop as it is for all others.
 *
 * `loop(n) ⇒ if isSmallInt(n) { loop(n) } else { loop(n) }`
 */

import { cloneNodes } from "../../graph/clone.ts";
import { smallInt } from "../../graph/integers.ts";
import {
  boolType,
  type Func,
  makeNode,
  type Node,
  type Region,
  type Value,
  value,
} from "../../graph/ir.ts";
import { forEachNode, freshName, labelOf, labelsIn } from "../../graph/walk.ts";
import type { GraphPass } from "./pass.ts";
import { analyzeRanges, type Ranges } from "./ranges/analyze-ranges.ts";
import { integers, isInt } from "./ranges/range.ts";

/** Nodes of the longest loop that there may be two of. */
const mostNodes = 300;
const mostGuards = 6;

export const guardLoops: GraphPass = {
  name: "guard-loops",
  doc: "Makes a version of a loop for integers, where what comes from outside decides that.",
  run: (m) => ({ ...m, funcs: m.funcs.map(guard) }),
};

function guard(f: Func): Func {
  const loops = outerLoops(f.body).filter(isWorthwhile);
  if (loops.length === 0) return f;
  const ranges = analyzeRanges(f);
  const guards = new Map<Node, readonly Value[]>();
  for (const loop of loops) {
    const values = guardsOf(f, loop, ranges);
    if (values.length > 0) guards.set(loop, values);
  }
  return guards.size === 0 ? f : { ...f, body: new Rewriting(f, guards).region(f.body) };
}

/** The loops that are not inside of other ones. */
function outerLoops(region: Region): readonly Node[] {
  return region.nodes.flatMap((node): readonly Node[] => {
    if (node.op === "loop") return [node];
    return node.op === "if" ? node.regions.flatMap(outerLoops) : [];
  });
}

/** Of numbers, not of tensors, and small. */
function isWorthwhile(loop: Node): boolean {
  let nodes = 0;
  let tensors = false;
  forEachNode(loop.regions[0]!, (node) => {
    nodes++;
    tensors ||= node.op === "kernel";
  });
  return !tensors && nodes <= mostNodes;
}

/** The fewest numbers from outside that make as many integers of the loop's as all of them do. */
function guardsOf(f: Func, loop: Node, ranges: Ranges): readonly Value[] {
  const candidates = outsideNumbers(loop, ranges);
  if (candidates.length === 0 || candidates.length > mostGuards) return [];
  const inside = numbersIn(loop);
  const gain = (values: readonly Value[]): number => {
    const small = integers(-smallInt, smallInt);
    const assumed = new Map([[loop, new Map(values.map((v) => [v, small] as const))]]);
    const then = analyzeRanges(f, assumed);
    return inside.filter((v) => isInt(then.of(v)) && !isInt(ranges.of(v))).length;
  };
  const most = gain(candidates);
  if (most === 0) return [];
  let needed = candidates;
  for (const v of candidates) {
    const others = needed.filter((o) => o !== v);
    if (others.length > 0 && gain(others) === most) needed = others;
  }
  return needed;
}

/** Numbers from outside that the loop computes with, and of which nothing is known. */
function outsideNumbers(loop: Node, ranges: Ranges): readonly Value[] {
  const inside = new Set(numbersIn(loop));
  const found = new Set<Value>();
  const look = (v: Value): void => {
    if (v.type.kind === "f64" && !inside.has(v) && !isInt(ranges.of(v))) found.add(v);
  };
  for (const v of loop.operands) look(v);
  forEachNode(loop.regions[0]!, (node) => {
    if (node.op === "scalar" || node.op === "loop") for (const v of node.operands) look(v);
  });
  return [...found];
}

function numbersIn(loop: Node): readonly Value[] {
  const values: Value[] = [...loop.regions[0]!.params];
  forEachNode(loop.regions[0]!, (node) => {
    values.push(...node.results);
    for (const r of node.regions) values.push(...r.params);
  });
  return values.filter((v) => v.type.kind === "f64");
}

class Rewriting {
  readonly #guards: ReadonlyMap<Node, readonly Value[]>;
  readonly #labels: Set<string>;

  constructor(f: Func, guards: ReadonlyMap<Node, readonly Value[]>) {
    this.#guards = guards;
    this.#labels = labelsIn(f.body);
  }

  region(region: Region): Region {
    const nodes = region.nodes.flatMap((node): readonly Node[] => {
      const values = this.#guards.get(node);
      if (values) return this.#twoVersions(node, values);
      if (node.op !== "if") return [node];
      return [{ ...node, regions: node.regions.map((r) => this.region(r)) }];
    });
    return { params: region.params, nodes };
  }

  #twoVersions(loop: Node, values: readonly Value[]): readonly Node[] {
    const scalar = (fn: string, operands: readonly Value[]): Node =>
      makeNode("scalar", operands, { fn }, [value(boolType)], loop.span);
    const nodes = values.map((v) => scalar("isSmallInt", [v]));
    for (const test of nodes.slice(1)) {
      nodes.push(scalar("and", [nodes.at(-1)!.results[0]!, test.results[0]!]));
    }
    const condition = nodes.at(-1)!.results[0]!;
    const results = loop.results.map((v) => value(v.type, v.hint, v.layout));
    const regions = [this.#copy(loop), { ...loop, results }].map((version): Region => {
      const end = makeNode("yield", version.results, {}, [], loop.span);
      return { params: [], nodes: [version, end] };
    });
    return [...nodes, makeNode("if", [condition], {}, loop.results, loop.span, regions)];
  }

  /** The loop once more; no two loops have one label. */
  #copy(loop: Node): Node {
    const renamed = new Map<string, string>();
    for (const old of [labelOf(loop), ...labelsIn(loop.regions[0]!)]) {
      renamed.set(old, freshName(old, this.#labels));
    }
    const [copy] = cloneNodes([loop], new Map(), (node) => {
      const label = "label" in node.attrs ? renamed.get(labelOf(node)) : undefined;
      return label === undefined ? node : { ...node, attrs: { ...node.attrs, label } };
    });
    return copy!;
  }
}
