/** Plans of `reduce`: which axes stay, which function reduces, what finishes. */

import { reductionKey } from "../../../compiler/ops/kernel-abi.ts";
import type { ReduceLowering } from "../../../compiler/ops/lowering.ts";
import type { Kernels } from "../kernels.ts";
import { lengthOf, type Strided } from "../strided.ts";
import { planFinish } from "./map-plan.ts";
import { type Plan, writeDescriptorOf } from "./plan.ts";

export function planReduce(k: Kernels, lowering: ReduceLowering, x: Strided): Plan {
  const { axes, combine, lanes, finish } = lowering;
  const entry = k.table.reductions[reductionKey(combine, x.dtype, lanes)];
  if (entry === undefined) throw new Error(`the kernels lack ${combine} of ${x.dtype}`);
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const finishWith = finish && planFinish(k, finish);
  return ([operand], out) => {
    if (lengthOf(out.shape) === 0) return;
    writeDescriptorOf(k, 0, operand!, kept);
    writeDescriptorOf(k, 1, operand!, axes);
    k.reduce(entry.row, entry.combine, lanes, entry.identity, out.address);
    if (finishWith) {
      let count = 1;
      for (const axis of axes) count *= operand!.shape[axis]!;
      finishWith(out, count);
    }
  };
}
