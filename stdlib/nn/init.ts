/**
 * The values that parameters start from: each function gives a parameter new values and returns it. Drawn
 * from the default generator, unless another is given, so that a program makes the same each time.
 */

import { assert } from "../../runtime/eager/assert.ts";
import { tensor } from "../../runtime/eager/from-data.ts";
import { full } from "../../runtime/eager/primitives.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { defaultRng } from "../random/default-rng.ts";
import type { Rng } from "../random/rng.ts";
import type { Parameter } from "./cells.ts";

export interface InitOptions {
  readonly rng?: Rng;
}

/** Functions that follow a layer, and by how much they shrink the spread of values. */
export type GainOf = "linear" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

/** The factor that keeps the spread of values through `nonlinearity`; `slope` is leakyRelu's. */
export function calculateGain(nonlinearity: GainOf, slope = 0.01): number {
  switch (nonlinearity) {
    case "linear":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "leakyRelu":
      return Math.sqrt(2 / (1 + slope * slope));
    case "selu":
      return 3 / 4;
  }
}

function assigned(p: Parameter, value: Tensor): Parameter {
  p.assign(value);
  return p;
}

/** Uniform numbers from `low` on and below `high`. */
export function uniform(
  p: Parameter,
  low = 0,
  high = 1,
  { rng = defaultRng() }: InitOptions = {},
): Parameter {
  return assigned(p, rng.uniform(p.shape, low, high));
}

/** Normal numbers. */
export function normal(
  p: Parameter,
  mean = 0,
  std = 1,
  { rng = defaultRng() }: InitOptions = {},
): Parameter {
  return assigned(p, rng.normal(p.shape).mul(std).add(mean));
}

/** Normal numbers of which those outside of `low` to `high` are drawn again. */
export function truncNormal(
  p: Parameter,
  {
    mean = 0,
    std = 1,
    low = -2,
    high = 2,
    rng = defaultRng(),
  }: InitOptions & {
    readonly mean?: number;
    readonly std?: number;
    readonly low?: number;
    readonly high?: number;
  } = {},
): Parameter {
  assert(low < high && high > mean - 5 * std && low < mean + 5 * std, truncationMessage(low, high));
  const values = new Float32Array(p.length);
  for (let filled = 0; filled < values.length; ) {
    const drawn = rng
      .normal([values.length - filled])
      .mul(std)
      .add(mean);
    for (const x of drawn.toTypedArray()) if (x >= low && x <= high) values[filled++] = x;
  }
  return assigned(p, tensor(values, p.shape));
}

const truncationMessage = (low: number, high: number): string =>
  `truncNormal: next to no number lies between ${low} and ${high}`;

/** One value everywhere. */
export function constant(p: Parameter, value: number): Parameter {
  return assigned(p, full(p.shape, value));
}
export const ones = (p: Parameter): Parameter => constant(p, 1);
export const zeros = (p: Parameter): Parameter => constant(p, 0);

/** 1 on the diagonal of a matrix, 0 elsewhere. */
export function eye(p: Parameter): Parameter {
  const [rows, columns] = matrixSizes("eye", p);
  return filled(p, (at) =>
    Math.floor(at / columns) === at % columns && at < rows * columns ? 1 : 0,
  );
}

/** A convolution that passes its channels on, as many as it can, in each group. */
export function dirac(p: Parameter, { groups = 1 }: { readonly groups?: number } = {}): Parameter {
  assert(
    p.rank >= 3 && p.rank <= 5,
    `dirac: a tensor of rank ${p.rank} is no convolution's weight`,
  );
  const [outputs, inputs, ...kernel] = [...p.shape];
  const perGroup = outputs! / groups;
  assert(Number.isInteger(perGroup), `dirac: ${outputs} outputs do not make ${groups} groups`);
  const center = kernel.reduce((at, k) => at * k + Math.floor(k / 2), 0);
  const size = kernel.reduce((n, k) => n * k, 1);
  return filled(p, (at) => {
    const input = Math.floor(at / size) % inputs!;
    const output = Math.floor(at / size / inputs!) % perGroup;
    return at % size === center && input === output ? 1 : 0;
  });
}

function filled(p: Parameter, value: (at: number) => number): Parameter {
  return assigned(
    p,
    tensor(
      Float32Array.from({ length: p.length }, (_, at) => value(at)),
      p.shape,
    ),
  );
}

