/** Reductions with what is fused before and after them, in the order of rule 4 of docs/numerics.md. */

import type { Node } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import {
  binary,
  compare,
  constant,
  FuncBuilder,
  i32,
  knownI32,
  load,
  loadVector,
  minus,
  plus,
  select,
  splat,
} from "../../loop/build.ts";
import type { LoopExpr, LoopType } from "../../loop/ir.ts";
import type { Dim } from "../../ops/dim.ts";
import { product } from "../../ops/dim.ts";
import type { Expr } from "../../ops/expr.ts";
import * as ex from "../../ops/expr.ts";
import type { Affine, ReduceLowering } from "../../ops/lowering.ts";
import type { DType } from "../../ops/types.ts";
import { boolToInt, intToBool, type Lanes, lowerExpr } from "../expression.ts";
import { loopOver, positionExpr } from "./build-map.ts";
import { collapseAxes } from "./collapse-axes.ts";
import { combineOf, horizontal, identityValue, laneMask } from "./combine.ts";
import type { Kernel, KernelParams, LoweredKernel } from "./kernel.ts";
import { elementAddress, elementOf, kernelParams } from "./kernel.ts";
import { evaluateForm, linearForm } from "./linear-form.ts";
import { isVectorizable, type Pulled, type PulledArg, pull } from "./pull.ts";
import { sizeExpr } from "./size-expr.ts";

/** Reduced elements in one block of partial sums. */
export const reduceBlock = 4096;

interface Reduction {
  readonly b: FuncBuilder;
  readonly params: KernelParams;
  readonly lowering: ReduceLowering;
  /** The reduced element, in the type of the sum. */
  readonly element: Pulled;
  readonly type: "f32" | "i32";
  /** Kept axes come first, then the reduced ones, neighbours merged where accesses allow. */
  readonly kept: readonly Dim[];
  readonly reduced: readonly Dim[];
  /** Number of reduced elements. */
  readonly count: Dim;
}

export function buildReduce(kernel: Kernel, anchor: Node, lowering: ReduceLowering): LoweredKernel {
  const operand = anchor.operands[0]!;
  const shape = tensorOf(operand).shape;
  const keptAxes = shape.map((_, i) => i).filter((i) => !lowering.axes.includes(i));
  const order = [...keptAxes, ...lowering.axes];
  const index: Affine[] = shape.map((_, i) => ({
    terms: [{ axis: order.indexOf(i), by: 1 }],
    offset: 0,
  }));
  const pulled = pull({ region: kernel.region, axes: order.length, anchor }, operand, index);
  const type = tensorOf(anchor.results[0]!).dtype === "f32" ? "f32" : "i32";
  const isArg = lowering.combine === "argmax" || lowering.combine === "argmin";
  const element: Pulled = isArg ? pulled : { ...pulled, expr: ex.convert(pulled.expr, type) };
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const reducedShape = lowering.axes.map((a) => shape[a]!);
  const flat = collapseAxes(
    keptAxes.length,
    order.map((a) => shape[a]!),
    element.args,
  );
  const r: Reduction = {
    b,
    params,
    lowering,
    element: { expr: element.expr, args: flat.args },
    type,
    kept: keptAxes.map((a) => shape[a]!),
    reduced: flat.reduced,
    count: product(reducedShape),
  };
  writeReduction(r, kernel, anchor);
  return { funcs: [b.finish(kernel.name)], data: [] };
}

