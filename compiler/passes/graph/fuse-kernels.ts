/**
 * Gathers operators into kernels, each of which becomes one loop nest: chains of element-wise and
 * movement operators, with at most one anchor (a contraction, reduction, window …) among them. What
 * stands before the anchor is its prologue, what stands after it its epilogue.
 */

import type { Func, Module, Node, Region, Value } from "../../graph/ir.ts";
import { makeNode, tensorOf, value } from "../../graph/ir.ts";
import { equalLayout } from "../../graph/layout.ts";
import { loweringOf } from "../../graph/lowering-of.ts";
import { stepExpression } from "../../graph/step-expression.ts";
import { readersIn } from "../../graph/walk.ts";
import { acceptsEpilogue } from "../../lower/fused/build-kernel.ts";
import { frameOf } from "../../lower/fused/kernel.ts";
import { type Dim, equalDim, equalShape, product } from "../../ops/dim.ts";
import { childrenOf, type Expr } from "../../ops/expr.ts";
import { inputsOf } from "../../ops/expr-key.ts";
import { stepsOf } from "../../ops/expr-steps.ts";
import { mostConstants, mostInputs, mostSteps } from "../../ops/program-format.ts";
import { isFloat } from "../../ops/types.ts";
import type { GraphPass } from "./pass.ts";

export const fuseKernels: GraphPass = {
  name: "fuse-kernels",
  doc: "Makes loop nests of operators: one pass over memory instead of one for each.",
  run: (m) => ({ ...m, funcs: m.funcs.map((f) => new Fusion(m, f, "nests").run()) }),
};

/** What runs in the place of `fuse-kernels` when fusion is switched off. */
export const wrapKernels: GraphPass = {
  name: "wrap-kernels",
  doc: "Makes a kernel of every operator by itself.",
  run: (m) => ({ ...m, funcs: m.funcs.map((f) => new Fusion(m, f, "nothing").run()) }),
};

/** The fusion of packages, whose interpreter runs groups of element-wise operators in steps. */
export const fuseMaps: GraphPass = {
  name: "fuse-maps",
  doc: "Gathers element-wise operators, so that what lies between them stays in the cache.",
  run: (m) => ({ ...m, funcs: m.funcs.map((f) => new Fusion(m, f, "maps").run()) }),
};

/** What may become one kernel: anything that is one loop nest, element-wise operators only, nothing. */
type Merged = "nests" | "maps" | "nothing";

/** How a node takes part: `move` reads one element for one, `view` only renames memory. */
type Role = "map" | "move" | "anchor" | "view" | "outside";

function roleOf(node: Node): Role {
  if (node.op === "layout") return "move";
  if (node.op === "reshape") return "view";
  const lowering = loweringOf(node);
  if (!lowering) return "outside";
  if (lowering.kind === "map") return "map";
  if (lowering.kind !== "move" || lowering.form === "reshape") return "anchor";
  if (lowering.pieces.length === 0) return "map";
  return lowering.pieces.length === 1 && lowering.fill === undefined ? "move" : "anchor";
}

/** Nodes that will become one kernel, in order; the last one makes its result. */
interface Group {
  nodes: readonly Node[];
  anchor: Node | undefined;
}

const isGroup = (item: Node | Group): item is Group => "anchor" in item;
const resultOf = (g: Group): Value => g.nodes.at(-1)!.results[0]!;

function remove(order: (Node | Group)[], group: Group): boolean {
  const at = order.indexOf(group);
  if (at >= 0) order.splice(at, 1);
  return at >= 0;
}

class Fusion {
  private readonly func: Func;
  private readonly merged: Merged;
  private readonly readers: ReadonlyMap<Value, readonly Node[]>;
  /** Nodes that a group has a copy of: another may have them, too. */
  private readonly copied = new Set<Node>();
  /** Where nodes stand: those of a group keep this order, also where some are copies. */
  private readonly places = new Map<Node, number>();
  /** Constants of one element: they become immediates of the kernels that read them. */
  private readonly immediates = new Map<Value, number>();

