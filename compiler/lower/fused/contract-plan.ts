/** Chooses how a contraction runs: its lanes, its rows, its reduced segments. A plan is data. */

import { tensorOf, type Value } from "../../graph/ir.ts";
import type { Layout } from "../../graph/layout.ts";
import { rowMajor, strides } from "../../graph/layout.ts";
import type { Dim } from "../../ops/dim.ts";
import { addDim, equalDim, mulDim } from "../../ops/dim.ts";
import type { ContractIndex, ContractLowering } from "../../ops/lowering.ts";
import { composeAffine, identityIndex, type LinearForm, linearForm } from "./linear-form.ts";

/** The number of positions after which a partial sum is closed (rule 3 of docs/numerics.md). */
export const blockSize = 512;
/** The dtypes of contractions that run in tiles. */
export type TileElement = "f32" | "f64";
/** Columns of a packed panel, and rows of a tile: what fits V8's fifteen vector registers. */
export const panelWidth = 8;
export const tileRows: Readonly<Record<TileElement, number>> = { f32: 4, f64: 2 };

/** One operand: its place over output and reduced axes; in a panel layout, over panels too. */
export interface ContractOperand {
  readonly form: LinearForm;
  /** The axis that is split into panels, and the distance of one panel from the next. */
  readonly panel: { readonly axis: number; readonly stride: Dim } | undefined;
}

export interface ContractPlan {
  /** Of both operands and the result. */
  readonly element: TileElement;
  /** Output axes in the order of the result's loops, without `lane` and `row`. */
  readonly outer: readonly number[];
  readonly lane: number;
  readonly row: number | undefined;
  /** The reduced axes that remain after merging, outermost first. */
  readonly reduce: readonly ReduceAxis[];
  /** Read as one splat a row, unless its lanes run (depthwise convolution). */
  readonly a: ContractOperand;
  /** Read as vectors along the lane axis. */
  readonly b: ContractOperand;
  /** Which of the node's operands `a` and `b` are. */
  readonly order: readonly [number, number];
  readonly out: LinearForm;
  /** Where the first product stands in the whole reduced index. */
  readonly firstPosition: number;
}

export interface ReduceAxis {
  readonly extent: Dim;
  readonly a: Dim;
  readonly b: Dim;
  /** How far its positions are apart in the whole reduced index, in which blocks are counted. */
  readonly position: Dim;
}

/** Which positions of the whole reduced index a contraction takes: `first + Σ by × reduced axis`. */
export interface Positions {
  readonly first: number;
  readonly by: readonly Dim[];
}

/** Every position, row-major. */
export function allPositions(extents: readonly Dim[]): Positions {
  const by: Dim[] = [];
  let step: Dim = 1;
  for (let i = extents.length - 1; i >= 0; i--) {
    by[i] = step;
    step = mulDim(step, extents[i]!);
  }
  return { first: 0, by };
}

/** The plan of tiles for a contraction, or undefined where its accesses do not allow one. */
export function planContract(
  lowering: ContractLowering,
  operands: readonly [Value, Value],
  result: Value,
  positions = allPositions(lowering.reduce),
): ContractPlan | undefined {
  const element = tensorOf(operands[0]).dtype;
  if (element !== "f32" && element !== "f64") return undefined;
  const extents = [...lowering.out, ...lowering.reduce];
  const first = operandForm(lowering.a, operands[0], extents);
  const second = operandForm(lowering.b, operands[1], extents);
  const out = resultForm(lowering, result);
  if (!first || !second || !out) return undefined;
  for (const order of [
    [0, 1],
    [1, 0],
  ] as const) {
    const [a, b] = order[0] === 0 ? [first, second] : [second, first];
    const plan = planFor(lowering, element, a, b, order, out, positions);
    if (plan) return plan;
  }
  return undefined;
}

