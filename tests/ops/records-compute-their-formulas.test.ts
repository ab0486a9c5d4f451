// The reference executor is the oracle of all kernels; here it answers to formulas written out by hand.

import { describe, expect, it } from "vitest";
import type { Op } from "#glim/compiler/ops/op.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { philox } from "../stdlib/plain-philox.ts";
import { positions, type TypedArray } from "./reference-elements.ts";
import { applyOp, type ReferenceTensor } from "./reference-host.ts";
import { type ConcreteCall, runSample } from "./sample-call.ts";

const f = Math.fround;
const sizesOf = (x: ReferenceTensor): number[] => x.type.shape.map(Number);

/** Reads an element by position, repeating axes of size 1 and missing leading axes. */
function read(x: ReferenceTensor, at: readonly number[]): number {
  const sizes = sizesOf(x);
  const own = at.slice(at.length - sizes.length);
  return x.data[sizes.reduce((n, size, i) => n * size + (size === 1 ? 0 : own[i]!), 0)]!;
}

type Formula = (at: readonly number[], call: ConcreteCall) => number;

const list = (a: unknown): number[] => (Array.isArray(a) ? a.map(Number) : []);

const each =
  (fn: (...v: number[]) => number | boolean): Formula =>
  (at, { operands }) =>
    Number(fn(...operands.map((x) => read(x, at))));

/** The elements that are reduced into the result's position. */
function reducedValues(at: readonly number[], { operands, attrs }: ConcreteCall): number[] {
  const x = operands[0]!;
  const axes = list(attrs.axes);
  const sizes = sizesOf(x);
  let next = 0;
  const kept = sizes.map((_, i) => {
    if (!axes.includes(i)) return at[next++]!;
    if (attrs.keepDim === true) next++;
    return -1;
  });
  const values: number[] = [];
  for (const p of positions(sizes)) {
    if (kept.every((k, i) => k === -1 || k === p[i])) values.push(read(x, p));
  }
  return values;
}

const reduced =
  (fn: (values: number[]) => number): Formula =>
  (at, call) =>
    fn(reducedValues(at, call));

const wrap = (call: ConcreteCall, v: number): number =>
  call.result.type.dtype === "i32" ? v | 0 : f(v);

const arithmetic =
  (fn: (a: number, b: number) => number): Formula =>
  (at, call) =>
    wrap(call, fn(read(call.operands[0]!, at), read(call.operands[1]!, at)));

const evenRound = (x: number): number => {
  const below = Math.floor(x);
  return x - below === 0.5 ? below + (Math.abs(below) % 2) : Math.round(x);
};

/** Window positions of a pooled element, in order. */
function windowValues(at: readonly number[], { operands, attrs }: ConcreteCall): number[] {
  const [kernel, stride, padding, dilation] = [
    attrs.kernel,
    attrs.stride,
    attrs.padding,
    attrs.dilation,
  ].map(list);
  const x = operands[0]!;
  const sizes = sizesOf(x);
  const leading = sizes.length - kernel!.length;
  const values: number[] = [];
  for (const k of positions(kernel!)) {
    const p = at.map((q, i) =>
      i < leading
        ? q
        : q * stride![i - leading]! +
          k[i - leading]! * dilation![i - leading]! -
          padding![i - leading]!,
    );
    if (p.every((q, i) => q >= 0 && q < sizes[i]!)) values.push(read(x, p));
  }
  return values;
}

const shift = (at: readonly number[], axis: number, by: number): number[] =>
  at.map((p, i) => (i === axis ? p + by : p));

const fromEnd = (v: number, size: number): number => (v < 0 ? v + size : v);

/** The elements of an operand from the start of the axis to the position. */
function valuesSoFar(at: readonly number[], call: ConcreteCall, operand = 0): number[] {
  const axis = Number(call.attrs.axis);
  const x = call.operands[operand]!;
  return Array.from({ length: at[axis]! + 1 }, (_, i) => read(x, at.with(axis, i)));
}

const soFar =
  (fn: (values: number[]) => number): Formula =>
  (at, call) =>
    fn(valuesSoFar(at, call));