  constructor(m: Module, func: Func, merged: Merged) {
    this.func = func;
    this.merged = merged;
    this.readers = readersIn(func.body);
    this.note(m, func.body);
  }

  run(): Func {
    return { ...this.func, body: this.region(this.func.body) };
  }

  private note(m: Module, region: Region): void {
    for (const node of region.nodes) {
      this.places.set(node, this.places.size);
      // Packages keep constants: whoever reads their weights looks for all of them.
      const isRead = node.op === "const" && this.merged !== "maps";
      const constant = isRead ? m.constants.get(String(node.attrs.name)) : undefined;
      if (constant && constant.data.length === 1 && constant.type.shape.length === 0) {
        this.immediates.set(node.results[0]!, Number(constant.data[0]));
      }
      for (const inner of node.regions) this.note(m, inner);
    }
  }

  private region(region: Region): Region {
    const order: (Node | Group)[] = [];
    const groupOf = new Map<Value, Group>();
    for (const node of region.nodes) {
      const role = roleOf(node);
      const isOwn = this.merged === "maps" && stepExpression(node) === undefined;
      if (isOwn || role === "outside" || role === "view") {
        order.push({ ...node, regions: node.regions.map((r) => this.region(r)) });
        continue;
      }
      const group: Group = { nodes: [node], anchor: role === "anchor" ? node : undefined };
      if (this.merged !== "nothing") this.absorb(group, groupOf, order);
      groupOf.set(node.results[0]!, group);
      order.push(group);
    }
    const isAlone = (g: Group): boolean => this.merged === "maps" && g.nodes.length === 1;
    const nodes = order.map((item) => {
      if (!isGroup(item)) return item;
      return isAlone(item) ? item.nodes[0]! : this.emit(item);
    });
    return { params: region.params, nodes };
  }

  /** Takes in the groups whose results only this one reads, as long as one loop nest can do it all. */
  private absorb(group: Group, groupOf: Map<Value, Group>, order: (Node | Group)[]): void {
    for (let changed = true; changed; ) {
      changed = false;
      let inside: ReadonlySet<Node> = new Set(group.nodes);
      for (const v of new Set(group.nodes.flatMap((n) => n.operands))) {
        const producer = groupOf.get(v);
        if (!producer || producer === group || resultOf(producer) !== v) continue;
        const own = this.isOwn(v, inside, order);
        // Groups are taken in whole: with the node that makes `v` came all others.
        if (inside.has(producer.nodes.at(-1)!)) {
          // A copy serves all readers: what it was copied from reads nothing any more.
          if (own && remove(order, producer)) changed = true;
          continue;
        }
        if (!own && !isFree(producer) && !this.isCheap(producer, v)) continue;
        const joined = this.join(producer, group, v);
        if (!joined) continue;
        group.nodes = joined.nodes;
        group.anchor = joined.anchor;
        inside = new Set(group.nodes);
        if (own) remove(order, producer);
        else for (const n of producer.nodes) this.copied.add(n);
        changed = true;
      }
    }
  }

  /** Whether all that reads `v` is in the group, and nowhere else. */
  private isOwn(v: Value, inside: ReadonlySet<Node>, order: readonly (Node | Group)[]): boolean {
    const stands = (n: Node): boolean =>
      this.copied.has(n) && order.some((item) => isGroup(item) && item.nodes.includes(n));
    return this.readers.get(v)?.every((n) => inside.has(n) && !stands(n)) ?? false;
  }