function planFor(
  lowering: ContractLowering,
  element: TileElement,
  a: ContractOperand,
  b: ContractOperand,
  order: readonly [number, number],
  out: LinearForm,
  positions: Positions,
): ContractPlan | undefined {
  const all = lowering.out.map((_, i) => i);
  const lane = all.find(
    (i) =>
      out.by[i] === 1 &&
      (b.panel ? b.panel.axis === i : b.form.by[i] === 1) &&
      !a.panel &&
      (a.form.by[i] === 0 || a.form.by[i] === 1) &&
      lowering.out[i] !== 1,
  );
  if (lane === undefined) return undefined;
  const filled = (extent: Dim): number => filling(extent, tileRows[element]);
  const rows = all.filter((i) => i !== lane && b.form.by[i] === 0 && lowering.out[i] !== 1);
  // The innermost, whose rows lie close together, unless another one fills tiles better.
  const row = rows.reduce<number | undefined>(
    (best, i) =>
      best === undefined || filled(lowering.out[i]!) * 1.3 >= filled(lowering.out[best]!)
        ? i
        : best,
    undefined,
  );
  const outer = all.filter((i) => i !== lane && i !== row);
  const reduce = mergeReduced(lowering, a.form, b.form, positions);
  // A tile's loop runs until the pointer into `b` has passed its end.
  if (reduce.some((r) => r.b === 0)) return undefined;
  const firstPosition = positions.first;
  return { element, outer, lane, row, reduce, a, b, order, out, firstPosition };
}

/** The share of a tile's rows that so many rows fill; of a size that only a run tells, there may be one. */
function filling(rows: Dim, whole: number): number {
  if (typeof rows !== "number") return 1 / whole;
  return rows >= 2 * whole ? 1 : rows / (whole * Math.ceil(rows / whole));
}

/** Merges neighbouring reduced axes through which both operands run as through one. */
function mergeReduced(
  lowering: ContractLowering,
  a: LinearForm,
  b: LinearForm,
  positions: Positions,
): ReduceAxis[] {
  const merged: ReduceAxis[] = [];
  lowering.reduce.forEach((extent, i) => {
    if (extent === 1) return;
    const axis = lowering.out.length + i;
    const next = { extent, a: a.by[axis]!, b: b.by[axis]!, position: positions.by[i]! };
    const last = merged.at(-1);
    const runs = (step: (r: ReduceAxis) => Dim): boolean =>
      last !== undefined && equalDim(step(last), mulDim(step(next), extent));
    if (last && runs((r) => r.a) && runs((r) => r.b) && runs((r) => r.position)) {
      merged[merged.length - 1] = { ...next, extent: mulDim(last.extent, extent) };
    } else merged.push(next);
  });
  return merged;
}

function operandForm(
  index: readonly ContractIndex[],
  operand: Value,
  extents: readonly Dim[],
): ContractOperand | undefined {
  const shape = tensorOf(operand).shape;
  const isRegular = index.every(
    (d, i) => d.divide === 1 && (!d.padded || staysInside(d, extents, shape[i]!)),
  );
  if (!isRegular) return undefined;
  const axes = extents.length;
  const layout = operand.layout ?? rowMajor(shape.length);
  const split = layout.find((p) => p.part === "outer");
  if (!split) return { form: linearForm(index, shape, layout, axes), panel: undefined };
  return panelForm(index, shape, layout, split.axis, axes);
}

/** Whether all positions are known, and none is outside. */
function staysInside(index: ContractIndex, extents: readonly Dim[], size: Dim): boolean {
  if (typeof index.offset !== "number" || typeof size !== "number") return false;
  let [least, most] = [index.offset, index.offset];
  for (const { axis, by } of index.terms) {
    const extent = extents[axis]!;
    if (typeof extent !== "number" || typeof by !== "number") return false;
    const reach = by * Math.max(0, extent - 1);
    least += Math.min(0, reach);
    most += Math.max(0, reach);
  }
  return least >= 0 && most < size;
}

