/** Plans of `move`: one copy for each piece, over what fills the rest. */

import type { MoveLowering, MovePiece } from "../../../compiler/ops/lowering.ts";
import { denseStrides, lengthOf, type Strided } from "../strided.ts";
import { placeOf } from "./axes.ts";
import { copyCall, fillCall } from "./copy-call.ts";
import { known } from "./plan.ts";
import { type PlannedCall, type PlannedCalls, resultTarget } from "./shaped-plan.ts";

export function planMove(
  lowering: MoveLowering,
  operands: readonly Strided[],
  out: Strided,
): PlannedCalls {
  if (lowering.form === "reshape") {
    return { calls: copyDense(operands[0]!, 0, resultTarget), scratchBytes: 0 };
  }
  const to = denseStrides(out.shape);
  const pieces = lowering.pieces.flatMap((piece) => copyPiece(piece, operands, out, to));
  if (lowering.fill === undefined) return { calls: pieces, scratchBytes: 0 };
  const fill = fillCall(out.dtype, resultTarget, 0, lengthOf(out.shape), known(lowering.fill));
  return { calls: [fill, ...pieces], scratchBytes: 0 };
}

/** All of `x`, which is operand `number`, to neighbouring places in its own order. */
function copyDense(x: Strided, number: number, to: number): PlannedCall[] {
  const target = denseStrides(x.shape);
  const axes = x.shape.map((extent, i) => ({ extent, sums: [x.strides[i]!, target[i]!] }));
  return copyCall({ dtype: x.dtype, from: number, fromStart: 0, to, toStart: 0, axes });
}

function copyPiece(
  { operand, from, to, index }: MovePiece,
  operands: readonly Strided[],
  out: Strided,
  target: readonly number[],
): PlannedCall[] {
  const { by, start } = placeOf(index, operands[operand]!.strides, target.length);
  const corner = from.map(known);
  const axes = corner.map((first, i) => ({
    extent: known(to[i]!) - first,
    sums: [by[i]!, target[i]!],
  }));
  return copyCall({
    dtype: out.dtype,
    from: operand,
    fromStart: corner.reduce((sum, p, i) => sum + p * by[i]!, start),
    to: resultTarget,
    toStart: corner.reduce((sum, p, i) => sum + p * target[i]!, 0),
    axes,
  });
}
