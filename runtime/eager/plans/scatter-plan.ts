/** Plans of `scatter`: a copy of the first operand, then rows put or added into it. */

import { scatterModes, scatterPlan } from "../../../compiler/ops/kernel-abi.ts";
import { type Affine, fixed, type ScatterLowering } from "../../../compiler/ops/lowering.ts";
import type { DType } from "../../../compiler/ops/types.ts";
import type { Kernels } from "../kernels.ts";
import { denseStrides, lengthOf, type Strided } from "../strided.ts";
import { collapse, countOf, placeOf, planWords } from "./axes.ts";
import { copyCall } from "./copy-call.ts";
import { IndexOutOfRange, partsOf } from "./index-plan.ts";
import { known, shiftOf } from "./plan.ts";
import {
  type PlannedCall,
  type PlannedCalls,
  resultTarget,
  scratchTarget,
  type Target,
} from "./shaped-plan.ts";

export function planScatter(
  lowering: ScatterLowering,
  operands: readonly Strided[],
  out: Strided,
): PlannedCalls {
  const [x, index, source] = [operands[0]!, operands[1]!, operands[2]!];
  const target = denseStrides(out.shape);
  const copy = copyCall({
    dtype: out.dtype,
    from: 0,
    fromStart: 0,
    to: resultTarget,
    toStart: 0,
    axes: out.shape.map((extent, i) => ({ extent, sums: [x.strides[i]!, target[i]!] })),
  });
  const extents = lowering.extents.map(known);
  if (lengthOf(extents) === 0) return { calls: copy, scratchBytes: 0 };
  const { calls, from, scratchBytes } = denseSource(lowering, source, extents);
  const rows = rowsCall(lowering, index, out, extents, from);
  return { calls: [...copy, ...calls, rows], scratchBytes };
}

/** The source in the order of the rows: copied where it does not lie so. */
function denseSource(
  lowering: ScatterLowering,
  source: Strided,
  extents: readonly number[],
): {
  readonly calls: readonly PlannedCall[];
  readonly from: Target;
  readonly scratchBytes: number;
} {
  const { by, start } = placeOf(lowering.source, source.strides, extents.length);
  const target = denseStrides(extents);
  const isDense = by.every((step, i) => step === target[i] || extents[i] === 1);
  if (isDense) return { calls: [], from: 2, scratchBytes: 0 };
  const axes = extents.map((extent, i) => ({ extent, sums: [by[i]!, target[i]!] }));
  const calls = copyCall({
    dtype: source.dtype,
    from: 2,
    fromStart: start,
    to: scratchTarget,
    toStart: 0,
    axes,
  });
  return { calls, from: scratchTarget, scratchBytes: lengthOf(extents) << shiftOf(source.dtype) };
}

function rowsCall(
  lowering: ScatterLowering,
  index: Strided,
  out: Strided,
  extents: readonly number[],
  source: Target,
): PlannedCall {
  const indexed = lowering.data.indexOf("index");
  const own = lowering.data.map((d): Affine => (d === "index" ? fixed(0) : d));
  const strides = denseStrides(out.shape);
  const shift = shiftOf(out.dtype);
  const data = placeOf(own, strides, extents.length);
  const at = placeOf(lowering.index, index.strides, extents.length);
  const axes = collapse(
    partsOf(
      out.dtype,
      extents.map((extent, i) => ({ extent, sums: [data.by[i]! << shift, at.by[i]! << 2] })),
    ),
  );
  const inner = axes.at(-1);
  const isRun = inner !== undefined && inner.sums[1] === 0;
  const outer = isRun ? axes.slice(0, -1) : axes;
  const words = planWords(scatterPlan.axes, outer);
  const size = out.shape[indexed]!;
  words[scatterPlan.count] = countOf(outer);
  words[scatterPlan.run] = isRun ? inner.extent : 1;
  words[scatterPlan.runStep] = isRun ? inner.sums[0]! : 0;
  words[scatterPlan.mode] = modeOf(lowering.combine, out.dtype);
  words[scatterPlan.size] = size;
  words[scatterPlan.sizeStep] = strides[indexed]! << shift;
  words[scatterPlan.axisCount] = outer.length;
  const pointers = [
    { word: scatterPlan.target, target: resultTarget, bytes: data.start << shift },
    { word: scatterPlan.index, target: 1, bytes: at.start << 2 },
    { word: scatterPlan.source, target: source, bytes: 0 },
  ];
  const run = (k: Kernels): void => {
    if (k.scatter() !== 0) throw new IndexOutOfRange(k.i32[k.table.regions.error >> 2]!, size);
  };
  return { words, pointers, run };
}

function modeOf(combine: ScatterLowering["combine"], dtype: DType): number {
  if (combine === "add") return dtype === "f32" ? scatterModes.addF32 : scatterModes.addI32;
  return shiftOf(dtype) === 0 ? scatterModes.setByte : scatterModes.setWord;
}
