/**
 * Holes of strides: splits a contraction whose index maps divide into ones that do not. Along each
 * axis that takes part in a division by s, only every s-th position (or fewer) can meet the others,
 * so positions with equal remainders form a class in which every division is exact.
 */

import { addDim, type Dim, divideDim, floorDim, mulDim } from "./dim.ts";
import type { Affine, ContractIndex, ContractLowering } from "./lowering.ts";

/** Position `first + step × p` for `p < extent`. */
export interface AxisPart {
  readonly first: number;
  readonly step: number;
  readonly extent: Dim;
}

/** A part of a contraction: of each axis some positions, and index maps over those. */
export interface ContractPart {
  readonly axes: readonly AxisPart[];
  readonly a: readonly ContractIndex[];
  readonly b: readonly ContractIndex[];
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));
const leastMultiple = (a: number, b: number): number => (a / greatestDivisor(a, b)) * b;
const remainder = (a: number, by: number): number => ((a % by) + by) % by;

/** What divisions are decided by must be a number. */
function known(d: Dim): number {
  if (typeof d !== "number") throw new Error(`the size ${d} is not known`);
  return d;
}

export function splitByResidues(lowering: ContractLowering): ContractPart[] {
  const extents = [...lowering.out, ...lowering.reduce];
  const divided = [...lowering.a, ...lowering.b].filter((index) => index.divide > 1);
  const periods = extents.map((_, axis) => periodOf(axis, divided));
  const outputs = lowering.out.length;
  return choices(periods.slice(0, outputs)).map((residues) => {
    const axes = extents.map((extent, axis): AxisPart => {
      const step = periods[axis]!;
      const isOutput = axis < outputs;
      const first = isOutput ? residues[axis]! : meeting(axis, step, divided, residues);
      if (first === undefined) return { first: 0, step, extent: 0 };
      // ⌈(extent − first) / step⌉, which is not negative because first < step.
      return { first, step, extent: floorDim(addDim(extent, step - 1 - first), step) };
    });
    const substitute = (index: ContractIndex): ContractIndex => substituteParts(index, axes);
    return closed({ axes, a: lowering.a.map(substitute), b: lowering.b.map(substitute) }, outputs);
  });
}

/** After how many positions along `axis` all remainders come again. */
const periodOf = (axis: number, divided: readonly ContractIndex[]): number =>
  divided.reduce((period, index) => {
    const by = coefficientOf(index, axis);
    return by === 0
      ? period
      : leastMultiple(period, index.divide / greatestDivisor(index.divide, Math.abs(by)));
  }, 1);

const coefficientOf = (index: Affine, axis: number): number =>
  index.terms.reduce((sum, t) => (t.axis === axis ? sum + known(t.by) : sum), 0);

function choices(counts: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const count of counts) {
    all = all.flatMap((chosen) => Array.from({ length: count }, (_, i) => [...chosen, i]));
  }
  return all;
}

/**
 * The first position along a reduced axis at which every division that it takes part in is exact,
 * where the outputs have these remainders. A division may involve one reduced axis only.
 */
function meeting(
  axis: number,
  period: number,
  divided: readonly ContractIndex[],
  residues: readonly number[],
): number | undefined {
  const own = divided.filter((index) => coefficientOf(index, axis) !== 0);
  for (const index of own) {
    if (index.terms.some((t) => t.axis !== axis && t.axis >= residues.length))
      throw new Error("a division over two reduced axes has no plan");
  }
  for (let position = 0; position < period; position++) {
    const isExact = own.every((index) => {
      const others = index.terms.filter((t) => t.axis < residues.length);
      const start = others.reduce(
        (sum, t) => sum + known(t.by) * residues[t.axis]!,
        known(index.offset),
      );
      return remainder(start + coefficientOf(index, axis) * position, index.divide) === 0;
    });
    if (isExact) return position;
  }
  return undefined;
}

/** The index over parts of axes; its division is carried out in its coefficients. */
function substituteParts(index: ContractIndex, axes: readonly AxisPart[]): ContractIndex {
  let { offset } = index;
  const terms = index.terms.map(({ axis, by }) => {
    const { first, step } = axes[axis]!;
    offset = addDim(offset, mulDim(by, first));
    return { axis, by: quotientOf(mulDim(by, step), index.divide) };
  });
  return { ...index, terms, offset: quotientOf(offset, index.divide) };
}

/** A fraction where numbers do not divide: `closed` finds those. */
function quotientOf(d: Dim, by: number): Dim {
  if (typeof d === "number") return d / by;
  const quotient = divideDim(d, by);
  if (quotient === undefined) throw new Error(`the size ${d} is not divisible by ${by}`);
  return quotient;
}

/** Where a division stays inexact (it involves no reduced axis), nothing contributes to the class. */
function closed(part: ContractPart, outputs: number): ContractPart {
  const isExact = [...part.a, ...part.b].every(
    ({ offset }) => typeof offset !== "number" || Number.isInteger(offset),
  );
  if (isExact) return part;
  const axes = part.axes.map((axis, i) => (i < outputs ? axis : { ...axis, extent: 0 }));
  const whole = (index: ContractIndex): ContractIndex => ({ ...index, offset: 0 });
  return { axes, a: part.a.map(whole), b: part.b.map(whole) };
}