function writeReduction(r: Reduction, kernel: Kernel, anchor: Node): void {
  const { b, params, lowering } = r;
  const axes = r.kept.length + r.lowering.axes.length;
  const resultType = tensorOf(kernel.result);
  const index: Affine[] = resultType.shape.map((_, i) => {
    const axis = keptAxisOf(lowering, i);
    return axis === undefined ? { terms: [], offset: 0 } : { terms: [{ axis, by: 1 }], offset: 0 };
  });
  const epilogue = pull({ region: kernel.region, axes, anchor }, kernel.result, index);
  const out = linearForm(index, resultType.shape, kernel.result.layout, axes);
  const store = (at: readonly LoopExpr[], sum: LoopExpr, lanes: Lanes): void => {
    const finished = finish(r, sum, lanes);
    const value = applyEpilogue(r, epilogue, finished, at, lanes);
    const stored = resultType.dtype === "bool" ? boolToInt(value) : value;
    const base = elementAddress(params.out, evaluateForm(out, at, params.sizes), resultType.dtype);
    b.store({ element: elementOf(resultType.dtype), base, index: i32(0) }, stored);
  };
  const column = columnAxis(r, epilogue, out.by);
  if (column) writeColumns(r, store);
  else {
    loopOver(b, params, r.kept, [], (at) => {
      const value = isRow(r) ? reduceRow(r, at) : reduceAny(r, at);
      store(at, anchorBool(value, tensorOf(anchor.results[0]!).dtype), 1);
    });
  }
}

/** A bool result was computed as an integer. */
const anchorBool = (value: LoopExpr, dtype: DType): LoopExpr =>
  dtype === "bool" ? intToBool(value) : value;

/** Which kept axis dimension `i` of the result is; undefined for a reduced one kept as 1. */
function keptAxisOf(lowering: ReduceLowering, i: number): number | undefined {
  if (!lowering.keepDim) return i;
  if (lowering.axes.includes(i)) return undefined;
  return i - lowering.axes.filter((a) => a < i).length;
}

function finish(r: Reduction, sum: LoopExpr, lanes: Lanes): LoopExpr {
  const { b, lowering } = r;
  if (!lowering.finish) return sum;
  const count = sizeExpr(r.count, r.params.sizes);
  const as: LoopType = r.type;
  const scalar: LoopExpr =
    count.k === "const" ? constant(as, count.value) : { k: "convert", type: as, a: count };
  const one = scalar.type === "i32" && scalar.k === "convert" ? count : scalar;
  const args = [b.let("sum", sum), lanes === 1 ? one : splat(one)];
  return lowerExpr(b, lowering.finish, { args, lanes, indexOf: () => i32(0) });
}

function applyEpilogue(
  r: Reduction,
  epilogue: Pulled,
  anchor: LoopExpr,
  at: readonly LoopExpr[],
  lanes: Lanes,
): LoopExpr {
  const held = r.b.let("r", anchor);
  const args = epilogue.args.map((a): LoopExpr => {
    if (a.kind === "anchor") return held;
    if (a.kind === "position") {
      const value = positionExpr(a.at, at, r.params);
      return lanes === 1 ? value : splat(value);
    }
    return readAt(r, a, at, lanes);
  });
  return lowerExpr(r.b, epilogue.expr, { args, lanes, indexOf: () => i32(0) });
}

/** An argument at a point; for four lanes, along the axis in which it runs (or as a splat). */
function readAt(
  r: Reduction,
  a: PulledArg & { readonly kind: "memory" },
  at: readonly LoopExpr[],
  lanes: Lanes,
): LoopExpr {
  const base = r.params.operands[a.param]!;
  const place = elementAddress(base, evaluateForm(a.form, at, r.params.sizes), a.dtype);
  const access = { element: elementOf(a.dtype), base: place, index: i32(0) };
  if (lanes === 1) return a.dtype === "bool" ? intToBool(load(access)) : load(access);
  const isFixed = a.form.by[r.kept.length - 1] === 0;
  if (a.dtype === "bool") return intToBool(isFixed ? splat(load(access)) : loadVector(access));
  return loadVector(access, isFixed);
}