  /**
   * One operation on a tensor that lies in memory, read only where it can be computed: each reader reads that
   * tensor instead of its result, which is never written. So of `x − mean` in a normalisation.
   */
  private isCheap(producer: Group, v: Value): boolean {
    const [node] = producer.nodes;
    if (producer.anchor || !node || producer.nodes.length !== 1) return false;
    const lowering = loweringOf(node);
    if (lowering?.kind !== "map" || !isOneStep(lowering.expr)) return false;
    const whole = node.operands.filter((o) => equalShape(tensorOf(o).shape, tensorOf(v).shape));
    if (whole.length !== 1 || tensorOf(whole[0]!).dtype !== tensorOf(v).dtype) return false;
    const readers = this.readers.get(v) ?? [];
    return readers.every((n) => {
      const role = roleOf(n);
      const computes = role === "map" || (role === "anchor" && loweringOf(n)?.kind === "reduce");
      return computes && takesInput(n, producer, v);
    });
  }

  private join(producer: Group, group: Group, v: Value): Group | undefined {
    const readers = group.nodes.filter((n) => n.operands.includes(v));
    const isFrame = producer.anchor !== undefined && fitsFrame(producer, group);
    const fits = producer.anchor
      ? isFrame || (group.anchor === undefined && fitsEpilogue(producer.anchor, group, v))
      : readers.every((n) => takesInput(n, producer, v));
    if (!fits) return undefined;
    const nodes = [...new Set([...producer.nodes, ...group.nodes])];
    const joined: Group = {
      nodes: nodes.toSorted((a, b) => this.places.get(a)! - this.places.get(b)!),
      anchor: producer.anchor ?? group.anchor,
    };
    if (this.merged === "maps") return fitsSteps(joined.nodes) ? joined : undefined;
    const region = this.emit(joined).regions[0]!;
    return acceptsEpilogue(region) ? joined : undefined;
  }

  /** One kernel node, reading what its nodes read from outside. */
  private emit(group: Group): Node {
    const params = new Map<Value, Value>();
    const results = new Map<Value, Value>();
    const fills = new Map<Value, Value>();
    const nodes: Node[] = [];
    const inside = (v: Value, fromMemory: boolean): Value => {
      const immediate = fromMemory ? undefined : this.immediates.get(v);
      const known = immediate === undefined ? (results.get(v) ?? params.get(v)) : fills.get(v);
      if (known) return known;
      const fresh = value(v.type, undefined, v.layout);
      if (immediate === undefined) params.set(v, fresh);
      else {
        const attrs = { dtype: tensorOf(v).dtype, shape: [], value: immediate };
        nodes.push(makeNode("full", [], attrs, [fresh]));
        fills.set(v, fresh);
      }
      return fresh;
    };
    for (const node of group.nodes) {
      const operands = node.operands.map((v) => inside(v, readsMemory(node, v)));
      const made = node.results.map((v) => {
        const fresh = value(v.type, v.hint, v.layout);
        results.set(v, fresh);
        return fresh;
      });
      nodes.push({ ...node, operands, results: made });
    }
    const last = group.nodes.at(-1)!;
    nodes.push(makeNode("yield", [results.get(resultOf(group))!], {}, []));
    const region: Region = { params: [...params.values()], nodes };
    return makeNode("kernel", [...params.keys()], {}, last.results, last.span, [region]);
  }
}

/** More operators would compute more at once than lies in the first-level cache. */
const mostOperators = 24;

/** Whether the operators' steps keep to the limits of packages. */
function fitsSteps(nodes: readonly Node[]): boolean {
  if (nodes.length > mostOperators) return false;
  const inside = new Set(nodes.flatMap((n) => n.results));
  const outside = new Set(nodes.flatMap((n) => n.operands).filter((v) => !inside.has(v)));
  const expressions = nodes.map(stepExpression).filter((e) => e !== undefined);
  const positions = expressions.reduce((n, e) => n + inputsOf(e).axes.length, 0);
  if (outside.size + positions > mostInputs) return false;
  const sizes = expressions.map(stepsOf);
  const sum = (name: "steps" | "constants"): number => sizes.reduce((n, s) => n + s[name], 0);
  return sum("steps") < mostSteps && sum("constants") <= mostConstants;
}

