/**
 * Makes a version of a loop for as long as numbers that it carries stay small integers, where it computes
 * remainders, bits or places in lists of them. Their growth is tested at the end of each round; with the
 * first that does not fit, the loop as it is goes on from there.
 *
 * `loop(x) { …; continue y } ⇒ loop(x) { …; if isIntWithin(y) { } else { break y }; continue y }; loop(y) { … }`
 */

import { cloneNodes } from "../../graph/clone.ts";
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
import { forEachNode, freshName, isOfNumbers, labelOf, labelsIn } from "../../graph/walk.ts";
import type { GraphPass } from "./pass.ts";
import { analyzeRanges, type Ranges } from "./ranges/analyze-ranges.ts";
import { isInt } from "./ranges/range.ts";

/** Products by up to 7 are still of 32 bits. */
const limit = 2 ** 28;
/** Nodes of the longest loop that there may be two of. */
const mostNodes = 80;

export const speculateLoops: GraphPass = {
  name: "speculate-loops",
  doc: "Makes a version of a loop for as long as what it carries stays small integers.",
  run: (m) => ({ ...m, funcs: m.funcs.map(speculate) }),
};

function speculate(f: Func): Func {
  const loops = loopsIn(f.body, new Map());
  if (loops.length === 0) return f;
  const ranges = analyzeRanges(f);
  const carried = new Map<Node, readonly Value[]>();
  for (const loop of loops) {
    const values = wantedOf(loop, ranges);
    if (values.length > 0) carried.set(loop, values);
  }
  return carried.size === 0 ? f : { ...f, body: new Speculation(f, carried).region(f.body) };
}

/** Not those of versions for what is no small integer: these are as they were. */
function loopsIn(region: Region, makers: Map<Value, Node>): readonly Node[] {
  return region.nodes.flatMap((node): readonly Node[] => {
    for (const v of node.results) makers.set(v, node);
    if (node.op === "kernel") return [];
    if (node.op === "loop" && isPlain(node)) return [node];
    const isGuarded = node.op === "if" && isGuard(node.operands[0]!, makers);
    const regions = isGuarded ? node.regions.slice(0, 1) : node.regions;
    return regions.flatMap((r) => loopsIn(r, makers));
  });
}

function isGuard(condition: Value, makers: ReadonlyMap<Value, Node>): boolean {
  const node = makers.get(condition);
  if (node?.attrs.fn === "and") return isGuard(node.operands[0]!, makers);
  return node?.attrs.fn === "isIntWithin";
}

/** A small loop without loops inside, of numbers and conditions alone. */
function isPlain(loop: Node): boolean {
  let nodes = 0;
  let isFit = true;
  forEachNode(loop.regions[0]!, (node) => {
    nodes++;
    isFit &&= node.op !== "loop" && isOfNumbers(node);
  });
  const values = [...loop.operands, ...loop.results];
  return (
    isFit &&
    nodes <= mostNodes &&
    values.every((v) => v.type.kind === "f64" || v.type.kind === "bool")
  );
}

const exact = /^(rem|bit|sh)/;
const places: ReadonlySet<string> = new Set(["list.get", "list.set"]);

/** What the loop carries that is no integer for all that is known, and would better be one. */
function wantedOf(loop: Node, ranges: Ranges): readonly Value[] {
  const makers = new Map<Value, Node>();
  const wanted = new Set<Value>();
  const want = (v: Value): void => {
    if (wanted.has(v) || isInt(ranges.of(v))) return;
    wanted.add(v);
    const node = makers.get(v);
    if (node?.op === "scalar" && /^(add|sub|mul)$/.test(String(node.attrs.fn)))
      node.operands.forEach(want);
  };
  forEachNode(loop.regions[0]!, (node) => {
    for (const v of node.results) makers.set(v, node);
    if (node.op === "scalar" && exact.test(String(node.attrs.fn))) node.operands.forEach(want);
    if (places.has(node.op)) want(node.operands[1]!);
  });
  return loop.regions[0]!.params.filter((p) => p.type.kind === "f64" && wanted.has(p));
}

class Speculation {
  readonly #carried: ReadonlyMap<Node, readonly Value[]>;
  readonly #labels: Set<string>;

  constructor(f: Func, carried: ReadonlyMap<Node, readonly Value[]>) {
    this.#carried = carried;
    this.#labels = labelsIn(f.body);
  }

  region(region: Region): Region {
    const nodes = region.nodes.flatMap((node): readonly Node[] => {
      const values = this.#carried.get(node);
      if (values) return this.#twoLoops(node, values);
      if (node.op === "kernel") return [node];
      return [{ ...node, regions: node.regions.map((r) => this.region(r)) }];
    });
    return { params: region.params, nodes };
  }

