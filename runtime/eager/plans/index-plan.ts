/** Plans of `index`: the rows that one position of the index tensor gives. */

import { indexPlan } from "../../../compiler/ops/kernel-abi.ts";
import { type Affine, fixed, type IndexLowering } from "../../../compiler/ops/lowering.ts";
import type { DType } from "../../../compiler/ops/types.ts";
import type { Kernels } from "../kernels.ts";
import type { Strided } from "../strided.ts";
import { lengthOf } from "../strided.ts";
import { collapse, countOf, type PlanAxis, placeOf, planWords } from "./axes.ts";
import { movedShiftOf, shiftOf } from "./plan.ts";
import { type PlannedCalls, resultTarget } from "./shaped-plan.ts";

/** A position in an index tensor does not exist in the dimension that it indexes. */
export class IndexOutOfRange extends RangeError {
  override readonly name = "IndexOutOfRange";
  readonly index: number;
  readonly size: number;

  constructor(index: number, size: number) {
    super(`index ${index} is outside a size of ${size}; use ${-size} … ${size - 1}`);
    this.index = index;
    this.size = size;
  }
}

/** Axes over the elements of rows as axes over what kernels move; sum 0 is of bytes in the rows. */
export const partsOf = (dtype: DType, axes: readonly PlanAxis[]): readonly PlanAxis[] =>
  dtype === "f64" ? [...axes, { extent: 2, sums: [4, 0] }] : axes;

export function planIndex(
  lowering: IndexLowering,
  operands: readonly Strided[],
  out: Strided,
): PlannedCalls {
  if (lengthOf(out.shape) === 0) return { calls: [], scratchBytes: 0 };
  const [x, positions] = [operands[0]!, operands[1]!];
  const indexed = lowering.data.indexOf("index");
  if (indexed < 0 || lowering.data.includes("index", indexed + 1)) {
    throw new Error("an index must name one dimension");
  }
  const own = lowering.data.map((d): Affine => (d === "index" ? fixed(0) : d));
  const rank = out.shape.length;
  const data = placeOf(own, x.strides, rank);
  const index = placeOf(lowering.index, positions.strides, rank);
  const shift = shiftOf(x.dtype);
  const axes = collapse(
    partsOf(
      x.dtype,
      out.shape.map((extent, i) => ({ extent, sums: [data.by[i]! << shift, index.by[i]! << 2] })),
    ),
  );
  const inner = axes.at(-1);
  const isRun = inner !== undefined && inner.sums[1] === 0;
  const outer = isRun ? axes.slice(0, -1) : axes;
  const words = planWords(indexPlan.axes, outer);
  const size = x.shape[indexed]!;
  words[indexPlan.count] = countOf(outer);
  words[indexPlan.run] = isRun ? inner.extent : 1;
  words[indexPlan.runStep] = isRun ? inner.sums[0]! : 0;
  words[indexPlan.shift] = movedShiftOf(x.dtype);
  words[indexPlan.size] = size;
  words[indexPlan.sizeStep] = x.strides[indexed]! << shift;
  words[indexPlan.axisCount] = outer.length;
  const pointers = [
    { word: indexPlan.data, target: 0, bytes: data.start << shift },
    { word: indexPlan.index, target: 1, bytes: index.start << 2 },
    { word: indexPlan.out, target: resultTarget, bytes: 0 },
  ];
  const run = (k: Kernels): void => {
    if (k.index() !== 0) throw new IndexOutOfRange(k.i32[k.table.regions.error >> 2]!, size);
  };
  return { calls: [{ words, pointers, run }], scratchBytes: 0 };
}
