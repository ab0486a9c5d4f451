/**
 * The reference meaning of scalar expressions: evaluates one in plain JavaScript, operation by
 * operation. Every builder of loops must give these bits; tests compare against it.
 */
import { childrenOf, type Expr, isCompare, type ScalarType } from "./expr.ts";
import { floatOperations, integerOperations, saturate } from "./number-operations.ts";
import { isFloat, isInteger } from "./types.ts";

type Scalar = number | bigint | boolean;

/**
 * The value of `e` for operands `args` at position `index`. Each shared node is computed once.
 * f32 operations round with `Math.fround`, integers wrap, shift counts are taken modulo 32 (i64: 64).
 * Throws on integer division by zero and on an operation its type does not have.
 */
export function evaluateExpr(
  e: Expr,
  args: readonly Scalar[],
  index: readonly number[] = [],
): Scalar {
  const known = new Map<Expr, Scalar>();
  const evaluate = (node: Expr): Scalar => {
    const seen = known.get(node);
    if (seen !== undefined) return seen;
    const value = evaluateNode(node, childrenOf(node).map(evaluate), args, index);
    known.set(node, value);
    return value;
  };
  return evaluate(e);
}

function evaluateNode(
  e: Expr,
  children: readonly Scalar[],
  args: readonly Scalar[],
  index: readonly number[],
): Scalar {
  const [a, b, c] = children;
  switch (e.op) {
    case "arg":
      return convertValue(given(args[e.index], `operand ${e.index}`), e.type);
    case "index":
      return given(index[e.axis], `axis ${e.axis}`) | 0;
    case "const":
      return convertValue(e.value, e.type);
    case "select":
      return given(a, "condition") === true ? given(b, "left") : given(c, "right");
    case "convert":
      return convertValue(given(a, "operand"), e.type, e.a.type);
    case "bits":
      return reinterpret(given(a, "operand"), e.a.type, e.type);
    default:
      return applyOperation(e.op, e.type, given(a, "operand"), b);
  }
}

function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`evaluateExpr: no value for ${what}`);
  return value;
}

function applyOperation(op: string, type: ScalarType, a: Scalar, b: Scalar | undefined): Scalar {
  let result: Scalar | undefined;
  if (isCompare(op)) result = compare(op, a, given(b, "right operand"));
  else if (typeof a === "boolean") result = onBooleans(op, a, b === true);
  else if (typeof a === "bigint") result = onBigints(op, a, typeof b === "bigint" ? b : 0n);
  else result = onNumbers(op, type, a, typeof b === "number" ? b : 0);
  if (result === undefined) throw new Error(`evaluateExpr: ${type} has no ${op}`);
  if (typeof result === "bigint") return BigInt.asIntN(64, result);
  if (typeof result === "boolean" || type === "f64") return result;
  return type === "f32" ? Math.fround(result) : wrap(result, type);
}

function wrap(value: number, type: ScalarType): number {
  if (type === "u8") return value & 255;
  return type === "i8" ? (value << 24) >> 24 : value | 0;
}

function compare(op: string, a: Scalar, b: Scalar): boolean | undefined {
  switch (op) {
    case "eq":
      return a === b;
    case "ne":
      return a !== b;
    case "lt":
      return a < b;
    case "le":
      return a <= b;
    case "gt":
      return a > b;
    case "ge":
      return a >= b;
    default:
      return undefined;
  }
}

function onBooleans(op: string, a: boolean, b: boolean): boolean | undefined {
  switch (op) {
    case "not":
      return !a;
    case "and":
      return a && b;
    case "or":
      return a || b;
    case "xor":
      return a !== b;
    default:
      return undefined;
  }
}

function onNumbers(op: string, type: ScalarType, a: number, b: number): number | undefined {
  const operations = isInteger(type) ? integerOperations : floatOperations;
  return operations[op as keyof typeof operations]?.(a, b);
}

function onBigints(op: string, a: bigint, b: bigint): bigint | undefined {
  switch (op) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return a / nonZero(b);
    case "rem":
      return a % nonZero(b);
    case "min":
      return a < b ? a : b;
    case "max":
      return a > b ? a : b;
    case "neg":
      return -a;
    case "abs":
      return a < 0n ? -a : a;
    case "not":
      return ~a;
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "shl":
      return a << (b & 63n);
    case "shrS":
      return a >> (b & 63n);
    case "shrU":
      return BigInt.asUintN(64, a) >> (b & 63n);
    default:
      return undefined;
  }
}

function nonZero<T extends number | bigint>(divisor: T): T {
  if (divisor === 0 || divisor === 0n) throw new RangeError("evaluateExpr: division by zero");
  return divisor;
}

/** Floats saturate where they become integers; integers wrap around. */
function convertValue(value: Scalar, type: ScalarType, from: ScalarType = type): Scalar {
  switch (type) {
    case "bool":
      return typeof value === "boolean" ? value : value !== 0 && value !== 0n;
    case "f32":
      return Math.fround(Number(typeof value === "bigint" ? roundToOdd(value) : value));
    case "f64":
      return Number(value);
    case "i32":
      if (typeof value === "bigint") return Number(BigInt.asIntN(32, value));
      return saturate(Number(value), -0x80000000, 0x7fffffff) | 0;
    case "u8":
      return isFloat(from) ? saturate(Number(value), 0, 255) : wrap(lowBits(value), type);
    case "i8":
      return isFloat(from) ? saturate(Number(value), -128, 127) : wrap(lowBits(value), type);
    case "i64":
      return toInt64(value);
  }
}

const lowBits = (value: Scalar): number =>
  Number(typeof value === "bigint" ? BigInt.asIntN(32, value) : value);

function toInt64(value: Scalar): bigint {
  if (typeof value === "bigint") return BigInt.asIntN(64, value);
  const integer = BigInt(saturate(Number(value), -(2 ** 63), 2 ** 63));
  return integer === 2n ** 63n ? integer - 1n : integer;
}

/** An integer that f64 holds exactly and that rounds to f32 as `value` does: i64 ⇒ f32 rounds once. */
const roundToOdd = (value: bigint): bigint =>
  (value & 0x7ffn) === 0n ? value : (value & ~0x7ffn) | 0x800n;

function reinterpret(value: Scalar, from: ScalarType, to: ScalarType): Scalar {
  if (from === to) return value;
  const view = new DataView(new ArrayBuffer(8));
  if (typeof value === "bigint") view.setBigInt64(0, value);
  else if (from === "i32") view.setInt32(0, Number(value));
  else if (from === "f32") view.setFloat32(0, Number(value));
  else view.setFloat64(0, Number(value));
  switch (`${from}:${to}`) {
    case "f32:i32":
      return view.getInt32(0);
    case "i32:f32":
      return view.getFloat32(0);
    case "f64:i64":
      return view.getBigInt64(0);
    case "i64:f64":
      return view.getFloat64(0);
    default:
      throw new Error(`evaluateExpr: ${from} has not the width of ${to}`);
  }
}