  #twoLoops(loop: Node, values: readonly Value[]): readonly Node[] {
    const { span } = loop;
    const nodes: Node[] = [];
    const { params } = loop.regions[0]!;
    const places = values.map((v) => params.indexOf(v));
    const done = value(boolType);
    const like = (v: Value): Value => value(v.type, v.hint);
    const [results, rest] = [loop.results.map(like), params.map(like)];

    // The first loop is entered with what fits, and left with its results or with what no longer does.
    const first = this.#firstLoop(loop, places);
    const entered: Region = {
      params: [],
      nodes: [first, makeNode("yield", first.results, {}, [], span)],
    };
    const skipped = new Writer(span);
    skipped.end("yield", {}, [
      skipped.boolean(false),
      ...results.map((v) => skipped.zero(v)),
      ...loop.operands,
    ]);
    const head = new Writer(span);
    const fits = head.fits(places.map((at) => loop.operands[at]!));
    nodes.push(...head.nodes);
    nodes.push(
      makeNode("if", [fits], {}, [done, ...results, ...rest], span, [
        entered,
        { params: [], nodes: skipped.nodes },
      ]),
    );

    const again = { ...loop, operands: rest, results: loop.results.map(like) };
    const finished: Region = { params: [], nodes: [makeNode("yield", results, {}, [], span)] };
    const resumed: Region = {
      params: [],
      nodes: [again, makeNode("yield", again.results, {}, [], span)],
    };
    nodes.push(makeNode("if", [done], {}, loop.results, span, [finished, resumed]));
    return nodes;
  }

  /** Gives whether it came to its end, its results, and what it carried when it did not. */
  #firstLoop(loop: Node, places: readonly number[]): Node {
    const label = labelOf(loop);
    const own = freshName(label, this.#labels);
    const [copy] = cloneNodes([loop], new Map(), (node) => node);
    const like = (v: Value): Value => value(v.type, v.hint);
    const body = copy!.regions[0]!;
    const leave = (node: Node): readonly Node[] => {
      const w = new Writer(node.span);
      const mine = "label" in node.attrs && labelOf(node) === label;
      if (node.op === "break" && mine) {
        const zeros = body.params.map((p) => w.zero(p));
        w.end("break", { label: own }, [w.boolean(true), ...node.operands, ...zeros]);
        return w.nodes;
      }
      if (node.op === "continue" && mine) {
        const fits = w.fits(places.map((at) => node.operands[at]!));
        const out = new Writer(node.span);
        const zeros = loop.results.map((v) => out.zero(v));
        out.end("break", { label: own }, [out.boolean(false), ...zeros, ...node.operands]);
        const on = new Writer(node.span);
        on.end("yield", {}, []);
        const regions = [on, out].map(({ nodes }): Region => ({ params: [], nodes }));
        w.nodes.push(makeNode("if", [fits], {}, [], node.span, regions));
        w.end("continue", { label: own }, node.operands);
        return w.nodes;
      }
      const regions = node.regions.map((r) => ({ ...r, nodes: r.nodes.flatMap(leave) }));
      return [{ ...node, regions }];
    };
    const results = [value(boolType), ...loop.results.map(like), ...body.params.map(like)];
    const regions = [{ params: body.params, nodes: body.nodes.flatMap(leave) }];
    return { ...copy!, attrs: { label: own }, results, regions };
  }
}

/** Nodes one after the other. */
class Writer {
  readonly nodes: Node[] = [];
  readonly #span: Node["span"];

  constructor(span: Node["span"]) {
    this.#span = span;
  }

  end(op: string, attrs: Node["attrs"], operands: readonly Value[]): void {
    this.nodes.push(makeNode(op, operands, attrs, [], this.#span));
  }

  boolean(known: boolean): Value {
    return this.#one(makeNode("boolean", [], { value: known }, [value(boolType)], this.#span));
  }

  /** What nothing reads. */
  zero(like: Value): Value {
    if (like.type.kind === "bool") return this.boolean(false);
    return this.#number(0);
  }

  /** Whether all are integers and small. */
  fits(values: readonly Value[]): Value {
    const most = this.#number(limit);
    const scalar = (fn: string, operands: readonly Value[]): Value =>
      this.#one(makeNode("scalar", operands, { fn }, [value(boolType)], this.#span));
    return values
      .map((v) => scalar("isIntWithin", [v, most]))
      .reduce((a, b) => scalar("and", [a, b]));
  }

  #number(x: number): Value {
    return this.#one(makeNode("number", [], { value: x }, [value(f64Type)], this.#span));
  }

  #one(node: Node): Value {
    this.nodes.push(node);
    return node.results[0]!;
  }
}
