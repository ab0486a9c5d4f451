/** Operands and results that interpreters hold in a wider type than the program does: conversions around an operation. */

import type { Node, Value } from "../graph/ir.ts";
import { tensorOf } from "../graph/ir.ts";
import { arg } from "../ops/expr.ts";
import type { Lowering } from "../ops/lowering.ts";
import { clamped } from "../ops/narrow-integers.ts";
import { opDrop } from "../ops/program-format.ts";
import { isNarrow, type TensorType } from "../ops/types.ts";
import { StepEncoder } from "./encode-steps.ts";
import { emitMap, type OperatorScope } from "./operator-words.ts";

/** Interpreters compare and order integers of eight bits as i32. */
export const isOfWidened = ({ kind }: Lowering, operand: TensorType | undefined): boolean =>
  (kind === "reduce" || kind === "scan" || kind === "sort") &&
  operand !== undefined &&
  isNarrow(operand.dtype);

/** `encode` is given the node as it stands between the conversions. */
export function encodeWidened(
  scope: OperatorScope,
  node: Node,
  encode: (widened: Node) => void,
): void {
  const [result] = node.results;
  const { dtype } = tensorOf(result!);
  const operands = node.operands.map(asI32);
  const out = isNarrow(dtype) ? asI32(result!) : result!;
  for (const [i, v] of node.operands.entries()) emitConversion(scope, operands[i]!, v, undefined);
  encode({ ...node, operands, results: [out] });
  const made = out === result ? operands : [...operands, out];
  // Over nothing an i32 has the least or greatest value, as one of eight bits has its own.
  if (out !== result && isNarrow(dtype)) emitConversion(scope, result!, out, dtype);
  for (const v of made) scope.emit(opDrop, [scope.reg(v)]);
}

const asI32 = (v: Value): Value => ({ ...v, type: { ...tensorOf(v), dtype: "i32" } });

function emitConversion(
  scope: OperatorScope,
  to: Value,
  from: Value,
  clampedTo: "u8" | "i8" | undefined,
): void {
  const steps = new StepEncoder();
  const x = arg(0, clampedTo ? "i32" : tensorOf(from).dtype);
  const expr = clampedTo ? clamped(x, clampedTo) : x;
  const value = steps.add(
    expr,
    (_, type) => steps.operand(from, type),
    (axis) => axis,
  );
  steps.end(value, tensorOf(to).dtype);
  emitMap(scope, to, steps);
}
