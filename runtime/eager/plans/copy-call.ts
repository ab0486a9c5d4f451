/** Calls of the `move` kernel: the fewest, longest rows of a strided copy. */

import { movePlan } from "../../../compiler/ops/kernel-abi.ts";
import { type DType, isNarrow } from "../../../compiler/ops/types.ts";
import type { Kernels } from "../kernels.ts";
import { collapse, countOf, type PlanAxis, planWords } from "./axes.ts";
import { planAt, shiftOf } from "./plan.ts";
import type { PlannedCall, Target } from "./shaped-plan.ts";

export interface Copy {
  readonly dtype: DType;
  readonly from: Target;
  /** Elements from the start of the targets. */
  readonly fromStart: number;
  readonly to: Target;
  readonly toStart: number;
  /** Sum 0: elements in the source, sum 1: in the target. */
  readonly axes: readonly PlanAxis[];
}

/** Matrices with fewer rows or columns than this are copied row by row instead of transposed. */
const fewestLines = 8;

/** The call that copies; none for an empty copy. */
export function copyCall(copy: Copy): PlannedCall[] {
  const { dtype, from, fromStart, to, toStart, axes } = copy.dtype === "f64" ? inWords(copy) : copy;
  if (axes.some((a) => a.extent <= 0)) return [];
  const shift = shiftOf(dtype);
  const merged = collapse(axes);
  const run = merged.at(-1)?.sums[1] === 1 ? merged.pop() : undefined;
  const lines = run && takeLines(merged, run, shift);
  const inBytes = merged.map(({ extent, sums }) => ({ extent, sums: sums.map((s) => s << shift) }));
  const words = planWords(movePlan.axes, inBytes);
  words[movePlan.count] = countOf(merged);
  words[movePlan.run] = run?.extent ?? 1;
  words[movePlan.runStep] = (run?.sums[0] ?? 0) << shift;
  words[movePlan.shift] = shift;
  words[movePlan.lines] = lines?.extent ?? 0;
  words[movePlan.lineStep] = (lines?.sums[1] ?? 0) << shift;
  words[movePlan.axisCount] = merged.length;
  const pointers = [
    { word: movePlan.from, target: from, bytes: fromStart << shift },
    { word: movePlan.to, target: to, bytes: toStart << shift },
  ];
  return [{ words, pointers, run: (k) => k.move() }];
}

/** Each element as two words. */
const inWords = (copy: Copy): Copy => ({
  ...copy,
  dtype: "i32",
  fromStart: 2 * copy.fromStart,
  toStart: 2 * copy.toStart,
  axes: [
    ...copy.axes.map(({ extent, sums }) => ({ extent, sums: sums.map((s) => 2 * s) })),
    { extent: 2, sums: [1, 1] },
  ],
});

/** Takes out of `axes` the one along which the source's neighbours lie, if rows are spread out. */
function takeLines(axes: PlanAxis[], run: PlanAxis, shift: number): PlanAxis | undefined {
  if (shift !== 2 || Math.abs(run.sums[0]!) <= 1 || run.extent < fewestLines) return undefined;
  const at = axes.findIndex((a) => a.sums[0] === 1 && a.extent >= fewestLines);
  return at < 0 ? undefined : axes.splice(at, 1)[0];
}

/** The call that writes `length` elements of one value, from element `start` of a target on. */
export function fillCall(
  dtype: DType,
  to: Target,
  start: number,
  length: number,
  value: number,
): PlannedCall {
  const words = planWords(movePlan.axes, []);
  words[movePlan.count] = 1;
  words[movePlan.run] = length;
  words[movePlan.shift] = shiftOf(dtype);
  return {
    words,
    pointers: [{ word: movePlan.to, target: to, bytes: start << shiftOf(dtype) }],
    run: (k) => {
      if (dtype === "f64") {
        const address = k.i32[planAt(k) + movePlan.to]!;
        new Float64Array(k.memory.buffer, address, length).fill(value);
        return;
      }
      k.i32[planAt(k) + movePlan.from] = writeCell(k, dtype, value);
      k.move();
    },
  };
}

/** Puts `value` into a cell; returns its address. */
function writeCell(k: Kernels, dtype: DType, value: number): number {
  const at = k.table.regions.cells;
  if (dtype === "bool") k.u8[at] = value === 0 ? 0 : 1;
  else if (isNarrow(dtype)) k.u8[at] = value;
  else if (dtype === "i32") k.i32[at >> 2] = value;
  else k.f32[at >> 2] = value;
  return at;
}
