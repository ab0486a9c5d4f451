/** Operands at which a gradient can be compared with differences: no tie, kink or pole is within a step. */

import type { Op, Sample } from "#glim/compiler/ops/op.js";
import { isFloat, type TensorType } from "#glim/compiler/ops/types.js";
import { lengthOf } from "./reference-elements.ts";
import { type ReferenceTensor, strictRule, tensor } from "./reference-host.ts";
import {
  concreteArgs,
  concreteType,
  isIndex,
  numbersFrom,
  parseTensor,
  sampleData,
  samplePositions,
} from "./sample-call.ts";

export const isFollowed = ({ dtype }: TensorType): boolean => isFloat(dtype);

/** The types of a sample's operands, with f64 for f32. */
export const typesOf = (sample: Sample): readonly TensorType[] =>
  sample.operands.map((text) => {
    const type = concreteType(parseTensor(text));
    return type.dtype === "f32" ? { ...type, dtype: "f64" } : type;
  });

type Range = readonly [from: number, to: number];
const above: Range = [0.5, 4.5];
const inside: Range = [-0.9, 0.9];

/** Where a function is steep, undefined, kinked or jumps, operands are taken from other ranges than −2 … 2. */
const ranges: Readonly<Record<string, Readonly<Record<number, Range>>>> = {
  log: { 0: above },
  log2: { 0: above },
  log10: { 0: above },
  log1p: { 0: above },
  sqrt: { 0: above },
  div: { 1: above },
  pow: { 0: above },
  fmod: { 0: [6.2, 6.8], 1: [-1.9, -1.8] },
  remainder: { 0: [6.2, 6.8], 1: [-1.9, -1.8] },
  tan: { 0: [-1, 1] },
  erfinv: { 0: inside },
  asin: { 0: inside },
  acos: { 0: inside },
  atanh: { 0: inside },
  acosh: { 0: [1.5, 5.5] },
  atan2: { 1: above },
};

/** Distinct f64 elements over all operands, evenly spaced in −2 … 2, so that no tie is within a step. */
export function spacedOperands(op: Op, sample: Sample): readonly ReferenceTensor[] {
  const types = typesOf(sample);
  const attrs = op.bind(concreteArgs(sample.args), types, strictRule);
  const next = numbersFrom(5);
  const total = types.reduce((n, t) => n + (isFollowed(t) ? lengthOf(t.shape) : 0), 0);
  const values = Array.from({ length: total }, (_, i) => ((i + 0.4) / total - 0.5) * 4);
  for (let i = total - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  let used = 0;
  return types.map((type, n) => {
    if (!isFollowed(type)) {
      const data = sampleData(type, next);
      if (isIndex(op, n)) data.set(samplePositions(types, attrs, data.length, next));
      return { type, data };
    }
    const length = lengthOf(type.shape);
    const [from, to] = ranges[op.name]?.[n] ?? [-2, 2];
    const own = values.slice(used, used + length).map((v) => from + ((v + 2) / 4) * (to - from));
    used += length;
    return tensor(type.dtype, type.shape, own);
  });
}

export function withElement(x: ReferenceTensor, at: number, by: number): ReferenceTensor {
  const elements = [...x.data];
  elements[at] = elements[at]! + by;
  return tensor(x.type.dtype, x.type.shape, elements);
}

/** Constant between their steps: nothing flows, and differences across a step would be infinite. */
export const steps = ["sign", "floor", "ceil", "round", "trunc"];

/** The samples of an operator with fewer than so many elements that have floats to differentiate for. */
export const samplesOf = (op: Op, most = 3000): readonly Sample[] =>
  op.samples.filter((s) => {
    const types = typesOf(s);
    const result = op.type(types, op.bind(concreteArgs(s.args), types, strictRule), strictRule);
    const size = Math.max(lengthOf(result.shape), ...types.map((t) => lengthOf(t.shape)));
    return isFollowed(result) && types.some(isFollowed) && size < most;
  });
