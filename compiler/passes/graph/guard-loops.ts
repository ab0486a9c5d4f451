/**
 * Makes versions of a loop whose numbers would be integers if only what comes from outside were: one or two
 * for small integers, which narrow-numbers then computes with, and the loop as it is for all others.
 *
 * `loop(n) ⇒ if isIntWithin(n, limit) { loop(n) } else { loop(n) }`
 */

import { cloneWithLabels } from "../../graph/clone.ts";
import {
  boolType,
  type Func,
  f64Type,
  makeNode,
  type Node,
  type Region,
  type Value,
  value,
} from "../../graph/ir.ts";
import { forEachNode, freshName, isOfNumbers, labelsIn } from "../../graph/walk.ts";
import type { GraphPass } from "./pass.ts";
import { analyzeRanges, type Ranges } from "./ranges/analyze-ranges.ts";
import { integers, isInt } from "./ranges/range.ts";

/** Nodes of the longest loop that there may be two of. */
const mostNodes = 300;
const mostGuards = 6;
/**
 * Nodes that are looked at in all for one function, so that many loops take bounded time. Loops that are left over run
 * as they are.
 */
const mostVisits = 1_000_000;
/** Sums of two integers of the first are still of 32 bits; of the second, products are, and sums of two of those. */
const limits = [2 ** 30, 2 ** 15 - 1] as const;

interface Guard {
  readonly values: readonly Value[];
  readonly limit: number;
}

export const guardLoops: GraphPass = {
  name: "guard-loops",
  doc: "Makes a version of a loop for integers, where what comes from outside decides that.",
  run: (m) => ({ ...m, funcs: m.funcs.map(guard) }),
};

function guard(f: Func): Func {
  const loops = outerLoops(f.body).filter(isWorthwhile);
  if (loops.length === 0) return f;
  const ranges = analyzeRanges(f);
  const guards = new Map<Node, readonly Guard[]>();
  const visits = { left: mostVisits };
  for (const loop of loops) {
    const found = guardsOf(loop, ranges, visits);
    if (found.length > 0) guards.set(loop, found);
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

function nodesIn(region: Region): number {
  let nodes = 0;
  forEachNode(region, () => {
    nodes++;
  });
  return nodes;
}

/** Of numbers, not of tensors, and small. */
function isWorthwhile(loop: Node): boolean {
  let isPlain = [...loop.operands, ...loop.results].every((v) => v.type.kind !== "tensor");
  forEachNode(loop.regions[0]!, (node) => {
    isPlain &&= isOfNumbers(node);
  });
  return isPlain && nodesIn(loop.regions[0]!) <= mostNodes;
}

/** Of each limit that makes more integers of the loop's numbers than a greater one does. */
function guardsOf(loop: Node, ranges: Ranges, visits: { left: number }): readonly Guard[] {
  const candidates = outsideNumbers(loop, ranges);
  if (candidates.length === 0 || candidates.length > mostGuards) return [];
  visits.left -= limits.length * (1 + candidates.length) * nodesIn(loop.regions[0]!);
  if (visits.left < 0) return [];
  const inside = numbersIn(loop);
  const gain = (values: readonly Value[], limit: number): number => {
    const small = integers(-limit, limit);
    const then = ranges.assuming(loop, new Map(values.map((v) => [v, small] as const)));
    return inside.filter((v) => isInt(then.of(v)) && !isInt(ranges.of(v))).length;
  };
  const guards: Guard[] = [];
  let before = 0;
  for (const limit of limits) {
    const most = gain(candidates, limit);
    if (most <= before) continue;
    before = most;
    // The fewest numbers that do as much as all of them.
    let values = candidates;
    for (const v of candidates) {
      const others = values.filter((o) => o !== v);
      if (others.length > 0 && gain(others, limit) === most) values = others;
    }
    guards.push({ values, limit });
  }
  return guards;
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
  readonly #guards: ReadonlyMap<Node, readonly Guard[]>;
  readonly #labels: Set<string>;

  constructor(f: Func, guards: ReadonlyMap<Node, readonly Guard[]>) {
    this.#guards = guards;
    this.#labels = labelsIn(f.body);
  }

  region(region: Region): Region {
    const nodes = region.nodes.flatMap((node): readonly Node[] => {
      const guards = this.#guards.get(node);
      if (guards) {
        // The greatest limit is asked about last: what fits the least one gains most.
        return guards.reduce<readonly Node[]>(
          (others, guard) => this.#guarded(node, guard, others),
          [node],
        );
      }
      if (node.op !== "if") return [node];
      return [{ ...node, regions: node.regions.map((r) => this.region(r)) }];
    });
    return { params: region.params, nodes };
  }

  /** A version of the loop for the guard, and what else there is for the rest. */
  #guarded(loop: Node, { values, limit }: Guard, others: readonly Node[]): readonly Node[] {
    const { span } = loop;
    const scalar = (fn: string, operands: readonly Value[]): Node =>
      makeNode("scalar", operands, { fn }, [value(boolType)], span);
    const most = value(f64Type);
    const tests = values.map((v) => scalar("isIntWithin", [v, most]));
    for (const test of tests.slice(1)) {
      tests.push(scalar("and", [tests.at(-1)!.results[0]!, test.results[0]!]));
    }
    const condition = tests.at(-1)!.results[0]!;
    const last = others.at(-1)!;
    const results = loop.results.map((v) => value(v.type, v.hint, v.layout));
    const rest = [...others.slice(0, -1), { ...last, results }];
    const regions = [[this.#copy(loop)], rest].map((nodes): Region => {
      const end = makeNode("yield", nodes.at(-1)!.results, {}, [], span);
      return { params: [], nodes: [...nodes, end] };
    });
    const number = makeNode("number", [], { value: limit }, [most], span);
    return [number, ...tests, makeNode("if", [condition], {}, loop.results, span, regions)];
  }

  /** The loop once more; no two loops have one label. */
  #copy(loop: Node): Node {
    const [copy] = cloneWithLabels([loop], new Map(), (old) => freshName(old, this.#labels));
    return copy!;
  }
}