/** The element after all elements of the source whose position leads there, in order. */
function scattered(at: readonly number[], call: ConcreteCall, adds: boolean): number {
  const [x, index, source] = [call.operands[0]!, call.operands[1]!, call.operands[2]!];
  const axis = Number(call.attrs.axis);
  let value = read(x, at);
  for (const p of positions(sizesOf(index))) {
    const to = p.with(axis, fromEnd(read(index, p), sizesOf(x)[axis]!));
    if (to.join() !== at.join()) continue;
    value = adds ? wrap(call, value + read(source, p)) : read(source, p);
  }
  return value;
}

/** Exact but for the transcendental functions and long sums, which get a tolerance. */
const formulas: Readonly<Record<string, Formula>> = {
  add: arithmetic((a, b) => a + b),
  sub: arithmetic((a, b) => a - b),
  mul: arithmetic((a, b) => a * b),
  div: arithmetic((a, b) => a / b),
  minimum: each(Math.min),
  maximum: each(Math.max),
  pow: each((a, b) => a ** b),
  eq: each((a, b) => a === b),
  ne: each((a, b) => a !== b),
  lt: each((a, b) => a < b),
  le: each((a, b) => a <= b),
  gt: each((a, b) => a > b),
  ge: each((a, b) => a >= b),
  logicalAnd: each((a, b) => a === 1 && b === 1),
  logicalOr: each((a, b) => a === 1 || b === 1),
  logicalNot: each((a) => a === 0),
  where: each((c, a, b) => (c === 1 ? a : b)),
  to: (at, { operands, attrs }) => {
    const v = read(operands[0]!, at);
    return attrs.dtype === "bool" ? Number(v !== 0) : attrs.dtype === "i32" ? Math.trunc(v) : v;
  },
  neg: each((x) => -x),
  abs: each(Math.abs),
  sign: each(Math.sign),
  sqrt: each((x) => f(Math.sqrt(x))),
  exp: each(Math.exp),
  log: each(Math.log),
  tanh: each(Math.tanh),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  exp2: each((x) => 2 ** x),
  expm1: each(Math.expm1),
  log2: each(Math.log2),
  log10: each(Math.log10),
  log1p: each(Math.log1p),
  sin: each(Math.sin),
  cos: each(Math.cos),
  tan: each(Math.tan),
  asin: each(Math.asin),
  acos: each(Math.acos),
  atan: each(Math.atan),
  atan2: each(Math.atan2),
  sinh: each(Math.sinh),
  cosh: each(Math.cosh),
  asinh: each(Math.asinh),
  acosh: each(Math.acosh),
  atanh: each(Math.atanh),
  fmod: each((a, b) => (b === 0 && Number.isInteger(a) ? 0 : a % b)),
  remainder: each((a, b) => {
    if (b === 0 && Number.isInteger(a)) return 0;
    return a % b !== 0 && a < 0 !== b < 0 ? f((a % b) + b) : a % b;
  }),
  bitAnd: each((a, b) => a & b),
  bitOr: each((a, b) => a | b),
  bitXor: each((a, b) => a ^ b),
  bitNot: each((a) => ~a),
  shiftLeft: each((a, b) => a << b),
  shiftRight: each((a, b) => a >> b),
  trunc: each(Math.trunc),
  floor: each(Math.floor),
  ceil: each(Math.ceil),
  round: each(evenRound),
  sum: reduced((v) => v.reduce((a, b) => a + b, 0)),
  sumBack: reduced((v) => v.reduce((a, b) => a + b, -0)),
  prod: (at, call) => {
    const isInteger = call.result.type.dtype === "i32";
    return reducedValues(at, call).reduce((a, b) => (isInteger ? Math.imul(a, b) : a * b), 1);
  },
  mean: reduced((v) => v.reduce((a, b) => a + b, 0) / v.length),
  argmax: reduced((v) => Math.max(0, v.indexOf(Math.max(...v)))),
  argmin: reduced((v) => Math.max(0, v.indexOf(Math.min(...v)))),
  maxPool: (at, call) => Math.max(...windowValues(at, call)),
  avgPool: (at, call) =>
    windowValues(at, call).reduce((a, b) => a + b, 0) /
    list(call.attrs.kernel).reduce((a, b) => a * b, 1),
  dot: (at, { operands: [a, b] }) => {
    const [row, column] = [at.at(-2)!, at.at(-1)!];
    const batch = at.slice(0, -2);
    let sum = 0;
    for (let k = 0; k < sizesOf(a!).at(-1)!; k++) {
      sum += read(a!, [...batch, row, k]) * read(b!, [...batch, k, column]);
    }
    return sum;
  },
  stopGradient: (at, { operands }) => read(operands[0]!, at),
  reshape: (at, { operands, result }) =>
    operands[0]!.data[sizesOf(result).reduce((n, size, i) => n * size + at[i]!, 0)]!,
  permute: (at, { operands, attrs }) => {
    const source: number[] = [];
    list(attrs.dims).forEach((d, i) => {
      source[d] = at[i]!;
    });
    return read(operands[0]!, source);
  },
  expand: each((x) => x),
  slice: (at, { operands, attrs }) =>
    read(
      operands[0]!,
      at.map((p, i) => list(attrs.start)[i]! + p * list(attrs.step)[i]!),
    ),
  narrow: (at, { operands, attrs }) =>
    read(operands[0]!, shift(at, Number(attrs.axis), Number(attrs.start))),
  flip: (at, { operands, attrs }) =>
    read(
      operands[0]!,
      at.map((p, i) => (list(attrs.axes).includes(i) ? sizesOf(operands[0]!)[i]! - 1 - p : p)),
    ),
  pad: (at, { operands, attrs }) => {
    const widths = Array.isArray(attrs.widths) ? attrs.widths.map(list) : [];
    const source = at.map((p, i) => p - widths[i]![0]!);
    const sizes = sizesOf(operands[0]!);
    const isInside = source.every((p, i) => p >= 0 && p < sizes[i]!);
    return isInside ? read(operands[0]!, source) : Number(attrs.value);
  },
  cat: (at, { operands, attrs }) => {
    const axis = Number(attrs.axis);
    let start = 0;
    for (const x of operands) {
      const size = sizesOf(x)[axis]!;
      if (at[axis]! < start + size) return read(x, shift(at, axis, -start));
      start += size;
    }
    throw new Error("beyond the last operand");
  },
  gather: (at, { operands: [x, index], attrs }) => {
    const axis = Number(attrs.axis);
    const p = fromEnd(read(index!, at), sizesOf(x!)[axis]!);
    return read(
      x!,
      at.map((q, i) => (i === axis ? p : q)),
    );
  },
  take: (at, { operands: [x, index], attrs }) => {
    const axis = Number(attrs.axis);
    const count = sizesOf(index!).length;
    const p = fromEnd(read(index!, at.slice(axis, axis + count)), sizesOf(x!)[axis]!);
    return read(x!, at.toSpliced(axis, count, p));
  },
  cumsum: soFar((v) => v.reduce((a, b) => a + b, 0)),
  cumprod: (at, call) => {
    const isInteger = call.result.type.dtype === "i32";
    return valuesSoFar(at, call).reduce((a, b) => (isInteger ? Math.imul(a, b) : a * b), 1);
  },
  cummax: soFar((v) => Math.max(...v)),
  cummin: soFar((v) => Math.min(...v)),
  cumargmax: soFar((v) => v.indexOf(Math.max(...v))),
  cumargmin: soFar((v) => v.indexOf(Math.min(...v))),
  linearScan: (at, call) => {
    const [a, b] = [0, 1].map((n) => valuesSoFar(at, call, n));
    return a!.reduce((y, factor, i) => factor * y + b![i]!, 0);
  },
  argsort: (at, { operands, attrs }) => {
    const [x, axis] = [operands[0]!, Number(attrs.axis)];
    const order = Array.from({ length: sizesOf(x)[axis]! }, (_, i) => i);
    const value = (i: number): number => read(x, at.with(axis, i));
    const sign = attrs.descending === true ? -1 : 1;
    return order.toSorted((a, b) => sign * (value(a) - value(b)))[at[axis]!]!;
  },
  scatter: (at, call) => scattered(at, call, false),
  scatterAdd: (at, call) => scattered(at, call, true),
  indexAdd: (at, call) => {
    const { operands, attrs } = call;
    const [x, index, source] = [operands[0]!, operands[1]!, operands[2]!];
    const axis = Number(attrs.axis);
    let sum = read(x, at);
    for (const p of positions(sizesOf(index))) {
      if (fromEnd(read(index, p), sizesOf(x)[axis]!) !== at[axis]) continue;
      sum = wrap(call, sum + read(source, at.toSpliced(axis, 1, ...p)));
    }
    return sum;
  },
  full: (_at, { attrs }) => Number(attrs.value),
  randomWords([i], { operands }) {
    const [range, low, high, start, above, domain] = operands.map((x) => x.data[0]! >>> 0);
    const position = above! * 2 ** 32 + start! + i!;
    const block = Math.floor(position / 4);
    const counter = [block % 2 ** 32, Math.floor(block / 2 ** 32), 0, domain!] as const;
    const word = philox(counter, [low!, high!])[position % 4]!;
    return Number((BigInt(word) * BigInt(range! || 2 ** 32)) >> 32n) | 0;
  },
  arange: ([i], call) => wrap(call, Number(call.attrs.start) + i! * Number(call.attrs.step)),
};

