/** Sorts, with what is fused before and after them: one row after another in scratch memory. */

import type { Node } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import { call, FuncBuilder, i32 } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { SortLowering } from "../../ops/lowering.ts";
import { boolToInt, lowerExpr } from "../expression.ts";
import {
  buildMergeSort,
  pairWordsOf,
  positionAt,
  sortFunctionOf,
  storePair,
} from "../merge-sort.ts";
import type { Kernel, LoweredKernel } from "./kernel.ts";
import { elementAddress, elementOf, kernelParams } from "./kernel.ts";
import { evaluateForm, identityIndex, linearForm } from "./linear-form.ts";
import { loopOver } from "./nest.ts";
import { type Pulled, pull } from "./pull.ts";
import { readPoint } from "./read-point.ts";
import { sizeExpr } from "./size-expr.ts";

/** The function's last parameter is the address of scratch memory for a row. */
export function buildSort(kernel: Kernel, anchor: Node, lowering: SortLowering): LoweredKernel {
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const scratch = b.param("scratch", "i32");
  const { dtype, shape } = tensorOf(kernel.result);
  const axes = shape.length;
  const index = identityIndex(axes);
  const input = { region: kernel.region, axes, anchor };
  const operand = pull(input, anchor.operands[0]!, index);
  const epilogue = pull(input, kernel.result, index);
  const out = linearForm(index, shape, kernel.result.layout, axes);
  const valueAt = (p: Pulled, at: readonly LoopExpr[], result?: LoopExpr): LoopExpr => {
    const args = p.args.map((a) => readPoint(b, params, a, at, 1, -1, result));
    return lowerExpr(b, p.expr, { args, lanes: 1, indexOf: () => i32(0) });
  };
  const { axis, descending } = lowering;
  const words = pairWordsOf(tensorOf(anchor.operands[0]!).dtype);
  const count = sizeExpr(shape[axis]!, params.sizes);
  loopOver(b, params, shape.toSpliced(axis, 1), [], (outer) => {
    b.for("i", 0, count, 1, (i) => {
      const x = valueAt(operand, outer.toSpliced(axis, 0, i));
      storePair(b, scratch, x, i, descending);
    });
    const sorted = b.let("sorted", call("i32", sortFunctionOf(words), [scratch, count]));
    b.for("i", 0, count, 1, (i) => {
      const at = outer.toSpliced(axis, 0, i);
      const value = valueAt(epilogue, at, b.let("position", positionAt(sorted, i, words)));
      const base = elementAddress(params.out, evaluateForm(out, at, params.sizes), dtype);
      const stored = dtype === "bool" ? boolToInt(value) : value;
      b.store({ element: elementOf(dtype), base, index: i32(0) }, stored);
    });
  });
  return { funcs: [b.finish(kernel.name), buildMergeSort(words)], data: [] };
}
