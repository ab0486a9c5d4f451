/** Plans of `map`: a direct call where operands are dense or single, else descriptors. */

import type { Expr } from "../../../compiler/ops/expr.ts";
import {
  inputsOf,
  keyExpr,
  type LiftedExpr,
  liftConstants,
} from "../../../compiler/ops/expr-key.ts";
import { constantCode, indexCode, maxSlots } from "../../../compiler/ops/kernel-abi.ts";
import type { DType } from "../../../compiler/ops/types.ts";
import type { Kernels } from "../kernels.ts";
import type { Strided } from "../strided.ts";
import { lengthOf } from "../strided.ts";
import { type Plan, writeDescriptor, writeSpecialSlot } from "./plan.ts";
import { untranspose } from "./untranspose.ts";

/** Bytes of one constant, repeated for a whole round of a kernel. */
const constantBytes = 64;

interface MapKernel {
  readonly number: number;
  /** The operands that the kernel reads, in the order of its slots. */
  readonly args: readonly number[];
  /** Constants that it takes as operands, in the slots after. */
  readonly constants: LiftedExpr["constants"];
  /** Axes whose positions it reads, in the last slots. */
  readonly axes: readonly number[];
}

/** The kernel of an expression, or the one that takes all constants of its like as operands. */
export function findMapKernel(k: Kernels, expr: Expr): MapKernel {
  const inputs = inputsOf(expr);
  const exact = k.table.maps[keyExpr(expr).key];
  if (exact !== undefined) return { number: exact, ...inputs, constants: [] };
  const lifted = liftConstants(expr);
  const number = k.table.maps[keyExpr(lifted.expr).key];
  if (number === undefined) throw new Error("the kernels lack this expression: rebuild them");
  return { number, ...inputs, constants: lifted.constants };
}

/** Bytes of four elements: how steps of dense operands are given. */
export const stepOf = (dtype: DType): number => (dtype === "bool" ? 4 : 16);

export function planMap(k: Kernels, expr: Expr): Plan {
  const kernel = findMapKernel(k, expr);
  const { args, axes, constants, number } = kernel;
  const slots = args.length + axes.length + constants.length;
  if (slots > maxSlots) throw new Error(`an expression of ${slots} operands has no kernel`);
  const [first = 0, second = 0, third = 0] = args;
  const strided: Plan = (operands, out) => runStrided(k, kernel, operands, out);
  if (axes.length + constants.length > 0 || args.length < 1 || args.length > 3) return strided;
  return (operands, out) => {
    const n = lengthOf(out.shape);
    if (n === 0) return;
    const outStep = stepOf(out.dtype);
    const a = operands[first]!;
    const aStep = directStep(a, n);
    if (aStep === 0) return strided(operands, out);
    if (args.length === 1) {
      k.map1(number, out.address, outStep, n, a.address, aStep);
      return;
    }
    const b = operands[second]!;
    const bStep = directStep(b, n);
    if (bStep === 0) return strided(operands, out);
    if (args.length === 2) {
      k.map2(number, out.address, outStep, n, a.address, aStep, b.address, bStep);
      return;
    }
    const c = operands[third]!;
    const cStep = directStep(c, n);
    if (cStep === 0) return strided(operands, out);
    const { address } = c;
    k.map3(number, out.address, outStep, n, a.address, aStep, b.address, bStep, address, cStep);
  };
}

/**
 * The step that tells a kernel to read `x` in place for `n` results: bytes of four elements, negative
 * for a single element; 0 where it cannot. Of shapes that broadcast, those of equal length are equal.
 */
function directStep(x: Strided, n: number): number {
  const length = lengthOf(x.shape);
  if (length === n && (x.dense || n === 1)) return stepOf(x.dtype);
  return length === 1 ? -stepOf(x.dtype) : 0;
}

function runStrided(
  k: Kernels,
  { number, args, axes, constants }: MapKernel,
  given: readonly Strided[],
  out: Strided,
): void {
  if (lengthOf(out.shape) === 0) return;
  const operands = untranspose(k, given);
  let slot = 0;
  for (const index of args) writeDescriptor(k, slot++, operands[index]!);
  for (const [i, constant] of constants.entries()) {
    const at = k.table.regions.cells + i * constantBytes;
    writeConstant(k, at, constant.type, constant.value);
    writeSpecialSlot(k, slot++, constantCode, at);
  }
  for (const axis of axes) writeSpecialSlot(k, slot++, indexCode, axis);
  writeDescriptor(k, slot, out);
  k.mapStrided(number, slot);
}

function writeConstant(k: Kernels, at: number, type: string, value: number | bigint): void {
  const { buffer } = k.memory;
  if (type === "f32") new Float32Array(buffer, at, constantBytes / 4).fill(Number(value));
  else if (type === "i32") new Int32Array(buffer, at, constantBytes / 4).fill(Number(value));
  else if (type === "bool") new Uint8Array(buffer, at, constantBytes).fill(Number(value));
  else if (type === "f64") new Float64Array(buffer, at, constantBytes / 8).fill(Number(value));
  else new BigInt64Array(buffer, at, constantBytes / 8).fill(BigInt(value));
}

/** Applies `finish` to every element of `out` in place; its operand 1 is `count` as out's type. */
export function planFinish(k: Kernels, expr: Expr): (out: Strided, count: number) => void {
  const plan = planMap(k, expr);
  return (out, count) => {
    const address = k.table.regions.cells;
    const cells = out.dtype === "f32" ? k.f32 : k.i32;
    cells[address >> 2] = count;
    plan([out, { address, dtype: out.dtype, shape: [], strides: [], dense: true }], out);
  };
}
