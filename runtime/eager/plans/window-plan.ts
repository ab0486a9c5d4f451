/** Plans of `window`: pooling over up to three axes, whatever the strides of the operand. */

import { windowPlan } from "../../../compiler/ops/kernel-abi.ts";
import type { WindowLowering } from "../../../compiler/ops/lowering.ts";
import type { Kernels } from "../kernels.ts";
import { lengthOf, type Strided } from "../strided.ts";
import { collapse, countOf, planWords } from "./axes.ts";
import { planFinish } from "./map-plan.ts";
import type { Plan } from "./plan.ts";
import { type PlannedCalls, planPerShape, resultTarget } from "./shaped-plan.ts";

const spatialAxes = 3;

export function planWindow(k: Kernels, lowering: WindowLowering): Plan {
  const pool = planPerShape(k, ([x], out) => planPool(lowering, x!, out));
  const finish = lowering.finish && planFinish(k, lowering.finish);
  if (finish === undefined) return pool;
  const size = lengthOf(lowering.kernel);
  return (operands, out) => {
    pool(operands, out);
    finish(out, size);
  };
}

function planPool(lowering: WindowLowering, x: Strided, out: Strided): PlannedCalls {
  if (lengthOf(out.shape) === 0) return { calls: [], scratchBytes: 0 };
  const leading = x.shape.length - lowering.kernel.length;
  const images = x.shape.slice(0, leading);
  const axes = collapse(images.map((extent, i) => ({ extent, sums: [x.strides[i]! * 4] })));
  const words = planWords(windowPlan.axes, axes);
  words[windowPlan.count] = countOf(axes);
  words[windowPlan.axisCount] = axes.length;
  for (let i = 0; i < spatialAxes; i++) {
    const own = i - spatialAxes + lowering.kernel.length;
    const axis = leading + own;
    const isOwn = own >= 0;
    words[windowPlan.sizes + i] = isOwn ? x.shape[axis]! : 1;
    words[windowPlan.steps + i] = isOwn ? x.strides[axis]! * 4 : 0;
    words[windowPlan.outSizes + i] = isOwn ? out.shape[axis]! : 1;
    words[windowPlan.kernel + i] = isOwn ? lowering.kernel[own]! : 1;
    words[windowPlan.strides + i] = isOwn ? lowering.stride[own]! : 1;
    words[windowPlan.padding + i] = isOwn ? lowering.padding[own]! : 0;
    words[windowPlan.dilation + i] = isOwn ? lowering.dilation[own]! : 1;
  }
  const pointers = [
    { word: windowPlan.from, target: 0, bytes: 0 },
    { word: windowPlan.out, target: resultTarget, bytes: 0 },
  ];
  const isMax = lowering.combine === "max";
  const run = (k: Kernels): void => void (isMax ? k.windowMax() : k.windowSum());
  return { calls: [{ words, pointers, run }], scratchBytes: 0 };
}
