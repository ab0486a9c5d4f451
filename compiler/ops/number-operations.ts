/**
 * The operations of scalar expressions on JavaScript's numbers. What stores the results rounds them to f32
 * or wraps them to an integer's bits: of one such operation that gives the same as rounding once.
 */

import type { ArithmeticName, BitName, CompareName, UnaryName } from "./expr.ts";

export type NumberOperation = (a: number, b: number) => number;
type Operations = Readonly<Partial<Record<UnaryName | ArithmeticName | BitName, NumberOperation>>>;

/** Rounds to the nearest integer, ties to even, keeping the sign of zero. */
function nearest(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  const rounded = up ? below + 1 : below;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

export const floatOperations: Operations = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  rem: (a, b) => a % b,
  min: Math.min,
  max: Math.max,
  neg: (a) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  nearest,
};

function nonZero(divisor: number): number {
  if (divisor === 0) throw new RangeError("division of integers by zero");
  return divisor;
}

/** On values of at most 32 bits. */
export const integerOperations: Operations = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: Math.imul,
  div: (a, b) => Math.trunc(a / nonZero(b)),
  rem: (a, b) => a % nonZero(b),
  min: Math.min,
  max: Math.max,
  neg: (a) => -a,
  abs: Math.abs,
  not: (a) => ~a,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
  shrS: (a, b) => a >> b,
  shrU: (a, b) => a >>> b,
};

/** Bools are 0 and 1. */
export const boolOperations: Operations = {
  not: (a) => 1 - a,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

export const comparisons: Readonly<Record<CompareName, NumberOperation>> = {
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  lt: (a, b) => Number(a < b),
  le: (a, b) => Number(a <= b),
  gt: (a, b) => Number(a > b),
  ge: (a, b) => Number(a >= b),
};

/** What a float becomes as an integer between `low` and `high`. */
export const saturate = (x: number, low: number, high: number): number =>
  Number.isNaN(x) ? 0 : Math.min(high, Math.max(low, Math.trunc(x)));
