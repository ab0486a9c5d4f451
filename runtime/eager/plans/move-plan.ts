/** Plans of `move`: the fewest, longest rows from each operand to the result. */

import { movePlan } from "../../../compiler/ops/kernel-abi.ts";
import type { MoveLowering, MovePiece } from "../../../compiler/ops/lowering.ts";
import type { Kernels } from "../kernels.ts";
import { denseStrides, lengthOf, type Strided } from "../strided.ts";
import { collapse, countOf, type PlanAxis, placeOf, planWords } from "./axes.ts";
import { known, shiftOf } from "./plan.ts";
import type { PlannedCall } from "./shaped-plan.ts";

export function planMove(
  lowering: MoveLowering,
  operands: readonly Strided[],
  out: Strided,
): PlannedCall[] {
  const to = denseStrides(out.shape);
  if (lowering.form === "reshape") {
    const x = operands[0]!;
    const target = denseStrides(x.shape);
    const axes = x.shape.map((extent, i) => ({ extent, sums: [x.strides[i]!, target[i]!] }));
    return rows(out, { operand: 0, from: 0, to: 0 }, axes);
  }
  const pieces = lowering.pieces.flatMap((piece) => planPiece(piece, operands, out, to));
  if (lowering.fill === undefined) return pieces;
  return [planFill(known(lowering.fill), out), ...pieces];
}

function planPiece(
  { operand, from, to, index }: MovePiece,
  operands: readonly Strided[],
  out: Strided,
  target: readonly number[],
): PlannedCall[] {
  const { by, start } = placeOf(index, operands[operand]!.strides, target.length);
  const axes = from.map((first, i) => ({
    extent: known(to[i]!) - known(first),
    sums: [by[i]!, target[i]!],
  }));
  const corner = from.map(known);
  const first = corner.reduce((sum, p, i) => sum + p * by[i]!, start);
  const firstTo = corner.reduce((sum, p, i) => sum + p * target[i]!, 0);
  return rows(out, { operand, from: first, to: firstTo }, axes);
}

interface Start {
  readonly operand: number;
  readonly from: number;
  readonly to: number;
}

/** Axes in elements: sum 0 the source's, 1 the target's. */
function rows(out: Strided, start: Start, axes: readonly PlanAxis[]): PlannedCall[] {
  if (axes.some((a) => a.extent <= 0)) return [];
  const shift = shiftOf(out);
  const merged = collapse(axes);
  const inner = merged.at(-1);
  const isRun = inner?.sums[1] === 1;
  const outer = isRun ? merged.slice(0, -1) : merged;
  const inBytes = outer.map(({ extent, sums }) => ({ extent, sums: sums.map((s) => s << shift) }));
  const words = planWords(movePlan.axes, inBytes);
  words[movePlan.count] = countOf(outer);
  words[movePlan.run] = isRun ? inner.extent : 1;
  words[movePlan.runStep] = isRun ? inner.sums[0]! << shift : 0;
  words[movePlan.shift] = shift;
  words[movePlan.axisCount] = outer.length;
  const pointers = [
    { word: movePlan.from, operand: start.operand, bytes: start.from << shift },
    { word: movePlan.to, operand: -1, bytes: start.to << shift },
  ];
  return [{ words, pointers, run: (k) => k.move() }];
}

/** One row that repeats one value. */
function planFill(value: number, out: Strided): PlannedCall {
  const words = planWords(movePlan.axes, []);
  words[movePlan.count] = 1;
  words[movePlan.run] = lengthOf(out.shape);
  words[movePlan.shift] = shiftOf(out);
  return {
    words,
    pointers: [{ word: movePlan.to, operand: -1, bytes: 0 }],
    run: (k) => {
      k.i32[(k.table.regions.plan >> 2) + movePlan.from] = writeValue(k, value, out);
      k.move();
    },
  };
}

/** Puts `value` into a cell, as an element of `out`; returns its address. */
function writeValue(k: Kernels, value: number, out: Strided): number {
  const at = k.table.regions.cells;
  if (out.dtype === "bool") k.u8[at] = value === 0 ? 0 : 1;
  else if (out.dtype === "i32") k.i32[at >> 2] = value;
  else k.f32[at >> 2] = value;
  return at;
}
