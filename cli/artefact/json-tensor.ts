/** Tensors as JSON: nested lists, or `{ "shape": […], "data": […] }` with the elements in one list. */

import { isValueOf } from "../../compiler/ops/types.ts";
import type { ElementType } from "../../compiler/package/signature.ts";
import type { NdArray } from "../../runtime/load.ts";
import { arrays } from "../../runtime/take.ts";

/** Elements that JSON has no numbers for are written as text. */
const words: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** @throws SyntaxError saying what does not fit */
export function parseJsonTensor(bytes: Uint8Array, dtype: ElementType): NdArray {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const { shape, data } = isTensorRecord(value) ? value : { shape: undefined, data: value };
  const actual = shapeOf(data);
  const elements: number[] = [];
  collect(data, actual, 0, dtype, elements);
  const array = arrayOf(dtype, elements);
  return { data: array, shape: shape === undefined ? actual : shape.map(sizeOf) };
}

const isTensorRecord = (
  v: unknown,
): v is { readonly shape: readonly unknown[]; readonly data: unknown } =>
  typeof v === "object" && v !== null && "data" in v && "shape" in v && Array.isArray(v.shape);

function sizeOf(v: unknown): number {
  if (typeof v === "number" && Number.isInteger(v) && v >= 0) return v;
  throw new SyntaxError(`${JSON.stringify(v)} in its shape is not a size`);
}

function shapeOf(data: unknown): number[] {
  const shape: number[] = [];
  for (let v = data; Array.isArray(v); v = v[0]) shape.push(v.length);
  return shape;
}

function collect(
  v: unknown,
  shape: readonly number[],
  axis: number,
  dtype: ElementType,
  into: number[],
): void {
  if (axis === shape.length) {
    into.push(elementOf(v, dtype));
    return;
  }
  if (!Array.isArray(v) || v.length !== shape[axis]) {
    const found = Array.isArray(v) ? `a list of ${v.length}` : JSON.stringify(v);
    throw new SyntaxError(`it has ${found} where its first list of that depth has ${shape[axis]}`);
  }
  for (const part of v) collect(part, shape, axis + 1, dtype, into);
}

function elementOf(v: unknown, dtype: ElementType): number {
  const x = typeof v === "boolean" ? Number(v) : (words.get(v) ?? v);
  const isBool = dtype === "bool" || dtype === "boolean";
  const fits =
    typeof x === "number" &&
    (isBool ? x === 0 || x === 1 : typeof v !== "boolean") &&
    (isBool || isValueOf(x, dtype));
  if (!fits) throw new SyntaxError(`${JSON.stringify(v)} is not an element of ${dtype}`);
  return x;
}

const arrayOf = (dtype: ElementType, elements: readonly number[]): NdArray["data"] =>
  arrays[dtype].from(elements);

/** A tensor as JSON: nested lists of its elements, `true` and `false` for bool. */
export function toNested({ data, shape }: NdArray, dtype: ElementType): unknown {
  const element = (i: number): unknown => {
    const x = data[i]!;
    if (dtype === "bool") return x !== 0;
    return Number.isFinite(x) ? x : String(x);
  };
  const build = (axis: number, at: number): unknown => {
    if (axis === shape.length) return element(at);
    const step = shape.slice(axis + 1).reduce((n, d) => n * d, 1);
    return Array.from({ length: shape[axis]! }, (_, i) => build(axis + 1, at + i * step));
  };
  return build(0, 0);
}
