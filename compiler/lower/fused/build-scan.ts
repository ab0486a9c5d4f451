/** Scans, with what is fused before and after them: one pass along the axis for each of the others. */

import type { Node } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import { constant, FuncBuilder, i32 } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { ScanLowering } from "../../ops/lowering.ts";
import type { DType } from "../../ops/types.ts";
import { boolToInt, lowerExpr } from "../expression.ts";
import { accumulatorOf, beats, scanStart, scanStep } from "./combine.ts";
import type { Kernel, LoweredKernel } from "./kernel.ts";
import { elementAddress, elementOf, kernelParams } from "./kernel.ts";
import { evaluateForm, identityIndex, linearForm } from "./linear-form.ts";
import { loopOver } from "./nest.ts";
import { type Pulled, pull } from "./pull.ts";
import { readPoint } from "./read-point.ts";
import { sizeExpr } from "./size-expr.ts";

export function buildScan(kernel: Kernel, anchor: Node, lowering: ScanLowering): LoweredKernel {
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const { dtype, shape } = tensorOf(kernel.result);
  const axes = shape.length;
  const index = identityIndex(axes);
  const input = { region: kernel.region, axes, anchor };
  const operands = anchor.operands.map((v) => pull(input, v, index));
  const epilogue = pull(input, kernel.result, index);
  const out = linearForm(index, shape, kernel.result.layout, axes);
  const valueAt = (p: Pulled, at: readonly LoopExpr[], result?: LoopExpr): LoopExpr => {
    const args = p.args.map((a) => readPoint(b, params, a, at, 1, -1, result));
    return lowerExpr(b, p.expr, { args, lanes: 1, indexOf: () => i32(0) });
  };
  const others = shape.toSpliced(lowering.axis, 1);
  loopOver(b, params, others, [], (outer) => {
    const next = begin(b, lowering, tensorOf(anchor.operands[0]!).dtype);
    b.for("i", 0, sizeExpr(shape[lowering.axis]!, params.sizes), 1, (i) => {
      const at = outer.toSpliced(lowering.axis, 0, i);
      const so = next(
        i,
        operands.map((p) => valueAt(p, at)),
      );
      const value = valueAt(epilogue, at, so);
      const base = elementAddress(params.out, evaluateForm(out, at, params.sizes), dtype);
      const stored = dtype === "bool" ? boolToInt(value) : value;
      b.store({ element: elementOf(dtype), base, index: i32(0) }, stored);
    });
  });
  return { funcs: [b.finish(kernel.name)], data: [] };
}

/** Sets up what one pass carries; gives the step that takes in the operands at a position. */
function begin(
  b: FuncBuilder,
  { combine }: ScanLowering,
  dtype: DType,
): (i: LoopExpr, operands: readonly LoopExpr[]) => LoopExpr {
  const type = accumulatorOf(dtype);
  if (combine !== "argmax" && combine !== "argmin") {
    const so = b.let("so", constant(type, scanStart(combine, dtype)));
    return (_i, operands) => {
      const factor = operands.length > 1 ? operands[0] : undefined;
      b.set(so, scanStep(combine, so, operands.at(-1)!, factor));
      return so;
    };
  }
  const best = b.let("best", constant(type, 0));
  const where = b.let("where", i32(-1));
  return (i, [operand]) => {
    const x = b.let("x", operand!);
    const isFirst = { k: "compare", type: "i32", op: "lt", a: where, b: i32(0) } as const;
    b.if({ k: "binary", type: "i32", op: "or", a: isFirst, b: beats(combine, x, best) }, () => {
      b.set(best, x);
      b.set(where, i);
    });
    return where;
  };
}