/** The value of the reduced element, its arguments at `at` (kept and reduced variables). */
function elementAt(r: Reduction, at: readonly LoopExpr[], lanes: Lanes, along: number): LoopExpr {
  const args = r.element.args.map((a): LoopExpr => {
    if (a.kind === "anchor") throw new Error("a reduction reads its own result");
    if (a.kind === "position") {
      const value = positionExpr(a.at, at, r.params);
      return lanes === 1 ? value : splat(value);
    }
    const base = r.params.operands[a.param]!;
    const place = elementAddress(base, evaluateForm(a.form, at, r.params.sizes), a.dtype);
    const access = { element: elementOf(a.dtype), base: place, index: i32(0) };
    if (lanes === 1) return a.dtype === "bool" ? intToBool(load(access)) : load(access);
    const isFixed = a.form.by[along] === 0;
    if (a.dtype === "bool") return intToBool(isFixed ? splat(load(access)) : loadVector(access));
    return loadVector(access, isFixed);
  });
  const value = lowerExpr(r.b, r.element.expr, { args, lanes, indexOf: () => i32(0) });
  return r.element.expr.type === "bool" ? boolToInt(value) : value;
}

const runsAlong = (args: readonly PulledArg[], axis: number): boolean =>
  args.every((a) =>
    a.kind === "memory"
      ? a.form.by[axis] === 0 || a.form.by[axis] === 1
      : a.kind === "anchor" || a.at.terms.every((t) => t.axis !== axis),
  );

/** One stretch of elements that lie side by side: four vectors of partial sums. */
function isRow(r: Reduction): boolean {
  const isArg = r.lowering.combine === "argmax" || r.lowering.combine === "argmin";
  if (isArg || r.reduced.length !== 1 || !isVectorizable(r.element.expr)) return false;
  const anyOrder = r.lowering.combine === "max" || r.lowering.combine === "min";
  return (anyOrder || r.lowering.lanes === 16) && runsAlong(r.element.args, r.kept.length);
}

function reduceRow(r: Reduction, kept: readonly LoopExpr[]): LoopExpr {
  const { b } = r;
  const total = sizeExpr(r.reduced[0]!, r.params.sizes);
  const n = knownI32(total);
  if (n !== undefined && n <= reduceBlock) return rowBlock(r, kept, i32(0), total);
  const length = n === undefined ? b.let("n", total) : total;
  const sum = b.let("sum", identityOf(r));
  b.for("block", 0, length, reduceBlock, (start) => {
    const left = b.let("left", minus(length, start));
    const size = b.let(
      "size",
      select(compare("lt", left, i32(reduceBlock)), left, i32(reduceBlock)),
    );
    const value = rowBlock(r, kept, start, size);
    const isFirst = compare("eq", start, i32(0));
    b.set(sum, select(isFirst, value, combineOf(r.lowering.combine, sum, value)));
  });
  return sum;
}

const identityOf = (r: Reduction): LoopExpr =>
  constant(r.type, identityValue(r.lowering.combine, r.type));

/** Rule 4 for one block: sixteen partials as four vectors, `(v0+v1)+(v2+v3)`, then the lanes. */
function rowBlock(
  r: Reduction,
  kept: readonly LoopExpr[],
  start: LoopExpr,
  size: LoopExpr,
): LoopExpr {
  const { b, lowering } = r;
  const vector: LoopType = r.type === "f32" ? "v4f32" : "v4i32";
  const identity = constant(vector, identityValue(lowering.combine, r.type));
  const sums = [0, 1, 2, 3].map((j) => b.let(`s${j}`, identity));
  const along = r.kept.length;
  const at = (i: LoopExpr): LoopExpr => elementAt(r, [...kept, i], 4, along);
  const known = knownI32(size);
  const whole =
    known !== undefined
      ? plus(start, known - (known % 16))
      : b.let("whole", plus(start, binary("and", size, i32(-16))));
  b.for("i", start, whole, 16, (i) => {
    sums.forEach((sum, j) => {
      b.set(sum, combineOf(lowering.combine, sum, at(plus(i, 4 * j))));
    });
  });
  const rest = known !== undefined ? known % 16 : undefined;
  const last = rest ?? b.let("rest", binary("and", size, i32(15)));
  sums.forEach((sum, j) => {
    if (typeof last === "number" && last <= 4 * j) return;
    const tail = (): void => {
      const left = typeof last === "number" ? last - 4 * j : minus(last, 4 * j);
      const value = at(plus(whole, 4 * j));
      const masked =
        typeof left === "number" && left >= 4 ? value : select(laneMask(left), value, identity);
      b.set(sum, combineOf(lowering.combine, sum, masked));
    };
    if (typeof last === "number") tail();
    else b.if(compare("gt", last, i32(4 * j)), tail);
  });
  return horizontal(b, lowering.combine, sums);
}

