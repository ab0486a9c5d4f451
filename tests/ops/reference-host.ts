/** Tensors that the reference executor computes with: a host for calls and a builder for gradients. */

import { type CallHost, callOp } from "#glim/compiler/ops/call.js";
import { type Dim, DimExpr } from "#glim/compiler/ops/dim.js";
import type { Argument, Attrs, Op, OpBuilder } from "#glim/compiler/ops/op.js";
import { opByName } from "#glim/compiler/ops/registry.js";
import { type DType, type Rule, type TensorType, tensorType } from "#glim/compiler/ops/types.js";
import { newData, type TypedArray } from "./reference-elements.ts";
import { referenceResult } from "./reference-lowering.ts";

export interface ReferenceTensor {
  readonly type: TensorType;
  readonly data: TypedArray;
}

export const tensor = (
  dtype: DType,
  shape: readonly Dim[],
  values: ArrayLike<number>,
): ReferenceTensor => {
  const data = newData(dtype, values.length);
  data.set(values);
  return { type: tensorType(dtype, shape), data };
};

/** The refusals of calls whose sizes are numbers. */
export const strictRule: Rule = {
  fail(kind, message) {
    throw new Refused(kind, message);
  },
  equal(a, b, message) {
    return a === b ? a : this.fail("shape", message());
  },
  atMost(a, b, message) {
    if (a > b) this.fail("shape", message());
  },
};

export class Refused extends Error {
  readonly kind: string;

  constructor(kind: string, message: string) {
    super(message);
    this.kind = kind;
  }
}

export function applyOp(
  op: Op,
  operands: readonly ReferenceTensor[],
  attrs: Attrs,
): ReferenceTensor {
  const types = operands.map((x) => x.type);
  const type = op.type(types, attrs, strictRule);
  const data = referenceResult(
    op,
    types,
    operands.map((x) => x.data),
    attrs,
    type,
  );
  return { type, data };
}

export function recordOf(name: string): Op {
  const op = opByName(name);
  if (op === undefined) throw new Error(`no operator is called ${name}`);
  return op;
}

export const referenceBuilder: OpBuilder<ReferenceTensor> = {
  apply: (name, operands, attrs) => applyOp(recordOf(name), operands, attrs),
  scalar: (value, dtype) => tensor(dtype, [], [value]),
  typeOf: (v) => v.type,
};

const isTensor = (v: unknown): v is ReferenceTensor =>
  typeof v === "object" && v !== null && "type" in v && "data" in v;

export const referenceHost: CallHost<ReferenceTensor> = {
  isTensor,
  isNumber: (v) => typeof v === "number",
  typeOf: (v) => v.type,
  scalar: (value, dtype) => tensor(dtype, [], [Number(value)]),
  apply: (op, operands, attrs) => applyOp(op, operands, attrs),
  toArgument,
};

function toArgument(v: unknown): Argument {
  if (Array.isArray(v)) return v.map(toArgument);
  if (v instanceof DimExpr || v === null) return v;
  switch (typeof v) {
    case "number":
    case "string":
    case "boolean":
    case "undefined":
      return v;
    case "object":
      return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, toArgument(x)]));
    default:
      throw new Refused("argument", `a ${typeof v} cannot be an argument`);
  }
}

/** Calls the operator `name` as a user would. */
export const call = (name: string, ...args: readonly unknown[]): ReferenceTensor =>
  callOp(referenceHost, recordOf(name), args, strictRule);
