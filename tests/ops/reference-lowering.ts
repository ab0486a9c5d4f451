/**
 * The oracle: carries out any lowering element by element, as docs/numerics.md says it in rules 1, 3
 * and 4. Slow and literal on purpose; kernels and compiled code must give these bits.
 */

import { evaluateExpr } from "#glim/compiler/ops/evaluate-expr.js";
import type { Expr } from "#glim/compiler/ops/expr.js";
import type {
  ContractIndex,
  ContractLowering,
  IndexLowering,
  MapLowering,
  MoveLowering,
  ReduceLowering,
  ScanLowering,
  ScatterLowering,
  SortLowering,
  WindowLowering,
} from "#glim/compiler/ops/lowering.js";
import type { Attrs, Op } from "#glim/compiler/ops/op.js";
import type { DType, TensorType } from "#glim/compiler/ops/types.js";
import {
  Elements,
  evaluateAffine,
  known,
  lengthOf,
  newData,
  positions,
  sizesOf,
  type TypedArray,
} from "./reference-elements.ts";

export { newData, positions, type TypedArray } from "./reference-elements.ts";

/** Positions added up one after another before a block's sum is put aside. */
const contractBlock = 512;
const reduceBlock = 4096;

/** `a + b` and `a × b` in the dtype of a result: one rounding, or wrapped around. */
function plus(dtype: DType, a: number, b: number): number {
  if (dtype === "f64") return a + b;
  return dtype === "f32" ? Math.fround(a + b) : (a + b) | 0;
}
function times(dtype: DType, a: number, b: number): number {
  if (dtype === "f64") return a * b;
  return dtype === "f32" ? Math.fround(a * b) : Math.imul(a, b);
}

/** What `max` and `min` of nothing are. */
const extremes: Readonly<Record<DType, readonly [least: number, greatest: number]>> = {
  f32: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  f64: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u8: [0, 255],
  i8: [-128, 127],
  bool: [0, 1],
};

/** The value of an expression as an array stores it; elements go in as an expression sees them. */
function evaluate(
  e: Expr,
  args: readonly number[],
  dtypes: readonly DType[],
  at: readonly number[],
): number {
  const values = args.map((v, i) => (dtypes[i] === "bool" ? v !== 0 : v));
  return Number(evaluateExpr(e, values, at));
}

function runMap({ expr }: MapLowering, operands: readonly Elements[], out: Elements): void {
  const dtypes = operands.map((x) => x.dtype);
  for (const at of positions(out.sizes)) {
    const args = operands.map((x) => {
      const own = at.slice(at.length - x.sizes.length);
      return x.get(own.map((p, i) => (x.sizes[i] === 1 ? 0 : p)));
    });
    out.set(at, evaluate(expr, args, dtypes, at));
  }
}

/** The sum or product of one block: `lanes` partials, combined in the fixed order. */
function reduceOneBlock(
  values: readonly number[],
  lanes: 1 | 16,
  start: number,
  combine: (a: number, b: number) => number,
): number {
  const partials = Array.from({ length: lanes }, () => start);
  values.forEach((v, r) => {
    partials[r % lanes] = combine(partials[r % lanes]!, v);
  });
  if (lanes === 1) return partials[0]!;
  const lane = (l: number): number => {
    const [v0, v1, v2, v3] = [0, 4, 8, 12].map((v) => partials[v + l]!);
    return combine(combine(v0!, v1!), combine(v2!, v3!));
  };
  return combine(combine(lane(0), lane(2)), combine(lane(1), lane(3)));
}

function reduceInBlocks(values: readonly number[], lowering: ReduceLowering, dtype: DType): number {
  const isProduct = lowering.combine === "prod";
  const start = isProduct ? 1 : lowering.combine === "sumBack" && dtype !== "i32" ? -0 : 0;
  const combine = (a: number, b: number): number =>
    isProduct ? times(dtype, a, b) : plus(dtype, a, b);
  let result = start;
  for (let from = 0; from < values.length; from += reduceBlock) {
    const block = values.slice(from, from + reduceBlock);
    const sum = reduceOneBlock(block, lowering.lanes, start, combine);
    result = from === 0 ? sum : combine(result, sum);
  }
  return result;
}

/** The first position of the greatest value, NaN being greatest and −0 equal to +0; 0 for none. */
function firstGreatest(
  values: readonly number[],
  isLess: (a: number, b: number) => boolean,
): number {
  let best = 0;
  values.forEach((v, r) => {
    const current = values[best]!;
    if (isLess(current, v) || (Number.isNaN(v) && !Number.isNaN(current))) best = r;
  });
  return best;
}

