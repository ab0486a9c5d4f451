/**
 * The functions of the `scalar` operation on i32: 32-bit integers, which only passes make, of numbers
 * that they know to be such. Sums and products wrap; where that would matter they are not made.
 */

import type { ScalarFn, ScalarKind, ScalarValue } from "./scalars.ts";

const fn = (
  operands: readonly ScalarKind[],
  result: ScalarKind,
  evaluate: (...operands: readonly number[]) => ScalarValue,
): ScalarFn => ({
  operands,
  result,
  evaluate: (given) => evaluate(...given.map(Number)),
  inexact: false,
});
const unary = (f: (x: number) => number): ScalarFn => fn(["i32"], "i32", (x) => f(x!) | 0);
const binary = (f: (x: number, y: number) => number): ScalarFn =>
  fn(["i32", "i32"], "i32", (x, y) => f(x!, y!) | 0);
const compare = (f: (x: number, y: number) => boolean): ScalarFn =>
  fn(["i32", "i32"], "bool", (x, y) => f(x!, y!));

export const integerFns: readonly (readonly [string, ScalarFn])[] = [
  /** Of a number that is an integer of 32 bits and not −0. */
  ["toInt", fn(["f64"], "i32", (x) => x! | 0)],
  /** Of any number, modulo 2³², as JavaScript's bit operations have it. */
  ["wrapInt", fn(["f64"], "i32", (x) => x! | 0)],
  ["toFloat", fn(["i32"], "f64", (x) => x!)],
  /** Whether a number is an integer of at most so much in size, and not −0. The limit is a `number`, up to 2³⁰. */
  [
    "isIntWithin",
    fn(
      ["f64", "f64"],
      "bool",
      (x, limit) => Number.isInteger(x) && !Object.is(x, -0) && Math.abs(x!) <= limit!,
    ),
  ],
  ["intAdd", binary((x, y) => x + y)],
  ["intSub", binary((x, y) => x - y)],
  ["intMul", binary(Math.imul)],
  /** Towards zero; the divisor is above 0. */
  ["intDiv", binary((x, y) => Math.trunc(x / y))],
  /** With the sign of the dividend; the divisor is above 0. */
  ["intRem", binary((x, y) => x % y)],
  ["intMin", binary(Math.min)],
  ["intMax", binary(Math.max)],
  ["intAbs", unary(Math.abs)],
  ["intNeg", unary((x) => -x)],
  ["intAnd", binary((x, y) => x & y)],
  ["intOr", binary((x, y) => x | y)],
  ["intXor", binary((x, y) => x ^ y)],
  ["intShl", binary((x, y) => x << y)],
  ["intShr", binary((x, y) => x >> y)],
  ["intShrU", binary((x, y) => x >>> y)],
  ["intClz", unary(Math.clz32)],
  ["intChoose", fn(["bool", "i32", "i32"], "i32", (c, x, y) => (c === 1 ? x! : y!))],
  ["intEq", compare((x, y) => x === y)],
  ["intNe", compare((x, y) => x !== y)],
  ["intLt", compare((x, y) => x < y)],
  ["intLe", compare((x, y) => x <= y)],
  ["intGt", compare((x, y) => x > y)],
  ["intGe", compare((x, y) => x >= y)],
];
