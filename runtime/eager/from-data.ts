/** Makes tensors of numbers that the program has: typed arrays, nested lists, single values. */

import { type DType, dtypes, isDType, isValueOf, maxRank } from "../../compiler/ops/types.ts";
import { allocate, writeElements } from "./allocate.ts";
import type { Elements } from "./elements.ts";
import { codes, GlimError } from "./glim-error.ts";
import { builtinMark, mark } from "./marks.ts";
import { lengthOf } from "./strided.ts";
import { asValue } from "./tensor.ts";
import type { AnyTensor, Tensor } from "./tensor-types.ts";

/** One value, or lists of lists of values, each list as long as its neighbours. */
export type Nested<T> = T | readonly Nested<T>[];

/** A tensor of the elements of a typed array, which is copied; of rank 1 without a shape. */
export function tensor(data: Float32Array, shape?: readonly number[]): Tensor;
export function tensor(data: Float64Array, shape?: readonly number[]): AnyTensor<"f64">;
export function tensor(data: Int32Array, shape?: readonly number[]): AnyTensor<"i32">;
export function tensor(data: Uint8Array, shape?: readonly number[]): AnyTensor<"u8">;
export function tensor(data: Int8Array, shape?: readonly number[]): AnyTensor<"i8">;
/** A tensor of nested lists. Numbers are f32 and booleans bool, unless a dtype is given. */
export function tensor<D extends DType = "f32">(data: Nested<number>, dtype?: D): AnyTensor<D>;
export function tensor(data: Nested<boolean>): AnyTensor<"bool">;
export function tensor<D extends DType>(data: Nested<number | boolean>, dtype: D): AnyTensor<D>;
export function tensor(data: unknown, second?: unknown): AnyTensor<DType> {
  for (const [dtype, array] of arrays) {
    if (data instanceof array) return fromArray(dtype, data, second);
  }
  if (ArrayBuffer.isView(data)) {
    const name = data.constructor.name;
    fail("dtype", `there is no dtype for a ${name}; write tensor(Float32Array.from(data), shape)`);
  }
  if (second !== undefined && !isDType(second)) {
    fail("argument", `beside a list the second argument is one of the dtypes ${dtypes.join(", ")}`);
  }
  return fromLists(data, second);
}

mark(tensor, builtinMark, "tensor");

function fail(kind: "shape" | "dtype" | "argument", message: string): never {
  throw new GlimError(codes[kind], `tensor: ${message}`);
}

const arrays = [
  ["f32", Float32Array],
  ["f64", Float64Array],
  ["i32", Int32Array],
  ["u8", Uint8Array],
  ["i8", Int8Array],
] as const;

function fromArray(dtype: DType, data: Elements, given: unknown): AnyTensor {
  const shape: readonly unknown[] = given === undefined ? [data.length] : asList(given);
  const sizes = shape.filter((n): n is number => isSize(n));
  if (sizes.length < shape.length) fail("argument", `[${shape}] is not a list of sizes`);
  if (sizes.length > maxRank) fail("shape", `a tensor has at most ${maxRank} axes`);
  if (lengthOf(sizes) !== data.length) {
    fail("shape", `${data.length} elements do not fill [${sizes}], which has ${lengthOf(sizes)}`);
  }
  return asValue(writeElements(allocate(dtype, sizes), data));
}

const asList = (v: unknown): readonly unknown[] =>
  Array.isArray(v) ? v : fail("argument", "beside a typed array the second argument is a shape");

const isSize = (v: unknown): boolean => typeof v === "number" && Number.isInteger(v) && v >= 0;

function fromLists(data: unknown, wanted: DType | undefined): AnyTensor<DType> {
  const shape = shapeOf(data);
  if (shape.length > maxRank) fail("shape", `a tensor has at most ${maxRank} axes`);
  const values: unknown[] = [];
  collect(data, shape, 0, values);
  const isBoolean = values.length > 0 && values.every((v) => typeof v === "boolean");
  const dtype = wanted ?? (isBoolean ? "bool" : "f32");
  const numbers = values.map((v) => toNumber(v, dtype));
  return asValue(writeElements(allocate(dtype, shape), numbers));
}

/** The sizes along the first elements; `collect` checks all others against them. */
function shapeOf(data: unknown): number[] {
  const shape: number[] = [];
  for (let v = data; Array.isArray(v); v = v[0]) shape.push(v.length);
  return shape;
}

function collect(data: unknown, shape: readonly number[], axis: number, into: unknown[]): void {
  if (!Array.isArray(data)) {
    if (axis < shape.length) fail("shape", `a value stands where a list of ${shape[axis]} is due`);
    into.push(data);
    return;
  }
  if (axis >= shape.length) fail("shape", "a list stands where others have a value");
  if (data.length !== shape[axis]) {
    fail("shape", `lists of ${shape[axis]} and of ${data.length} entries stand side by side`);
  }
  for (const item of data) collect(item, shape, axis + 1, into);
}

function toNumber(v: unknown, dtype: DType): number {
  const number = typeof v === "boolean" ? Number(v) : v;
  if (typeof number !== "number") return fail("argument", `${typeof v} is not a number or boolean`);
  if (!isValueOf(number, dtype)) fail("dtype", `${number} is not a value of ${dtype}`);
  return number;
}