function reduceValues(values: readonly number[], lowering: ReduceLowering, dtype: DType): number {
  switch (lowering.combine) {
    case "sum":
    case "sumBack":
    case "prod":
      return reduceInBlocks(values, lowering, dtype);
    case "max":
      return values.reduce((a, b) => Math.max(a, b), extremes[dtype][0]);
    case "min":
      return values.reduce((a, b) => Math.min(a, b), extremes[dtype][1]);
    case "argmax":
      return firstGreatest(values, (a, b) => a < b);
    case "argmin":
      return firstGreatest(values, (a, b) => a > b);
  }
}

function runReduce(lowering: ReduceLowering, x: Elements, out: Elements): void {
  const { axes, finish } = lowering;
  const reduced = axes.map((a) => x.sizes[a]!);
  const count = reduced.reduce((a, b) => a * b, 1);
  const keptAxes = x.sizes.map((_, i) => i).filter((i) => !axes.includes(i));
  const kept = keptAxes.map((i) => x.sizes[i]!);
  let n = 0;
  for (const at of positions(kept)) {
    const full = x.sizes.map(() => 0);
    keptAxes.forEach((axis, i) => {
      full[axis] = at[i]!;
    });
    const values: number[] = [];
    for (const r of positions(reduced)) {
      axes.forEach((axis, i) => {
        full[axis] = r[i]!;
      });
      values.push(x.get(full));
    }
    const result = reduceValues(values, lowering, x.dtype);
    out.data[n++] =
      finish === undefined ? result : evaluate(finish, [result, count], [out.dtype, out.dtype], at);
  }
}

/** The element that a contraction reads; undefined for a hole of a stride. */
function readTerm(
  x: Elements,
  index: readonly ContractIndex[],
  axes: readonly number[],
): number | undefined {
  const at: number[] = [];
  for (const position of index) {
    const exact = evaluateAffine(position, axes) / position.divide;
    if (!Number.isInteger(exact)) return undefined;
    at.push(exact);
  }
  const isPadding = index.some((p, i) => p.padded && (at[i]! < 0 || at[i]! >= x.sizes[i]!));
  return isPadding ? 0 : x.get(at);
}

function runContract(
  { out: outSizes, reduce, a, b, result }: ContractLowering,
  [left, right]: readonly Elements[],
  out: Elements,
): void {
  const written = new Set<string>();
  for (const o of positions(sizesOf(outSizes))) {
    let total: number | undefined;
    let block = 0;
    let r = 0;
    for (const position of positions(sizesOf(reduce))) {
      if (r > 0 && r % contractBlock === 0) {
        total = total === undefined ? block : plus(out.dtype, total, block);
        block = 0;
      }
      r++;
      const axes = [...o, ...position];
      const [x, y] = [readTerm(left!, a, axes), readTerm(right!, b, axes)];
      if (x === undefined || y === undefined) continue;
      block = plus(out.dtype, block, times(out.dtype, x, y));
    }
    const at = result.map((p) => evaluateAffine(p, o));
    if (written.has(at.join())) throw new Error(`position [${at}] of the result is written twice`);
    written.add(at.join());
    out.set(at, total === undefined ? block : plus(out.dtype, total, block));
  }
  if (written.size !== out.data.length) throw new Error("some of the result is not written");
}

function runWindow(lowering: WindowLowering, x: Elements, out: Elements): void {
  const { kernel, stride, padding, dilation, combine, finish } = lowering;
  const leading = x.sizes.length - kernel.length;
  const count = kernel.reduce((a, b) => a * b, 1);
  for (const at of positions(out.sizes)) {
    const values: number[] = [];
    for (const k of positions(kernel)) {
      const read = at.map((p, axis) => {
        const i = axis - leading;
        return i < 0 ? p : p * stride[i]! + k[i]! * dilation[i]! - padding[i]!;
      });
      if (x.contains(read)) values.push(x.get(read));
    }
    const result =
      combine === "max"
        ? values[firstGreatest(values, (a, b) => a < b)]!
        : values.reduce((a, b) => plus(x.dtype, a, b), 0);
    out.set(
      at,
      finish === undefined ? result : evaluate(finish, [result, count], [out.dtype, out.dtype], at),
    );
  }
}

function runMove(lowering: MoveLowering, operands: readonly Elements[], out: Elements): void {
  if (lowering.form === "reshape") {
    out.data.set(operands[0]!.data);
    return;
  }
  for (const at of positions(out.sizes)) {
    const piece = lowering.pieces.find((p) =>
      at.every((q, i) => q >= known(p.from[i]!) && q < known(p.to[i]!)),
    );
    if (piece !== undefined) {
      const read = piece.index.map((p) => evaluateAffine(p, at));
      out.set(at, operands[piece.operand]!.get(read));
    } else if (lowering.fill !== undefined) out.set(at, known(lowering.fill));
    else throw new Error(`position [${at}] of the result is in no piece`);
  }
}

