/** Inputs for those who only want to see how long a run takes: numbers from −1 to 1, zeros where whole ones are wanted. */

import { evaluateDim, parseDim } from "../../compiler/ops/dim.ts";
import { isFloat } from "../../compiler/ops/types.ts";
import type { EntrySignature } from "../../compiler/package/signature.ts";
import type { NdArray } from "../../runtime/load.ts";
import { arrays } from "../../runtime/take.ts";
import type { TensorParam } from "./read-input.ts";

/** A made-up tensor for the parameter; whole numbers are 0, because they may be positions. */
export function madeUpTensor(
  { dtype, shape = [] }: TensorParam,
  sizes: ReadonlyMap<string, number>,
): NdArray {
  const known = shape.map((d) => (typeof d === "number" ? d : evaluateDim(parseDim(d), sizes)));
  const length = known.reduce((a, b) => a * b, 1);
  const data = new arrays[dtype](length);
  // Weyl's sequence: no two neighbours alike, and the same ones each time.
  const golden = 0.618_033_988_749;
  if (isFloat(dtype)) for (let i = 0; i < length; i++) data[i] = 2 * ((i * golden) % 1) - 1;
  return { data, shape: known };
}

/** The sizes of an entry, the least ones where none are given. */
export const sizesOf = (
  { sizes }: EntrySignature,
  given: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> =>
  new Map(sizes.map(({ name, min }) => [name, given.get(name) ?? Math.max(1, min)]));

/** The sizes that the arguments have; `otherwise` for those that no shape tells. */
export function boundSizes(
  { params }: EntrySignature,
  args: readonly unknown[],
  otherwise: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const sizes = new Map(otherwise);
  for (const { path, shape = [] } of params) {
    const found = shapeOf(path.reduce<unknown>(stepInto, args));
    shape.forEach((d, axis) => {
      const size = found[axis];
      if (typeof d === "string" && sizes.has(d) && size !== undefined) sizes.set(d, size);
    });
  }
  return sizes;
}

const stepInto = (value: unknown, step: string | number): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined;

function shapeOf(value: unknown): readonly number[] {
  const shape = stepInto(value, "shape");
  return Array.isArray(shape) ? shape : [];
}
