/** The samples of the records, made concrete: symbols get sizes, operands get elements. */

import { parseTypeText } from "#glim/compiler/graph/parse-type.js";
import { type Dim, DimExpr, evaluateDim } from "#glim/compiler/ops/dim.js";
import type { Argument, Attrs, Op, Sample } from "#glim/compiler/ops/op.js";
import {
  type DType,
  printTensorType,
  type TensorType,
  tensorType,
} from "#glim/compiler/ops/types.js";
import { lengthOf, newData, type TypedArray } from "./reference-elements.ts";
import { applyOp, type ReferenceTensor, strictRule } from "./reference-host.ts";

/** What the symbols of samples stand for. */
export const sampleSizes: ReadonlyMap<string, number> = new Map([
  ["B", 2],
  ["T", 3],
  ["H", 6],
]);

export function parseTensor(text: string): TensorType {
  const type = parseTypeText(text);
  if (type.kind !== "tensor") throw new Error(`${text} is not the type of a tensor`);
  return type;
}

export const concreteType = (
  t: TensorType,
  sizes: ReadonlyMap<string, number> = sampleSizes,
): TensorType =>
  tensorType(
    t.dtype,
    t.shape.map((d) => evaluateDim(d, sizes)),
  );

export function concreteArgument(a: Argument, sizes = sampleSizes): Argument {
  if (a instanceof DimExpr) return evaluateDim(a, sizes);
  if (Array.isArray(a)) return a.map((x) => concreteArgument(x, sizes));
  return a;
}

export const concreteArgs = (
  args: Sample["args"],
  sizes = sampleSizes,
): Readonly<Record<string, Argument>> =>
  Object.fromEntries(Object.entries(args).map(([k, v]) => [k, concreteArgument(v, sizes)]));

/** Numbers that repeat from run to run: a linear congruential generator, uniform in 0 … 1. */
export function numbersFrom(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** Elements for an operand: floats around 0, small integers; for an index, positions that exist. */
export function sampleData(type: TensorType, next: () => number): TypedArray {
  const data = newData(type.dtype, lengthOf(type.shape));
  for (let i = 0; i < data.length; i++) {
    data[i] = sampleElement(type.dtype, next);
  }
  return data;
}

function sampleElement(dtype: DType, next: () => number): number {
  switch (dtype) {
    case "f32":
      return (next() - 0.5) * 4;
    case "f64":
      return (next() + next() * 2 ** -24 - 0.5) * 4;
    case "i32":
      return Math.floor(next() * 19) - 9;
    case "u8":
    case "i8":
      return Math.floor(next() * 256);
    case "bool":
      return Math.round(next());
  }
}

export interface ConcreteCall {
  readonly text: string;
  readonly op: Op;
  readonly operands: readonly ReferenceTensor[];
  readonly attrs: Attrs;
  readonly result: ReferenceTensor;
}

/** Whether operand `i` holds positions along the axis that the attributes name. */
export const isIndex = (op: Op, i: number): boolean => op.operands[i]?.name === "index";

/** Positions that exist, counted from the start or the end. */
export function samplePositions(
  [x]: readonly TensorType[],
  { axis }: Attrs,
  count: number,
  next: () => number,
): number[] {
  const size = Number(x!.shape[Number(axis)]);
  return Array.from({ length: count }, () => Math.floor((next() * 2 - 1) * size));
}

/** A sample's call, carried out by the reference executor. */
export function runSample(op: Op, sample: Sample, seed = 1): ConcreteCall {
  const next = numbersFrom(seed);
  const args = concreteArgs(sample.args);
  const types = sample.operands.map((t) => concreteType(parseTensor(t)));
  const attrs = op.bind(args, types, strictRule);
  const operands = types.map((type, i) => {
    const data = sampleData(type, next);
    if (isIndex(op, i)) data.set(samplePositions(types, attrs, data.length, next));
    return { type, data };
  });
  return {
    text: `${op.name}(${sample.operands.join(", ")}) ${JSON.stringify(sample.args)}`,
    op,
    operands,
    attrs,
    result: applyOp(op, operands, attrs),
  };
}

export const printOperands = (operands: readonly ReferenceTensor[]): string =>
  operands.map((x) => printTensorType(x.type)).join(", ");

export const isSymbolic = (type: TensorType): boolean =>
  type.shape.some((d: Dim) => typeof d !== "number");