function runIndex(lowering: IndexLowering, [x, index]: readonly Elements[], out: Elements): void {
  for (const at of positions(out.sizes)) {
    const value = index!.get(lowering.index.map((p) => evaluateAffine(p, at)));
    const read = lowering.data.map((p, axis) => {
      if (p !== "index") return evaluateAffine(p, at);
      return positionIn(value, x!.sizes[axis]!);
    });
    out.set(at, x!.get(read));
  }
}

/** A position counted from the end when negative; one outside does not exist. */
function positionIn(value: number, size: number): number {
  if (value < -size || value >= size) throw new RangeError(`index ${value} in size ${size}`);
  return value < 0 ? value + size : value;
}

function runScatter(
  { combine, extents, data, index, source }: ScatterLowering,
  [x, positionsAt, from]: readonly Elements[],
  out: Elements,
): void {
  out.data.set(x!.data);
  for (const at of positions(sizesOf(extents))) {
    const value = positionsAt!.get(index.map((p) => evaluateAffine(p, at)));
    const to = data.map((p, axis) =>
      p === "index" ? positionIn(value, out.sizes[axis]!) : evaluateAffine(p, at),
    );
    const element = from!.get(source.map((p) => evaluateAffine(p, at)));
    out.set(to, combine === "set" ? element : plus(out.dtype, out.get(to), element));
  }
}

function runScan({ combine, axis }: ScanLowering, xs: readonly Elements[], out: Elements): void {
  for (const at of positions(out.sizes)) {
    const i = at[axis]!;
    const [a, b] = [xs[0]!.get(at), xs.at(-1)!.get(at)];
    const before = (start: number): number => (i === 0 ? start : out.get(at.with(axis, i - 1)));
    if (combine === "linear") out.set(at, plus(out.dtype, times(out.dtype, a, before(0)), b));
    else if (combine === "sum") out.set(at, plus(out.dtype, before(0), a));
    else if (combine === "prod") out.set(at, times(out.dtype, before(1), a));
    else if (combine === "max") out.set(at, Math.max(before(a), a));
    else if (combine === "min") out.set(at, Math.min(before(a), a));
    else {
      const values = Array.from({ length: i + 1 }, (_, p) => xs[0]!.get(at.with(axis, p)));
      const sign = combine === "argmax" ? 1 : -1;
      out.set(
        at,
        firstGreatest(values, (x, y) => sign * x < sign * y),
      );
    }
  }
}

/** By selection: the first of the least (greatest) that are left comes next. */
function runSort({ axis, descending }: SortLowering, x: Elements, out: Elements): void {
  const isBefore = (a: number, b: number): boolean => {
    if (Number.isNaN(a) || Number.isNaN(b)) {
      return Number.isNaN(descending ? a : b) && !Number.isNaN(descending ? b : a);
    }
    return descending ? a > b : a < b;
  };
  for (const row of positions(x.sizes.with(axis, Math.min(1, x.sizes[axis]!)))) {
    const left = Array.from({ length: x.sizes[axis]! }, (_, i) => i);
    for (let n = 0; n < x.sizes[axis]!; n++) {
      const value = (i: number): number => x.get(row.with(axis, i));
      const next = left.reduce((a, b) => (isBefore(value(b), value(a)) ? b : a));
      left.splice(left.indexOf(next), 1);
      out.set(row.with(axis, n), next);
    }
  }
}

/** What `op` gives for these operands, to the bit. All sizes must be numbers. */
export function referenceResult(
  op: Op,
  operandTypes: readonly TensorType[],
  operandData: readonly TypedArray[],
  attrs: Attrs,
  resultType: TensorType,
): TypedArray {
  const operands = operandTypes.map((t, i) => new Elements(t, operandData[i]!));
  const out = new Elements(resultType, newData(resultType.dtype, lengthOf(resultType.shape)));
  const lowering = op.lower(operandTypes, attrs, resultType);
  switch (lowering.kind) {
    case "map":
      runMap(lowering, operands, out);
      break;
    case "reduce":
      runReduce(lowering, operands[0]!, out);
      break;
    case "contract":
      runContract(lowering, operands, out);
      break;
    case "window":
      runWindow(lowering, operands[0]!, out);
      break;
    case "move":
      runMove(lowering, operands, out);
      break;
    case "index":
      runIndex(lowering, operands, out);
      break;
    case "scatter":
      runScatter(lowering, operands, out);
      break;
    case "scan":
      runScan(lowering, operands, out);
      break;
    case "sort":
      runSort(lowering, operands[0]!, out);
      break;
  }
  return out.data;
}