/** Element by element in row-major order, for every layout and every kind of reduction. */
function reduceAny(r: Reduction, kept: readonly LoopExpr[]): LoopExpr {
  const isArg = r.lowering.combine === "argmax" || r.lowering.combine === "argmin";
  return isArg ? reduceToPosition(r, kept) : reduceInOrder(r, kept);
}

function reduceToPosition(r: Reduction, kept: readonly LoopExpr[]): LoopExpr {
  const { b } = r;
  const type: LoopType = r.element.expr.type === "f32" ? "f32" : "i32";
  const best = b.let("best", constant(type, 0));
  const where = b.let("where", i32(0));
  const position = b.let("position", i32(0));
  loopOver(b, r.params, r.reduced, [], (inner) => {
    const x = b.let("x", elementAt(r, [...kept, ...inner], 1, -1));
    const better = compare(r.lowering.combine === "argmax" ? "gt" : "lt", x, best);
    // A NaN beats every number, the first NaN beats later ones.
    const wins =
      type === "f32"
        ? binary("or", better, binary("and", compare("ne", x, x), compare("eq", best, best)))
        : better;
    b.if(binary("or", compare("eq", position, i32(0)), wins), () => {
      b.set(best, x);
      b.set(where, position);
    });
    b.set(position, plus(position, 1));
  });
  return where;
}

/**
 * In the order of positions: with 1 lane one sum a block; with 16 lanes the sums are taken one lane
 * at a time, each over its own positions, which is the same arithmetic.
 */
function reduceInOrder(r: Reduction, kept: readonly LoopExpr[]): LoopExpr {
  const { b, lowering } = r;
  const anyOrder = lowering.combine === "max" || lowering.combine === "min";
  if (lowering.lanes === 1 || anyOrder) {
    const total = b.let("total", identityOf(r));
    const sum = b.let("sum", identityOf(r));
    const position = b.let("position", i32(0));
    const close = (): void => {
      const isFirst = compare("le", position, i32(reduceBlock));
      b.set(total, select(isFirst, sum, combineOf(lowering.combine, total, sum)));
      b.set(sum, identityOf(r));
    };
    loopOver(b, r.params, r.reduced, [], (inner) => {
      b.set(sum, combineOf(lowering.combine, sum, elementAt(r, [...kept, ...inner], 1, -1)));
      b.set(position, plus(position, 1));
      b.if(compare("eq", binary("and", position, i32(reduceBlock - 1)), i32(0)), close);
    });
    b.if(compare("ne", binary("and", position, i32(reduceBlock - 1)), i32(0)), close);
    return total;
  }
  return reduceInLanes(r, kept);
}

