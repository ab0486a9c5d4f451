/** What each operation of Loop IR means on one scalar, in plain JavaScript. */

import type { BinaryOp, CompareOp, LoopType, UnaryOp } from "#glim/compiler/loop/ir.js";
import { isVector, lanesOf } from "#glim/compiler/loop/operation-types.js";
import type { Value } from "./instantiate.ts";

export type Scalar = "i32" | "i64" | "f32" | "f64";

export const scalarOf = (type: LoopType): Scalar => (isVector(type) ? lanesOf[type].type : type);

const floatEdges = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3,
  0.1,
  1e-45,
  -1e-45,
  1.1754943508222875e-38,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  Infinity,
  -Infinity,
  NaN,
  8388607.5,
  16777216,
  2147483520,
  2147483648,
  -2147483648,
  -2147483904,
  4294967296,
  1e10,
  9.223372036854776e18,
  -1e19,
];
const intEdges = [
  0, 1, -1, 2, 3, -3, 7, 31, 32, 33, -31, 255, 256, -128, 65535, 16777217, 16777219, 2147483647,
  -2147483648, -2147483647, 0x55555555,
];
const longEdges = [
  2n ** 63n - 1n,
  -(2n ** 63n),
  -(2n ** 63n) + 1n,
  2n ** 32n,
  2n ** 53n + 1n,
  -(2n ** 40n) - 1n,
  2n ** 60n + 2n ** 36n,
  2n ** 60n + 2n ** 36n + 1n,
  63n,
  64n,
  65n,
];

export const edges: Readonly<Record<Scalar, readonly Value[]>> = {
  f32: floatEdges.map(Math.fround),
  f64: [...floatEdges, 1e300, 5e-324, Math.PI, 1 + 2 ** -30, 2147483647.5, -2147483648.5],
  i32: intEdges,
  i64: [...intEdges.map(BigInt), ...longEdges],
};

/** The result as a value of `type`: rounded or wrapped. */
export function asType(type: Scalar, value: Value): Value {
  if (type === "i32") return Number(BigInt.asIntN(32, BigInt(value)));
  if (type === "i64") return BigInt.asIntN(64, BigInt(value));
  return type === "f32" ? Math.fround(Number(value)) : Number(value);
}

function nearest(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const low = Math.floor(x);
  const up = x - low > 0.5 || (x - low === 0.5 && low % 2 !== 0);
  const rounded = up ? low + 1 : low;
  return rounded === 0 ? (Object.is(x, -0) || x < 0 ? -0 : 0) : rounded;
}

const floatUnary: Readonly<Partial<Record<UnaryOp, (x: number) => number>>> = {
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  nearest,
};

export function unaryOracle(op: UnaryOp, type: LoopType, x: Value): Value {
  const scalar = scalarOf(type);
  if (typeof x === "number" && (scalar === "f32" || scalar === "f64"))
    return asType(scalar, floatUnary[op]!(x));
  const big = BigInt(x);
  if (op === "neg") return asType(scalar, -big);
  if (op === "abs") return asType(scalar, big < 0n ? -big : big);
  if (op === "clz") {
    const bits = scalar === "i32" ? 32 : 64;
    return asType(scalar, bits - (big === 0n ? 0 : BigInt.asUintN(bits, big).toString(2).length));
  }
  return isVector(type) ? asType(scalar, ~big) : Number(big === 0n);
}

export function binaryOracle(op: BinaryOp, scalar: Scalar, x: Value, y: Value): Value {
  if (typeof x === "number" && typeof y === "number" && (scalar === "f32" || scalar === "f64"))
    return asType(scalar, floatBinary(op, x, y));
  const bits = scalar === "i32" ? 32 : 64;
  return asType(scalar, intBinary(op, BigInt(x), BigInt(y), bits));
}

function floatBinary(op: BinaryOp, x: number, y: number): number {
  switch (op) {
    case "add":
      return x + y;
    case "sub":
      return x - y;
    case "mul":
      return x * y;
    case "div":
      return x / y;
    case "min":
      return Math.min(x, y);
    case "max":
      return Math.max(x, y);
    case "pmin":
      // biome-ignore lint/complexity/useMathMinMax: Math.min differs on NaN and −0
      return y < x ? y : x;
    case "pmax":
      // biome-ignore lint/complexity/useMathMinMax: Math.max differs on NaN and −0
      return x < y ? y : x;
    case "copysign":
      return y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x);
    default:
      throw new Error(`${op} is not for floats`);
  }
}

function intBinary(op: BinaryOp, x: bigint, y: bigint, bits: number): bigint {
  const count = BigInt.asUintN(bits === 32 ? 5 : 6, y);
  switch (op) {
    case "add":
      return x + y;
    case "sub":
      return x - y;
    case "mul":
      return x * y;
    case "div":
      return x / y;
    case "rem":
      return x % y;
    case "min":
      return x < y ? x : y;
    case "max":
      return x > y ? x : y;
    case "and":
      return x & y;
    case "or":
      return x | y;
    case "xor":
      return x ^ y;
    case "shl":
      return x << count;
    case "shrS":
      return x >> count;
    case "shrU":
      return BigInt.asUintN(bits, x) >> count;
    default:
      throw new Error(`${op} is not for integers`);
  }
}

export function compareOracle(op: CompareOp, x: Value, y: Value): boolean {
  switch (op) {
    case "eq":
      return x === y;
    case "ne":
      return x !== y;
    case "lt":
      return x < y;
    case "le":
      return x <= y;
    case "gt":
      return x > y;
    case "ge":
      return x >= y;
    case "ltU":
      return BigInt.asUintN(64, BigInt(x)) < BigInt.asUintN(64, BigInt(y));
  }
}

export function convertOracle(from: Scalar, to: Scalar, x: Value): Value {
  const toInt = to === "i32" || to === "i64";
  if (typeof x === "number" && (from === "f32" || from === "f64") && toInt) {
    if (Number.isNaN(x)) return asType(to, 0);
    const limit = to === "i32" ? 2 ** 31 : 2 ** 63;
    if (x >= limit) return to === "i32" ? 2 ** 31 - 1 : 2n ** 63n - 1n;
    return x <= -limit ? asType(to, -limit) : asType(to, Math.trunc(x));
  }
  return typeof x === "bigint" && to === "f32" ? longToFloat(x) : asType(to, x);
}

/** Rounded once, to nearest even: going through f64 would round twice. */
function longToFloat(x: bigint): number {
  const size = x < 0n ? -x : x;
  const shift = Math.max(0, size.toString(2).length - 24);
  let q = size >> BigInt(shift);
  const rest = 2n * (size - (q << BigInt(shift)));
  const half = 1n << BigInt(shift);
  if (rest > half || (rest === half && q % 2n === 1n)) q += 1n;
  return Number(q) * 2 ** shift * (x < 0n ? -1 : 1);
}