function matrixSizes(f: string, p: Parameter): readonly [number, number] {
  assert(p.rank === 2, `${f}: a tensor of rank ${p.rank} is no matrix`);
  return [p.shape[0], p.shape[1]];
}

/** How many values each output sums, and how many outputs each input has. */
function fans(f: string, p: Parameter): { readonly fanIn: number; readonly fanOut: number } {
  assert(p.rank >= 2, `${f}: a tensor of rank ${p.rank} has no inputs and outputs`);
  const field = p.shape.slice(2).reduce((n, k) => n * k, 1);
  return { fanIn: p.shape[1] * field, fanOut: p.shape[0] * field };
}

export interface XavierOptions extends InitOptions {
  readonly gain?: number;
}

/** Glorot and Bengio, "Understanding the difficulty of training deep feedforward networks", 2010. */
export function xavierUniform(
  p: Parameter,
  { gain = 1, ...options }: XavierOptions = {},
): Parameter {
  const { fanIn, fanOut } = fans("xavierUniform", p);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return uniform(p, -bound, bound, options);
}

export function xavierNormal(
  p: Parameter,
  { gain = 1, ...options }: XavierOptions = {},
): Parameter {
  const { fanIn, fanOut } = fans("xavierNormal", p);
  return normal(p, 0, gain * Math.sqrt(2 / (fanIn + fanOut)), options);
}

export interface KaimingOptions extends InitOptions {
  /** The slope of the leakyRelu that follows. */
  readonly slope?: number;
  /** Which spread is kept: that of values, or that of gradients. */
  readonly mode?: "fanIn" | "fanOut";
  readonly nonlinearity?: GainOf;
}

/** He and others, "Delving deep into rectifiers", 2015. */
export function kaimingUniform(p: Parameter, options: KaimingOptions = {}): Parameter {
  const bound = Math.sqrt(3) * kaimingSpread("kaimingUniform", p, options);
  return uniform(p, -bound, bound, options);
}

export function kaimingNormal(p: Parameter, options: KaimingOptions = {}): Parameter {
  return normal(p, 0, kaimingSpread("kaimingNormal", p, options), options);
}

function kaimingSpread(
  f: string,
  p: Parameter,
  { slope = 0, mode = "fanIn", nonlinearity = "leakyRelu" }: KaimingOptions,
): number {
  return calculateGain(nonlinearity, slope) / Math.sqrt(fans(f, p)[mode]);
}

/** Rows, or columns where there are fewer, that are orthogonal and of length `gain`. */
export function orthogonal(
  p: Parameter,
  { gain = 1, rng = defaultRng() }: XavierOptions = {},
): Parameter {
  assert(p.rank >= 2, `orthogonal: a tensor of rank ${p.rank} has no rows and columns`);
  const rows = p.shape[0];
  const columns = p.length / rows;
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const vectors = orthonormal(rng.normal([count, length]).toTypedArray(), count, length);
  return filled(p, (at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return gain * (rows <= columns ? vectors[row]![column]! : vectors[column]![row]!);
  });
}

/** Gram and Schmidt's, each vector cleared of those before it twice, against rounding. */
function orthonormal(numbers: Float32Array, count: number, length: number): Float64Array[] {
  const done: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const v = Float64Array.from(numbers.subarray(i * length, (i + 1) * length));
    for (const other of [...done, ...done]) {
      const share = product(v, other);
      for (let k = 0; k < length; k++) v[k]! -= share * other[k]!;
    }
    const size = Math.sqrt(product(v, v));
    done.push(v.map((x) => x / size));
  }
  return done;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

/** Normal numbers, of which a share `sparsity` in each column is 0. */
export function sparse(
  p: Parameter,
  sparsity: number,
  { std = 0.01, rng = defaultRng() }: InitOptions & { readonly std?: number } = {},
): Parameter {
  const [rows, columns] = matrixSizes("sparse", p);
  const values = rng.normal([rows, columns]).mul(std).toTypedArray();
  const zeroed = Math.ceil(sparsity * rows);
  for (let column = 0; column < columns; column++) {
    const order = rng.permutation(rows).toList();
    for (const row of order.slice(0, zeroed)) values[row * columns + column] = 0;
  }
  return assigned(p, tensor(values, [rows, columns]));
}
