/** Tensors made of nothing: `full` and `arange`. */

import { Arguments, isSize } from "./arguments.ts";
import { demandAtMost } from "./bounds.ts";
import { addDim, type Dim, floorDim, subDim, symbol } from "./dim.ts";
import { add, convert, type Expr, mul } from "./expr.ts";
import { type Argument, type Attrs, defineOp } from "./op.ts";
import { checkFill } from "./pad.ts";
import { type DType, isDType, isInteger, isValueOf, type Rule, tensorType } from "./types.ts";

export interface FullAttrs extends Attrs {
  readonly shape: readonly Dim[];
  /** A size gives its value where the code runs. */
  readonly value: Dim;
  readonly dtype: DType;
}

export const full = defineOp<FullAttrs>({
  name: "full",
  summary: "A tensor that holds one value everywhere.",
  notes: "The value is rounded to the dtype; it must be a value of an integer dtype.",
  operands: [],
  variadic: false,
  parameters: [
    {
      name: "shape",
      type: "readonly number[]",
      optional: false,
      doc: "The sizes.",
      isSize: true,
    },
    { name: "value", type: "number | boolean", optional: false, doc: "The value." },
    { name: "dtype", type: "DType", optional: true, doc: "f32 by default." },
  ],
  parametersAfter: 0,
  options: [],
  exposed: "function",
  torch: "full",
  bind(args, _operands, rule) {
    const given = new Arguments("full", args, rule);
    const value = given.get("value");
    const dtype = given.dtype("dtype", typeof value === "boolean" ? "bool" : "f32");
    const number = typeof value === "boolean" ? Number(value) : value;
    return {
      shape: given.sizes("shape"),
      value: isSize(number) ? number : given.number("value"),
      dtype,
    };
  },
  type(_operands, { shape, value, dtype }, rule) {
    checkFill("full", value, dtype, rule);
    return tensorType(dtype, shape);
  },
  gradient: () => [],
  lower: (_operands, { value }) => ({ kind: "move", form: "pieces", pieces: [], fill: value }),
  samples: [
    { operands: [], args: { shape: [2, 3], value: 0.5 } },
    { operands: [], args: { shape: [], value: -7, dtype: "i32" } },
    { operands: [], args: { shape: [0, 2], value: true } },
    { operands: [], args: { shape: [3], value: -Infinity } },
  ],
});

export interface ArangeAttrs extends Attrs {
  readonly start: number;
  readonly step: number;
  readonly count: Dim;
  readonly dtype: DType;
}

/** `arange(stop, dtype?)` or `arange(start, stop, step?, dtype?)`. */
function bindArange(args: Readonly<Record<string, Argument>>, rule: Rule): ArangeAttrs {
  const isShort = args.stop === undefined || isDType(args.stop);
  const named = isShort
    ? { start: 0, stop: args.start, step: 1, dtype: args.stop ?? args.dtype }
    : args;
  const given = new Arguments("arange", named, rule);
  const dtype = given.dtype("dtype", "i32");
  const [start, step] = [given.number("start"), given.number("step", 1)];
  const end = given.get("stop");
  const stop = isSize(end) ? end : given.number("stop");
  const numbers = [start, step, stop].filter((d) => typeof d === "number");
  if (dtype === "bool") given.fail("dtype", "there is no arange of bool");
  if (step === 0 || !numbers.every(Number.isFinite)) {
    given.fail("argument", `cannot go from ${start} to ${stop} in steps of ${step}`);
  }
  // What steps and ends add up to wraps around where it does not fit; what is written must fit i32.
  if (isInteger(dtype) && !numbers.every((n) => isValueOf(n, "i32"))) {
    given.fail("argument", `${numbers.join(", ")} are not all i32; give the dtype "f32"`);
  }
  return { start, step, count: countOf(given, start, stop, step), dtype };
}

/** The number of positions from `start` in steps before `stop` is reached. */
function countOf(given: Arguments, start: number, stop: Dim, step: number): Dim {
  if (typeof stop === "number") return Math.max(0, Math.ceil((stop - start) / step));
  if (!Number.isInteger(start) || !Number.isInteger(step) || step < 0) {
    given.fail(
      "argument",
      `where stop is ${stop}, start must be whole and step positive and whole`,
    );
  }
  return floorDim(addDim(subDim(stop, start), step - 1), step);
}

export const arange = defineOp<ArangeAttrs>({
  name: "arange",
  summary: "The numbers from `start` in steps of `step` as long as they stay before `stop`.",
  notes:
    "`arange(stop)` starts at 0. Element i is start + i · step, computed in f64 and rounded once to f32; of u8 and i8 it wraps around.",
  operands: [],
  variadic: false,
  parameters: [
    {
      name: "start",
      type: "number",
      optional: false,
      doc: "The first number; alone: the stop.",
      isSize: true,
    },
    { name: "stop", type: "number", optional: true, doc: "The end, not included.", isSize: true },
    { name: "step", type: "number", optional: true, doc: "The distance; 1 by default." },
    { name: "dtype", type: "DType", optional: true, doc: "i32 by default." },
  ],
  parametersAfter: 0,
  options: [],
  exposed: "function",
  torch: "arange",
  bind: (args, _operands, rule) => bindArange(args, rule),
  type(_operands, { start, step, count, dtype }, rule) {
    demandAtMost(0, count, rule, () => `arange: there are ${count} steps of ${step} from ${start}`);
    return tensorType(dtype, [count]);
  },
  gradient: () => [],
  lower: (_operands, { start, step, dtype }) => ({
    kind: "map",
    expr: isInteger(dtype)
      ? convert(add(mul(position, step), start), dtype)
      : convert(add(mul(convert(position, "f64"), step), start), dtype),
  }),
  samples: [
    { operands: [], args: { start: 5 } },
    { operands: [], args: { start: 2, stop: 11, step: 3 } },
    { operands: [], args: { start: 0, stop: 1, step: 0.3, dtype: "f32" } },
    { operands: [], args: { start: 5, stop: 0, step: -2 } },
    { operands: [], args: { start: 3, stop: "f32" } },
    { operands: [], args: { start: 4, stop: 2 } },
    { operands: [], args: { start: symbol("B") } },
  ],
});

/** The position along the only axis. */
const position: Expr = { op: "index", type: "i32", axis: 0 };
