/**
 * Arithmetic and comparison of numbers, exactly as JavaScript has them: computed when compiling where
 * both sides are known, kept symbolic where they are sizes, else `scalar` nodes.
 */

import type ts from "typescript";
import { scalarFns } from "../graph/scalars.ts";
import { addDim, type Dim, divideDim, floorDim, mulDim, subDim } from "../ops/dim.ts";
import type { Context } from "./context.ts";
import { toNumber } from "./graph-values.ts";
import { type AbstractValue, constant, dynamic, failed, sizeOf } from "./values.ts";

/** The scalar function of each binary operator on numbers. */
export const arithmetic: ReadonlyMap<string, string> = new Map([
  ["+", "add"],
  ["-", "sub"],
  ["*", "mul"],
  ["/", "div"],
  ["%", "rem"],
  ["&", "bitAnd"],
  ["|", "bitOr"],
  ["^", "bitXor"],
  ["<<", "shl"],
  [">>", "shr"],
  [">>>", "shrU"],
]);

export const comparisons: ReadonlyMap<string, string> = new Map([
  ["<", "lt"],
  ["<=", "le"],
  [">", "gt"],
  [">=", "ge"],
  ["===", "eq"],
  ["!==", "ne"],
]);

/** Applies a function of scalars.ts to numbers: `add`, `lt`, `sqrt` … */
export function applyScalar(
  cx: Context,
  fn: string,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const computed = compute(fn, args) ?? symbolic(fn, args);
  if (computed !== undefined) return computed;
  const operands = args.map((arg) => toNumber(cx, arg, node));
  const known = operands.filter((v) => v !== undefined);
  if (known.length < operands.length) return failed;
  const { result } = scalarFns.get(fn)!;
  return dynamic(cx.scalar(fn, known, result === "bool" ? "bool" : "f64", node));
}

/** The result when every argument is a constant, and the function is the same on every host. */
function compute(fn: string, args: readonly AbstractValue[]): AbstractValue | undefined {
  const values: number[] = [];
  for (const arg of args) {
    if (arg.kind !== "constant" || typeof arg.value !== "number") return undefined;
    values.push(arg.value);
  }
  const evaluate = scalarFns.get(fn)?.evaluate;
  return evaluate && constant(evaluate(values));
}

const dimOf = (v: AbstractValue): Dim | undefined => {
  if (v.kind === "size") return v.dim;
  const isWhole = v.kind === "constant" && Number.isSafeInteger(v.value) && !Object.is(v.value, -0);
  return isWhole ? Number(v.value) : undefined;
};

/** The result when it is a size again, or follows from sizes whatever they are. */
function symbolic(fn: string, args: readonly AbstractValue[]): AbstractValue | undefined {
  const [first, second] = args;
  if (first?.kind === "quotient" && args.length === 1) {
    const { dim, divisor } = first;
    if (fn === "floor") return sizeOf(floorDim(dim, divisor));
    return fn === "ceil" ? sizeOf(floorDim(addDim(dim, divisor - 1), divisor)) : undefined;
  }
  const a = first && dimOf(first);
  if (a === undefined) return undefined;
  if (args.length === 1) return ofWhole(fn, a);
  const b = second && dimOf(second);
  if (b === undefined) return undefined;
  return sizeArithmetic(fn, a, b) ?? sizeComparison(fn, a, b);
}

/** A size is whole, so rounding keeps it. */
const ofWhole = (fn: string, a: Dim): AbstractValue | undefined =>
  ["floor", "ceil", "round", "trunc"].includes(fn) ? sizeOf(a) : undefined;

function sizeArithmetic(fn: string, a: Dim, b: Dim): AbstractValue | undefined {
  switch (fn) {
    case "add":
      return sizeOf(addDim(a, b));
    case "sub":
      return sizeOf(subDim(a, b));
    case "mul":
      // A negative factor could make −0, which is no size.
      return isNatural(a) && isNatural(b) ? sizeOf(mulDim(a, b)) : undefined;
    case "div":
      return quotient(a, b);
    default:
      return undefined;
  }
}

function quotient(a: Dim, b: Dim): AbstractValue | undefined {
  if (typeof b !== "number" || typeof a === "number" || b <= 0) return undefined;
  const whole = divideDim(a, b);
  return whole === undefined ? { kind: "quotient", dim: a, divisor: b } : sizeOf(whole);
}

/** Whether a size is never negative: named sizes are not, and only such are added and multiplied. */
function isNatural(d: Dim): boolean {
  if (typeof d === "number") return d >= 0;
  return d.terms.every(
    ({ coefficient, atoms }) =>
      coefficient > 0 && atoms.every((a) => a.kind === "symbol" || isNatural(a.numerator)),
  );
}

const sizeTests: readonly string[] = [...comparisons.values()];

/** Sizes that differ by a number compare as that number and 0 do, whatever they are. */
function sizeComparison(fn: string, a: Dim, b: Dim): AbstractValue | undefined {
  const difference = subDim(a, b);
  if (typeof difference !== "number") return undefined;
  if (sizeTests.includes(fn)) return compute(fn, [constant(difference), constant(0)]);
  if (fn === "min") return sizeOf(difference < 0 ? a : b);
  return fn === "max" ? sizeOf(difference < 0 ? b : a) : undefined;
}
