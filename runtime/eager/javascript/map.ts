/** Scalar expressions on blocks of elements: one loop for each operation. */

import { childrenOf, type Expr, isCompare, type ScalarType } from "../../../compiler/ops/expr.ts";
import { keyExpr } from "../../../compiler/ops/expr-key.ts";
import {
  boolOperations,
  comparisons,
  floatOperations,
  integerOperations,
  type NumberOperation,
  saturate,
} from "../../../compiler/ops/number-operations.ts";
import { type DType, isFloat, isInteger, rangeOf } from "../../../compiler/ops/types.ts";
import { type Elements, newElements } from "../elements.ts";
import type { Kernels } from "../kernels.ts";
import type { Plan } from "../plans/plan.ts";
import { denseStrides, lengthOf } from "../strided.ts";
import { broadcastStrides, isDenseIn, type Located, locate, placesOf } from "./places.ts";

const blockLength = 512;

/** Computes one node for the first `count` elements of its block. */
type Step = (count: number) => void;
/** Fills the block of an operand, or of positions along an axis, with elements from `from` on. */
type Load = (from: number, count: number) => void;

/** The elements of `out` from those of operands: a function of numbers, or an expression. */
export function planMap(
  k: Kernels,
  expr: Expr,
  whole: ((...numbers: readonly number[]) => number) | undefined,
): Plan {
  return (operands, out) => {
    const length = lengthOf(out.shape);
    const to = locate(k, out);
    const inputs = operands.map((x) => locate(k, x));
    const { loads, steps, result } = whole
      ? wholeFunction(
          inputs,
          operands.map((x) => x.dtype),
          out.dtype,
          out.shape,
          whole,
        )
      : program(expr, inputs, out.shape);
    for (let from = 0; from < length; from += blockLength) {
      const count = Math.min(blockLength, length - from);
      for (const load of loads) load(from, count);
      for (const step of steps) step(count);
      to.data.set(result.subarray(0, count), to.first + from);
    }
  };
}

interface Program {
  readonly loads: readonly Load[];
  readonly steps: readonly Step[];
  readonly result: Elements;
}

const blockOf = (type: ScalarType): Elements => {
  if (type === "i64") throw new Error("patterns of 64 bits have no place among numbers");
  return newElements(type, blockLength);
};

function wholeFunction(
  inputs: readonly Located[],
  dtypes: readonly DType[],
  dtype: DType,
  shape: readonly number[],
  f: (...numbers: readonly number[]) => number,
): Program {
  const blocks = dtypes.map((d) => newElements(d, blockLength));
  const [a = blocks[0]!, b = a] = blocks;
  const result = newElements(dtype, blockLength);
  const step = (count: number): void => {
    for (let i = 0; i < count; i++) result[i] = f(a[i]!, b[i]!);
  };
  const loads = inputs.map((x, n) => loadOf(x, shape, blocks[n]!));
  return { loads, steps: [step], result };
}

function program(expr: Expr, inputs: readonly Located[], shape: readonly number[]): Program {
  const blocks = new Map<Expr, Elements>();
  const loads: Load[] = [];
  const steps: Step[] = [];
  const visit = (e: Expr): Elements => {
    const known = blocks.get(e);
    if (known) return known;
    const children = childrenOf(e).map(visit);
    const block = blockOf(e.type);
    blocks.set(e, block);
    if (e.op === "arg") loads.push(loadOf(inputs[e.index]!, shape, block));
    else if (e.op === "index") loads.push(positionsOf(e.axis, shape, block));
    else if (e.op === "const") block.fill(Number(e.value));
    else steps.push(stepOf(e, block, children));
    return block;
  };
  const result = visit(keyExpr(expr).expr);
  return { loads, steps, result };
}

function loadOf(x: Located, shape: readonly number[], block: Elements): Load {
  const { data, first } = x;
  if (isDenseIn(x, shape)) {
    return (from, count) => block.set(data.subarray(first + from, first + from + count));
  }
  if (lengthOf(x.shape) === 1) {
    block.fill(data[first]!);
    return () => {};
  }
  const places = placesOf(shape, broadcastStrides(x, shape), first);
  return (from, count) => {
    for (let i = 0; i < count; i++) block[i] = data[places[from + i]!]!;
  };
}

function positionsOf(axis: number, shape: readonly number[], block: Elements): Load {
  const inner = denseStrides(shape)[axis]!;
  const extent = shape[axis]!;
  return (from, count) => {
    for (let i = 0; i < count; i++) block[i] = Math.floor((from + i) / inner) % extent;
  };
}

function stepOf(e: Expr, to: Elements, [a, b = a, c]: readonly (Elements | undefined)[]): Step {
  const [x, y] = [a!, b!];
  if (e.op === "select") {
    return (count) => {
      for (let i = 0; i < count; i++) to[i] = x[i] !== 0 ? y[i]! : c![i]!;
    };
  }
  const f = operationOf(e);
  return (count) => {
    for (let i = 0; i < count; i++) to[i] = f(x[i]!, y[i]!);
  };
}

/** Storing rounds to f32 and wraps integers. */
function operationOf(e: Expr): NumberOperation {
  if (e.op === "convert") return conversion(e.a.type, e.type);
  if (isCompare(e.op)) return comparisons[e.op];
  const operations = isInteger(e.type)
    ? integerOperations
    : e.type === "bool"
      ? boolOperations
      : floatOperations;
  const f = operations[e.op as keyof typeof operations];
  if (f === undefined) throw new Error(`numbers of ${e.type} have no ${e.op}`);
  return f;
}

function conversion(from: ScalarType, to: ScalarType): NumberOperation {
  if (to === "bool") return (x) => Number(x !== 0);
  if (!isFloat(from) || !isInteger(to)) return (x) => x;
  const [least, greatest] = rangeOf(to);
  return (x) => saturate(x, least, greatest);
}
