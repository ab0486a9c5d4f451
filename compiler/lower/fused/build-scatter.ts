/** Elements put or added, one after another, at positions that a tensor gives. */

import type { Node } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import { binary, compare, FuncBuilder, i32, load, plus, times } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { ScatterLowering } from "../../ops/lowering.ts";
import type { DType } from "../../ops/types.ts";
import { boolToInt, lowerExpr } from "../expression.ts";
import { checkedPosition, dataForm } from "./build-index.ts";
import { denseForm, writeNest } from "./build-map.ts";
import type { Kernel, KernelParams, LoweredKernel } from "./kernel.ts";
import { elementAddress, elementOf, kernelParams } from "./kernel.ts";
import { evaluateForm, identityIndex, linearForm } from "./linear-form.ts";
import { loopOver } from "./nest.ts";
import { type Pulled, pull } from "./pull.ts";
import { readPoint } from "./read-point.ts";
import { sizeExpr } from "./size-expr.ts";

/**
 * The result starts as operand 0, which is computed where it is written, as the source is where it is
 * put. The last parameter of the function is the number to report for a position outside.
 */
export function buildScatter(
  kernel: Kernel,
  anchor: Node,
  lowering: ScatterLowering,
): LoweredKernel {
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const site = b.param("site", "i32");
  const [data, positions, source] = [anchor.operands[0]!, anchor.operands[1]!, anchor.operands[2]!];
  const { dtype, shape } = tensorOf(data);
  const { region } = kernel;
  const initial = pull({ region, axes: shape.length, anchor }, data, identityIndex(shape.length));
  const out = denseForm(shape);
  const given = region.params.indexOf(data);
  const copy = (): void =>
    writeNest(b, params, { extents: shape, pulled: initial, out, dtype, covers: true });
  // In place there is nothing to copy.
  if (given < 0) copy();
  else b.if(compare("ne", params.out, params.operands[given]!), copy);

  const axes = lowering.extents.length;
  const pulled = pull({ region, axes, anchor }, source, lowering.source);
  const place = dataForm(lowering.data, shape, axes);
  const indexForm = linearForm(lowering.index, tensorOf(positions).shape, positions.layout, axes);
  const size = sizeExpr(place.size, params.sizes);
  const positionBase = params.operands[region.params.indexOf(positions)]!;
  // Axes along which the position stays the same run inside the one read of it.
  let shared = axes;
  while (shared > 0 && indexForm.by[shared - 1] === 0) shared--;
  loopOver(b, params, lowering.extents.slice(0, shared), [], (outer) => {
    const at = elementAddress(positionBase, evaluateForm(indexForm, outer, params.sizes), "i32");
    const given = load({ element: "i32", base: at, index: i32(0) });
    const row = checkedPosition(b, given, size, site, () =>
      b.emit({ s: "return", value: undefined }),
    );
    const rowOffset = b.let("row", times(row, sizeExpr(place.step, params.sizes)));
    loopOver(b, params, lowering.extents, outer, (point) => {
      const index = plus(rowOffset, evaluateForm(place.form, point, params.sizes));
      const to = b.let("to", elementAddress(params.out, index, dtype));
      writeElement(b, to, dtype, valueAt(b, params, pulled, point), lowering.combine);
    });
  });
  return { funcs: [b.finish(kernel.name)], data: [] };
}

function valueAt(
  b: FuncBuilder,
  params: KernelParams,
  pulled: Pulled,
  at: readonly LoopExpr[],
): LoopExpr {
  const args = pulled.args.map((a) => readPoint(b, params, a, at, 1, -1, undefined));
  return lowerExpr(b, pulled.expr, { args, lanes: 1, indexOf: () => i32(0) });
}

function writeElement(
  b: FuncBuilder,
  to: LoopExpr,
  dtype: DType,
  value: LoopExpr,
  combine: ScatterLowering["combine"],
): void {
  const access = { element: elementOf(dtype), base: to, index: i32(0) };
  const stored = dtype === "bool" ? boolToInt(value) : value;
  b.store(access, combine === "add" ? binary("add", load(access), stored) : stored);
}
