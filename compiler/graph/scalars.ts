/** The functions of the `scalar` operation: numbers and booleans exactly as JavaScript has them. */

import { numberFunctions } from "../ops/math/number-functions.ts";
import { integerFns } from "./integers.ts";

export type ScalarKind = "f64" | "bool" | "i32";
export type ScalarValue = number | boolean;

export interface ScalarFn {
  readonly operands: readonly ScalarKind[];
  readonly result: ScalarKind;
  /**
   * The result, from operands of those kinds. Undefined for functions that JavaScript engines compute
   * differently: Glim has its own, and the host's must not be used for folding.
   */
  readonly evaluate: ((operands: readonly ScalarValue[]) => ScalarValue) | undefined;
  /** True where `evaluate` is undefined. */
  readonly inexact: boolean;
}

const exact = (
  operands: readonly ScalarKind[],
  result: ScalarKind,
  evaluate: (operands: readonly ScalarValue[]) => ScalarValue,
): ScalarFn => ({ operands, result, evaluate, inexact: false });

const unary = (f: (x: number) => number): ScalarFn => exact(["f64"], "f64", ([x]) => f(Number(x)));
const binary = (f: (x: number, y: number) => number): ScalarFn =>
  exact(["f64", "f64"], "f64", ([x, y]) => f(Number(x), Number(y)));
const compare = (f: (x: number, y: number) => boolean): ScalarFn =>
  exact(["f64", "f64"], "bool", ([x, y]) => f(Number(x), Number(y)));
const logical = (f: (a: boolean, b: boolean) => boolean): ScalarFn =>
  exact(["bool", "bool"], "bool", ([a, b]) => f(a === true, b === true));

const own = (name: string, count: number): readonly [string, ScalarFn] => {
  const operands = Array.from({ length: count }, () => "f64" as const);
  return [name, { operands, result: "f64", evaluate: undefined, inexact: true }];
};

/** Every function by name. `rem` is JavaScript's `%`; bit operations work on 32-bit integers as JavaScript's do. */
export const scalarFns: ReadonlyMap<string, ScalarFn> = new Map<string, ScalarFn>([
  ["add", binary((x, y) => x + y)],
  ["sub", binary((x, y) => x - y)],
  ["mul", binary((x, y) => x * y)],
  ["div", binary((x, y) => x / y)],
  ["rem", binary((x, y) => x % y)],
  ["neg", unary((x) => -x)],

  ["eq", compare((x, y) => x === y)],
  ["ne", compare((x, y) => x !== y)],
  ["lt", compare((x, y) => x < y)],
  ["le", compare((x, y) => x <= y)],
  ["gt", compare((x, y) => x > y)],
  ["ge", compare((x, y) => x >= y)],

  ["not", exact(["bool"], "bool", ([a]) => a !== true)],
  ["and", logical((a, b) => a && b)],
  ["or", logical((a, b) => a || b)],
  /** `===` and `!==` of booleans. */
  ["same", logical((a, b) => a === b)],
  ["differ", logical((a, b) => a !== b)],
  /** 0 or 1, as `Number(a)`. */
  ["toNumber", exact(["bool"], "f64", ([a]) => Number(a))],
  /** The second operand where the first is true, else the third. */
  ["choose", exact(["bool", "f64", "f64"], "f64", ([c, x, y]) => (c === true ? x! : y!))],
  /** False for 0, −0 and NaN, as `Boolean(x)`. */
  ["toBoolean", exact(["f64"], "bool", ([x]) => Boolean(x))],

  ["bitAnd", binary((x, y) => x & y)],
  ["bitOr", binary((x, y) => x | y)],
  ["bitXor", binary((x, y) => x ^ y)],
  ["bitNot", unary((x) => ~x)],
  ["shl", binary((x, y) => x << y)],
  ["shr", binary((x, y) => x >> y)],
  ["shrU", binary((x, y) => x >>> y)],

  ["sqrt", unary(Math.sqrt)],
  ["abs", unary(Math.abs)],
  ["floor", unary(Math.floor)],
  ["ceil", unary(Math.ceil)],
  ["round", unary(Math.round)],
  ["trunc", unary(Math.trunc)],
  ["sign", unary(Math.sign)],
  ["fround", unary(Math.fround)],
  ["min", binary((x, y) => Math.min(x, y))],
  ["max", binary((x, y) => Math.max(x, y))],
  ["imul", binary(Math.imul)],
  ["clz32", unary(Math.clz32)],

  ...integerFns,
  ...[...numberFunctions].map(([name, make]) => own(name, make.length)),
]);

/** The `value` attribute of a `number` node: what is not written as a JSON number is text. */
export const numberAttr = (x: number): number | string => {
  if (Object.is(x, -0)) return "-0";
  return Number.isFinite(x) ? x : String(x);
};

/** Whether `a` is lawful as a `number`'s `value`. */
export const isNumberAttr = (a: unknown): a is number | string =>
  typeof a === "number"
    ? Number.isFinite(a) && !Object.is(a, -0)
    : a === "NaN" || a === "Infinity" || a === "-Infinity" || a === "-0";
