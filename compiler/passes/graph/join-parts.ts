/**
 * Tensors that are put together along an axis are computed where they belong in the whole, instead of being
 * copied there: each part gets the layout of the whole, with that axis as long as it is there, and a `join`
 * node says that they lie in one buffer. Only contractions can leave their results so.
 */

import {
  type Func,
  makeNode,
  type Node,
  type Region,
  tensorOf,
  type Value,
  value,
} from "../../graph/ir.ts";
import { equalLayout, type Layout, rowMajor } from "../../graph/layout.ts";
import { loweringOf } from "../../graph/lowering-of.ts";
import { readersIn } from "../../graph/walk.ts";
import { planContract } from "../../lower/fused/contract-plan.ts";
import { frameOf } from "../../lower/fused/kernel.ts";
import { equalShape } from "../../ops/dim.ts";
import type { GraphPass } from "./pass.ts";

export const joinParts: GraphPass = {
  name: "join-parts",
  doc: "Computes what is put together along an axis where it belongs in the whole.",
  run: (m) => ({ ...m, funcs: m.funcs.map(joinAll) }),
};

function joinAll(func: Func): Func {
  const readers = readersIn(func.body);
  return { ...func, body: joinIn(func.body, readers) };
}

type Readers = ReadonlyMap<Value, readonly Node[]>;

function joinIn({ params, nodes }: Region, readers: Readers): Region {
  const makers = new Map(nodes.flatMap((n) => n.results.map((v) => [v, n] as const)));
  const became = new Map<Node, Node>();
  for (const node of nodes) {
    const axis = joinedAxis(node);
    if (axis === undefined) continue;
    const parts = node.operands.map((v) => {
      const maker = makers.get(v);
      const isOwn = readers.get(v)?.length === 1;
      return maker && isOwn ? partOf(maker, node.results[0]!, axis) : undefined;
    });
    if (!parts.every((p) => p !== undefined)) continue;
    node.operands.forEach((v, i) => became.set(makers.get(v)!, parts[i]!));
    const made = parts.map((p) => p.results[0]!);
    became.set(node, makeNode("join", made, { axis }, node.results, node.span));
  }
  const next = nodes.map((node) => {
    const other = became.get(node);
    if (other) return other;
    if (node.op === "kernel") return node;
    return { ...node, regions: node.regions.map((r) => joinIn(r, readers)) };
  });
  return { params, nodes: next };
}

/** The axis of a kernel that only puts tensors of known extents together. */
function joinedAxis(kernel: Node): number | undefined {
  if (kernel.op !== "kernel") return undefined;
  const { params, nodes } = kernel.regions[0]!;
  const [cat] = nodes;
  if (nodes.length !== 2 || cat?.op !== "cat") return undefined;
  const isPlain = cat.operands.every((v, i) => v === params[i]);
  const axis = Number(cat.attrs.axis);
  const isKnown = cat.operands.every((v) => Number(tensorOf(v).shape[axis]) > 0);
  return isPlain && isKnown && cat.operands.length > 1 ? axis : undefined;
}

/** The kernel that leaves its result as a part of `whole`; undefined where it cannot. */
function partOf(maker: Node, whole: Value, axis: number): Node | undefined {
  const [result] = maker.results;
  if (maker.op !== "kernel" || !result || !equalLayout(result.layout, whole.layout))
    return undefined;
  const { shape } = tensorOf(whole);
  const layout = (whole.layout ?? rowMajor(shape.length)).map((p) =>
    p.axis === axis && p.part === "whole" ? { ...p, pad: Number(shape[axis]) } : p,
  );
  if (layout.some((p) => p.part !== "whole")) return undefined;
  const region = placedRegion(maker.regions[0]!, result, layout);
  if (!isTiled(region)) return undefined;
  return { ...maker, results: [placed(result, layout)], regions: [region] };
}

const placed = (v: Value, layout: Layout): Value => value(v.type, v.hint, layout);

/** The region with all that lies as its result does in the new layout. */
function placedRegion({ params, nodes }: Region, result: Value, layout: Layout): Region {
  const became = new Map<Value, Value>();
  const moved = (v: Value): Value => {
    const isAlike =
      v.type.kind === "tensor" &&
      equalLayout(v.layout, result.layout) &&
      equalShape(v.type.shape, tensorOf(result).shape);
    if (!isAlike) return v;
    const other = placed(v, layout);
    became.set(v, other);
    return other;
  };
  const next = nodes.map((node) => ({
    ...node,
    operands: node.operands.map((v) => became.get(v) ?? v),
    results: node.results.map(moved),
  }));
  return { params, nodes: next };
}

/** Whether tiles write the result, each element by itself and nothing around them. */
function isTiled({ nodes }: Region): boolean {
  const maker = nodes.at(-2);
  const contractions = nodes.flatMap((node) => {
    const lowering = loweringOf(node);
    return lowering?.kind === "contract" ? [{ node, lowering }] : [];
  });
  const [only] = contractions;
  if (!only || contractions.length > 1 || !maker || frameOf(maker)) return false;
  const [a, b] = only.node.operands;
  return planContract(only.lowering, [a!, b!], only.node.results[0]!) !== undefined;
}