/** Sixteen partials as scalars, for elements that do not lie side by side. */
function reduceInLanes(r: Reduction, kept: readonly LoopExpr[]): LoopExpr {
  const { b, lowering } = r;
  const partials = Array.from({ length: 16 }, (_, j) => b.let(`l${j}`, identityOf(r)));
  const total = b.let("total", identityOf(r));
  const position = b.let("position", i32(0));
  const c = (x: LoopExpr, y: LoopExpr): LoopExpr => combineOf(lowering.combine, x, y);
  const close = (): void => {
    const lane = (l: number): LoopExpr =>
      c(c(partials[l]!, partials[4 + l]!), c(partials[8 + l]!, partials[12 + l]!));
    const block = b.let("block", c(c(lane(0), lane(2)), c(lane(1), lane(3))));
    const isFirst = compare("le", position, i32(reduceBlock));
    b.set(total, select(isFirst, block, c(total, block)));
    for (const p of partials) b.set(p, identityOf(r));
  };
  loopOver(b, r.params, r.reduced, [], (inner) => {
    const x = b.let("x", elementAt(r, [...kept, ...inner], 1, -1));
    const own = b.let("own", binary("and", position, i32(15)));
    partials.forEach((p, j) => {
      b.if(compare("eq", own, i32(j)), () => b.set(p, c(p, x)));
    });
    b.set(position, plus(position, 1));
    b.if(compare("eq", binary("and", position, i32(reduceBlock - 1)), i32(0)), close);
  });
  b.if(compare("ne", binary("and", position, i32(reduceBlock - 1)), i32(0)), close);
  return total;
}

/** Whether four neighbouring results can be reduced side by side, each in ascending order. */
function columnAxis(r: Reduction, epilogue: Pulled, out: readonly Dim[]): boolean {
  const axis = r.kept.length - 1;
  const extent = r.kept[axis];
  const isArg = r.lowering.combine === "argmax" || r.lowering.combine === "argmin";
  if (isArg || extent === undefined || typeof extent !== "number" || extent < 4) return false;
  const anyOrder = r.lowering.combine === "max" || r.lowering.combine === "min";
  if (isRow(r) || !(r.lowering.lanes === 1 || anyOrder)) return false;
  const finishes: readonly Expr[] = r.lowering.finish ? [r.lowering.finish] : [];
  return (
    out[axis] === 1 &&
    [r.element.expr, epilogue.expr, ...finishes].every(isVectorizable) &&
    runsAlong(r.element.args, axis) &&
    runsAlong(epilogue.args, axis)
  );
}

function writeColumns(
  r: Reduction,
  store: (at: readonly LoopExpr[], sum: LoopExpr, lanes: Lanes) => void,
): void {
  const { b } = r;
  const axis = r.kept.length - 1;
  const extent = r.kept[axis] as number;
  loopOver(b, r.params, r.kept.slice(0, -1), [], (outer) => {
    b.for("c", 0, extent & -4, 4, (c) => store([...outer, c], reduceColumns(r, [...outer, c]), 4));
    b.for("c", extent & -4, extent, 1, (c) =>
      store([...outer, c], reduceInOrder(r, [...outer, c]), 1),
    );
  });
}

function reduceColumns(r: Reduction, kept: readonly LoopExpr[]): LoopExpr {
  const { b, lowering } = r;
  const vector: LoopType = r.type === "f32" ? "v4f32" : "v4i32";
  const identity = constant(vector, identityValue(lowering.combine, r.type));
  const sum = b.let("sum", identity);
  const along = r.kept.length - 1;
  const add = (inner: readonly LoopExpr[]): void =>
    b.set(sum, combineOf(lowering.combine, sum, elementAt(r, [...kept, ...inner], 4, along)));
  const small = typeof r.count === "number" && r.count <= reduceBlock;
  if (small) {
    loopOver(b, r.params, r.reduced, [], add);
    return sum;
  }
  const total = b.let("total", identity);
  const position = b.let("position", i32(0));
  const close = (): void => {
    b.if(
      compare("le", position, i32(reduceBlock)),
      () => b.set(total, sum),
      () => b.set(total, combineOf(lowering.combine, total, sum)),
    );
    b.set(sum, identity);
  };
  loopOver(b, r.params, r.reduced, [], (inner) => {
    add(inner);
    b.set(position, plus(position, 1));
    b.if(compare("eq", binary("and", position, i32(reduceBlock - 1)), i32(0)), close);
  });
  b.if(compare("ne", binary("and", position, i32(reduceBlock - 1)), i32(0)), close);
  return total;
}