const extremes: Readonly<Record<string, Formula>> = {
  max: (at, call) => reducedValues(at, call).reduce((a, b) => Math.max(a, b), leastOf(call)),
  min: (at, call) =>
    -reducedValues(at, call).reduce((a, b) => Math.max(a, -b), leastOf(call)) + offByOne(call, at),
};
const leastOf = ({ result }: ConcreteCall): number =>
  result.type.dtype === "i32" ? -(2 ** 31) : Number.NEGATIVE_INFINITY;
/** The greatest i32 is one less than minus the least. */
const offByOne = (call: ConcreteCall, at: readonly number[]): number =>
  call.result.type.dtype === "i32" && reducedValues(at, call).length === 0 ? -1 : 0;

const rounded = new Set([
  ...["exp2", "expm1", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan"],
  ...["atan2", "sinh", "cosh", "asinh", "acosh", "atanh"],
  "exp",
  "log",
  "tanh",
  "sigmoid",
  "pow",
  "sum",
  "sumBack",
  "mean",
  "prod",
  "cumsum",
  "cumprod",
  "linearScan",
  "dot",
  "avgPool",
]);
const elsewhere = new Set(["erfc", "erfinv", "conv", "convInputGrad", "convWeightGrad", "erf"]);

function expectAll(op: Op, actual: TypedArray, expected: number[]): void {
  expected.forEach((e, i) => {
    const a = actual[i]!;
    if (actual instanceof Float32Array && rounded.has(op.name) && Number.isFinite(e)) {
      expect(Math.abs(a - e)).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(e)));
    } else expect(a).toBe(actual instanceof Float32Array ? f(e) : e + 0);
  });
}

