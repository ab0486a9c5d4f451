/** Reductions with what is fused before and after them, in the order of rule 4 of docs/numerics.md. */

import type { Node } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import { constant, FuncBuilder, i32, splat } from "../../loop/build.ts";
import type { LoopExpr, LoopType } from "../../loop/ir.ts";
import { product } from "../../ops/dim.ts";
import * as ex from "../../ops/expr.ts";
import type { Affine, ReduceLowering } from "../../ops/lowering.ts";
import type { DType } from "../../ops/types.ts";
import { boolToInt, intToBool, type Lanes, lowerExpr } from "../expression.ts";
import { collapseAxes } from "./collapse-axes.ts";
import { accumulatorOf } from "./combine.ts";
import type { Kernel, LoweredKernel } from "./kernel.ts";
import { elementAddress, elementOf, kernelParams } from "./kernel.ts";
import { evaluateForm, linearForm } from "./linear-form.ts";
import { loopOver } from "./nest.ts";
import { type Pulled, pull } from "./pull.ts";
import { readPoint } from "./read-point.ts";
import { runsInColumns, writeColumns } from "./reduce-columns.ts";
import { reduceInOrder } from "./reduce-in-order.ts";
import { isRow, reduceRow } from "./reduce-row.ts";
import type { Reduction } from "./reduction.ts";
import { sizeExpr } from "./size-expr.ts";

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
  const { dtype } = tensorOf(anchor.results[0]!);
  const type = accumulatorOf(dtype);
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
    dtype,
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
  if (runsInColumns(r, epilogue, out.by)) writeColumns(r, store);
  else {
    loopOver(b, params, r.kept, [], (at) => {
      const value = isRow(r) ? reduceRow(r, at) : reduceInOrder(r, at);
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
  const along = r.kept.length - 1;
  const args = epilogue.args.map((a) => readPoint(r.b, r.params, a, at, lanes, along, held));
  return lowerExpr(r.b, epilogue.expr, { args, lanes, indexOf: () => i32(0) });
}