/** A layout with one axis in panels, along which an output axis must run as it stands. */
function panelForm(
  index: readonly ContractIndex[],
  shape: readonly Dim[],
  layout: Layout,
  split: number,
  axes: number,
): ContractOperand | undefined {
  const at = index[split]!;
  const term = at.terms.find((t) => t.by === 1);
  // Other axes, such as that of groups, may step by whole panels.
  const others = at.terms.filter((t) => t !== term);
  const panels = others.map((t) => (typeof t.by === "number" ? t.by / panelWidth : 0.5));
  if (!term || at.offset !== 0 || !panels.every(Number.isInteger)) return undefined;
  const steps = strides(layout, shape);
  const by: Dim[] = Array.from({ length: axes }, () => 0);
  let stride: Dim = 0;
  let offset: Dim = 0;
  for (let i = 0; i < layout.length; i++) {
    const p = layout[i]!;
    if (p.part === "outer") stride = steps[i]!;
    else if (p.part === "inner") by[term.axis] = steps[i]!;
    else {
      const position = index[p.axis]!;
      offset = addDim(offset, mulDim(position.offset, steps[i]!));
      for (const t of position.terms) by[t.axis] = mulDim(t.by, steps[i]!);
    }
  }
  if (by[term.axis] !== 1) return undefined;
  others.forEach((t, i) => {
    by[t.axis] = addDim(by[t.axis]!, mulDim(stride, panels[i]!));
  });
  return { form: { by, offset }, panel: { axis: term.axis, stride } };
}

/** The result's place over the output axes; undefined when it is not one linear form. */
function resultForm(lowering: ContractLowering, result: Value): LinearForm | undefined {
  const shape = tensorOf(result).shape;
  const layout = result.layout ?? rowMajor(shape.length);
  if (layout.some((p) => p.part !== "whole")) return undefined;
  const identity = identityIndex(lowering.out.length);
  const index = lowering.result.map((r) => composeAffine(r, identity));
  return linearForm(index, shape, layout, lowering.out.length);
}

/** Stretches of the reduced index that one loop runs through, in order, none across a block's end. */
export interface Segment {
  readonly a: number;
  readonly b: number;
  readonly length: number;
  /** A block of 512 ends with this segment. */
  readonly closes: boolean;
}

/** The segments of a reduction of known size, or undefined when a size or a step is symbolic. */
export function segmentsOf(plan: ContractPlan): readonly Segment[] | undefined {
  const axes = plan.reduce.filter(known);
  if (axes.length < plan.reduce.length) return undefined;
  const inner = axes.at(-1);
  const outer = axes.slice(0, -1);
  if (!inner) return [{ a: 0, b: 0, length: 1, closes: true }];
  const stretches: { a: number; b: number; length: number; block: number }[] = [];
  const visit = (depth: number, a: number, b: number, position: number): void => {
    const axis = outer[depth];
    if (axis) {
      for (let i = 0; i < axis.extent; i++) {
        visit(depth + 1, a + i * axis.a, b + i * axis.b, position + i * axis.position);
      }
      return;
    }
    for (let done = 0; done < inner.extent; ) {
      const from = position + done * inner.position;
      const block = Math.floor(from / blockSize);
      const inBlock = Math.ceil(((block + 1) * blockSize - from) / inner.position);
      const length = Math.min(inner.extent - done, inBlock);
      stretches.push({ a: a + done * inner.a, b: b + done * inner.b, length, block });
      done += length;
    }
  };
  visit(0, 0, 0, plan.firstPosition);
  return stretches.map(({ a, b, length, block }, i) => ({
    a,
    b,
    length,
    closes: stretches[i + 1]?.block !== block,
  }));
}

interface KnownAxis {
  readonly extent: number;
  readonly a: number;
  readonly b: number;
  readonly position: number;
}

const known = (axis: ReduceAxis): axis is KnownAxis =>
  [axis.extent, axis.a, axis.b, axis.position].every((d) => typeof d === "number");
