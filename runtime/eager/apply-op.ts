/** Runs operators eagerly: views where an operator only moves indices, kernels for the rest. */

import { type CallHost, callOp } from "../../compiler/ops/call.ts";
import { DimExpr } from "../../compiler/ops/dim.ts";
import type { Affine, MoveLowering, MovePiece } from "../../compiler/ops/lowering.ts";
import type { Argument, Attrs, Op, OpBuilder } from "../../compiler/ops/op.ts";
import { opByName } from "../../compiler/ops/registry.ts";
import type { DType, Rule, TensorType } from "../../compiler/ops/types.ts";
import { allocate, allocateBeside, writeElements } from "./allocate.ts";
import { applyToExamples, isMapping, levelOf } from "./examples.ts";
import { codes, GlimError } from "./glim-error.ts";
import { OutOfMemory } from "./kernels.ts";
import { IndexOutOfRange, launch } from "./launch.ts";
import { isWatching, refuseNaN } from "./nan-stop.ts";
import { free } from "./pool.ts";
import { isRecording, recordOperation } from "./recording.ts";
import { EagerTensor, isTensor } from "./tensor.ts";

/** Sizes are numbers here: what does not fit is thrown at once. */
export const eagerRule: Rule = {
  fail(kind, message) {
    const error = new GlimError(codes[kind], message);
    // The user's call comes first in the stack: a trace is cut after ten frames.
    Error.captureStackTrace?.(error, call);
    throw error;
  },
  equal(a, b, message) {
    if (a !== b) this.fail("shape", message());
    return a;
  },
  atMost(a, b, message) {
    if (Number(a) > Number(b)) this.fail("shape", message());
  },
};

/** Scalars of recent numbers, so that `x.add(1)` in a loop makes no tensor each time. */
const scalars = new Map<string, EagerTensor>();
const scalarsKept = 256;

export function scalar(value: unknown, dtype: DType): EagerTensor {
  const number = Number(value);
  const key = `${dtype}${Object.is(number, -0) ? "-0" : number}`;
  const known = scalars.get(key);
  if (known) return known;
  const t = writeElements(allocate(dtype, []), [number]);
  if (scalars.size >= scalarsKept) scalars.clear();
  scalars.set(key, t);
  return t;
}

const host: CallHost<EagerTensor> = {
  isTensor,
  isNumber: (v) => typeof v === "number",
  typeOf: (v) => v,
  scalar,
  apply: applyOp,
  toArgument,
};

/** Gradient rules, and rules for many examples, build eager tensors. */
export const eagerBuilder: OpBuilder<EagerTensor> = {
  apply(name, operands, attrs) {
    const op = opByName(name);
    if (op === undefined) throw new Error(`there is no operator ${name}`);
    return applyOp(op, operands, attrs, op.type(operands, attrs, eagerRule));
  },
  scalar: (value, dtype) => scalar(value, dtype),
  typeOf: (x) => x,
};

/** Thrown where no operator is known yet to name. */
class NotAnArgument extends Error {}

function toArgument(v: unknown): Argument {
  if (isArgument(v)) return v;
  const what = isTensor(v) ? "a tensor" : `a ${typeof v}`;
  throw new NotAnArgument(`${what} stands where a number, text or list is due`);
}

function isArgument(v: unknown): v is Argument {
  if (v === null || v === undefined) return true;
  if (typeof v === "number" || typeof v === "string" || typeof v === "boolean") return true;
  if (v instanceof DimExpr || isTensor(v)) return false;
  if (Array.isArray(v)) return v.every(isArgument);
  return typeof v === "object" && Object.values(v).every(isArgument);
}

/** Calls an operator with what a user wrote. */
export function call(op: Op, args: readonly unknown[]): EagerTensor {
  try {
    return callOp(host, op, args, eagerRule);
  } catch (error) {
    if (!(error instanceof NotAnArgument)) throw error;
    return eagerRule.fail("argument", `${op.name}: ${error.message}`);
  }
}

/** The result of an operator on operands of the right types. */
export function applyOp(
  op: Op,
  operands: readonly EagerTensor[],
  attrs: Attrs,
  type: TensorType,
): EagerTensor {
  const level = isMapping() ? levelOf(operands) : undefined;
  if (level !== undefined) {
    const result = applyToExamples(level, eagerBuilder, op, operands, attrs, type);
    return recorded(op, operands, attrs, result, level.recorders);
  }
  const shape = type.shape as readonly number[];
  if (mayView(op, operands, attrs, type)) {
    const lowering = op.lower(operands, attrs, type);
    const view = lowering.kind === "move" ? viewOf(lowering, operands, shape) : undefined;
    if (view) return recorded(op, operands, attrs, view);
  }
  const out = allocateBeside(type.dtype, shape, operands);
  try {
    launch(op, operands, attrs, out);
  } catch (error) {
    free(out.storage);
    throw asUserError(op, error);
  }
  return recorded(op, operands, attrs, out);
}

/** What is being differentiated keeps a record of what is computed. */
function recorded(
  op: Op,
  operands: readonly EagerTensor[],
  attrs: Attrs,
  result: EagerTensor,
  outer = 0,
): EagerTensor {
  if (isWatching() && outer === 0) refuseNaN(op, operands, result);
  if (isRecording()) recordOperation({ op, operands, attrs, result }, outer);
  return result;
}

function asUserError(op: Op, error: unknown): unknown {
  if (error instanceof IndexOutOfRange) {
    return new GlimError(codes.index, `${op.name}: ${error.message}`, { cause: error });
  }
  if (error instanceof OutOfMemory) {
    const message = `${op.name}: out of memory: ${error.message}`;
    return new GlimError(codes.memory, message, { cause: error });
  }
  return error;
}

const movers = new WeakMap<Op, boolean>();

/** Whether an operator's kind is `move`: it is the same for all of its calls. */
function mayView(
  op: Op,
  operands: readonly EagerTensor[],
  attrs: Attrs,
  type: TensorType,
): boolean {
  let moves = movers.get(op);
  if (moves === undefined) {
    moves = op.lower(operands, attrs, type).kind === "move";
    movers.set(op, moves);
  }
  return moves;
}

function viewOf(
  lowering: MoveLowering,
  operands: readonly EagerTensor[],
  shape: readonly number[],
): EagerTensor | undefined {
  if (lowering.form === "reshape") {
    const x = operands[0]!;
    return x.dense ? viewWith(x, shape, undefined, x.offset) : undefined;
  }
  const piece = lowering.pieces[0];
  if (!piece || lowering.pieces.length > 1 || lowering.fill !== undefined) return undefined;
  return viewOfPiece(operands[piece.operand]!, piece, shape);
}

const viewWith = (
  x: EagerTensor,
  shape: readonly number[],
  strides: readonly number[] | undefined,
  offset: number,
): EagerTensor => new EagerTensor(x.storage, x.dtype, shape, strides, offset, x.lease);

/** The operand seen through an affine map: each axis of the result steps through it evenly. */
function viewOfPiece(x: EagerTensor, piece: MovePiece, shape: readonly number[]): EagerTensor {
  const strides = shape.map(() => 0);
  let { offset } = x;
  piece.index.forEach((at: Affine, axis) => {
    const step = x.strides[axis]!;
    offset += Number(at.offset) * step;
    for (const term of at.terms) strides[term.axis]! += Number(term.by) * step;
  });
  return viewWith(x, shape, strides, offset);
}