/** Whether a node's operand must lie in memory: few anchors compute theirs. */
function readsMemory(node: Node, v: Value): boolean {
  if (roleOf(node) !== "anchor") return false;
  const kind = loweringOf(node)?.kind;
  if (kind === "scatter") return node.operands[1] === v;
  return kind !== "reduce" && kind !== "scan" && kind !== "sort" && kind !== "move";
}

/** A fill: computing it where it is read costs nothing, so it may be copied into many readers. */
const isFree = (g: Group): boolean =>
  g.anchor === undefined && g.nodes.length === 1 && g.nodes[0]!.operands.length === 0;

/** An addition, a product or the like of two operands, which no reader notices. */
const isOneStep = (e: Expr): boolean =>
  ["add", "sub", "mul"].includes(e.op) && childrenOf(e).every((child) => child.op === "arg");

/** Whether a node can compute its operand `v` instead of reading it, without doing work twice. */
function takesInput(node: Node, producer: Group, v: Value): boolean {
  if (readsMemory(node, v)) return false;
  if (roleOf(node) === "anchor" || producer.nodes.every((n) => roleOf(n) === "move")) return true;
  if (isFree(producer)) return true;
  return !isLarger(product(tensorOf(node.results[0]!).shape), product(tensorOf(v).shape));
}

const isLarger = (a: Dim, b: Dim): boolean =>
  !(equalDim(a, b) || (typeof a === "number" && typeof b === "number" && a < b));

/** Two tiles of rows. */
const smallWidth = 8;

/**
 * Whether `group` is padding alone, inside of which the producer's contraction can put its result. What
 * follows does not fuse: a frame is the last node of its kernel.
 */
function fitsFrame({ anchor, nodes }: Group, group: Group): boolean {
  const [pad] = group.nodes;
  const last = nodes.at(-1);
  if (!anchor || !pad || !last || group.nodes.length !== 1 || !frameOf(pad)) return false;
  if (loweringOf(anchor)?.kind !== "contract" || (last !== anchor && frameOf(last))) return false;
  const [inside, result] = [last.results[0]!, pad.results[0]!];
  const { dtype, shape } = tensorOf(inside);
  if (typeof pad.attrs.value !== "number" || !isFloat(dtype)) return false;
  // A frame parts the rows of a small image, which whole fill their tiles better: copying it costs less.
  const width = shape.at(-1);
  if (typeof width === "number" && width < smallWidth) return false;
  return equalLayout(inside.layout, result.layout);
}

/**
 * Whether all of `group` can be computed element by element where the anchor's result is stored. It
 * reads `joint`: that result, or what the producer's own epilogue made of it.
 */
function fitsEpilogue(anchor: Node, group: Group, joint: Value): boolean {
  const made = anchor.results[0]!;
  const kind = loweringOf(anchor)?.kind;
  // Its elements change until the last one is put.
  if (kind === "scatter") return false;
  if (kind === "move") {
    const [only] = group.nodes;
    const split = only?.results[0]?.layout?.some((p) => p.part !== "whole") ?? false;
    return group.nodes.length === 1 && only?.op === "layout" && !split;
  }
  const { shape, dtype: summed } = tensorOf(made);
  const depends = new Set<Value>([made, joint]);
  for (const node of group.nodes) {
    if (!node.operands.some((v) => depends.has(v))) continue;
    const result = node.results[0]!;
    depends.add(result);
    const { dtype, shape: own } = tensorOf(result);
    if (roleOf(node) !== "map" || !equalShape(own, shape)) return false;
    if (!equalLayout(result.layout, made.layout)) return false;
    // Partial sums of long contractions wait in the result's own memory.
    const fits = isFloat(summed) ? dtype === summed : dtype === "f32";
    if (kind === "contract" && !fits && result === resultOf(group)) return false;
  }
  return true;
}
