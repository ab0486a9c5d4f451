/** Plans of `reduce`: which axes stay, which function reduces, what finishes. */

import { reductionKey } from "../../../compiler/ops/kernel-abi.ts";
import type { ReduceLowering } from "../../../compiler/ops/lowering.ts";
import type { Kernels } from "../kernels.ts";
import { lengthOf, type Strided } from "../strided.ts";
import { planFinish } from "./map-plan.ts";
import { type Plan, writeDescriptorOf } from "./plan.ts";
import { untranspose } from "./untranspose.ts";

export function planReduce(k: Kernels, lowering: ReduceLowering, x: Strided): Plan {
  const { axes, combine, lanes, finish } = lowering;
  const entry = k.table.reductions[reductionKey(combine, x.dtype, lanes)];
  if (entry === undefined) throw new Error(`the kernels lack ${combine} of ${x.dtype}`);
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const finishWith = finish && planFinish(k, finish);
  const rows = [...kept, ...axes].map((_, i) => i);
  // What cannot be reduced by columns is read along its rows.
  const isRowWise = entry.combine < 0;
  return ([operand], out) => {
    if (lengthOf(out.shape) === 0) return;
    if (isRowWise) {
      const [x] = untranspose(k, [permuted(operand!, [...kept, ...axes])]);
      writeDescriptorOf(k, 0, x!, rows.slice(0, kept.length));
      writeDescriptorOf(k, 1, x!, rows.slice(kept.length));
    } else {
      writeDescriptorOf(k, 0, operand!, kept);
      writeDescriptorOf(k, 1, operand!, axes);
    }
    k.reduce(entry.row, entry.combine, lanes, entry.identity, out.address);
    if (finishWith) {
      let count = 1;
      for (const axis of axes) count *= operand!.shape[axis]!;
      finishWith(out, count);
    }
  };
}

/** Without a spread: an address may be a getter. */
const permuted = (x: Strided, order: readonly number[]): Strided => ({
  address: x.address,
  dtype: x.dtype,
  shape: order.map((axis) => x.shape[axis]!),
  strides: order.map((axis) => x.strides[axis]!),
  dense: false,
});