describe.each(ops.filter((op) => !elsewhere.has(op.name)).map((op) => [op.name, op] as const))(
  "%s",
  (name, op) => {
    it.each(
      op.samples.map((s) => [`${s.operands.join(", ")} ${JSON.stringify(s.args)}`, s] as const),
    )("%s", (_text, sample) => {
      const formula = formulas[name] ?? extremes[name];
      if (formula === undefined) throw new Error(`write a formula for ${name}`);
      const call = runSample(op, sample);
      const expected = [...positions(sizesOf(call.result))].map((at) => formula(at, call));
      expectAll(op, call.result.data, expected);
    });
  },
);

it("erf has the values of tables", () => {
  const erf = ops.find((op) => op.name === "erf");
  const call = runSample(erf!, { operands: ["f32[3]"], args: {} });
  for (const [i, x] of call.operands[0]!.data.entries()) {
    expect(call.result.data[i]).toBeCloseTo(erfBySeries(x), 6);
  }
});

it("erfc is the rest of erf, and erfinv leads back", () => {
  const [erf, erfc, erfinv] = ["erf", "erfc", "erfinv"].map((name) =>
    ops.find((op) => op.name === name),
  );
  const call = runSample(erfc!, { operands: ["f32[3]"], args: {} });
  for (const [i, x] of call.operands[0]!.data.entries()) {
    expect(call.result.data[i]).toBeCloseTo(1 - erfBySeries(x), 6);
  }
  const y = runSample(erf!, { operands: ["f32[3]"], args: {} });
  const back = applyOp(erfinv!, [y.result], {});
  for (const [i, x] of y.operands[0]!.data.entries()) expect(back.data[i]).toBeCloseTo(x, 4);
});

/** 2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n+1)), which converges well for |x| ≤ 2. */
function erfBySeries(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 60; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
