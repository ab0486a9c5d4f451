/** Checks what the host gives against what a module asks for. Part of the loader; every byte counts. */

import { refuse } from "./load-error.ts";
import { hasNumbers } from "./own-module.ts";

export type Elements = Float32Array | Int32Array | Uint8Array | Int8Array | Float64Array;
export type Leaf = keyof typeof arrays;
export type Axes = readonly (number | string)[];
export type Shape = readonly number[];
/** Of the axes that are known. */
export type Sizes = Record<string | number, number | undefined>;

export interface Typed {
  readonly name?: string;
  readonly dtype: Leaf;
  /** Absent for numbers and booleans. */
  readonly shape?: Axes;
  /** The last view of what lies there, kept so that calls need no new ones. */
  view?: Elements;
}

export const arrays = {
  f32: Float32Array,
  i32: Int32Array,
  bool: Uint8Array,
  f64: Float64Array,
  u8: Uint8Array,
  i8: Int8Array,
  boolean: Uint8Array,
};

/**
 * A number, a boolean or the elements of a tensor, if `x` is what `leaf` asks for. Named sizes must
 * be those in `known`, or become known.
 */
export function take(
  { name = "the output", dtype }: Typed,
  axes: Axes | undefined,
  x: unknown,
  known: Sizes = {},
) {
  const { data = x, shape } = Object(x);
  const plain = dtype === "boolean" ? "Boolean" : "Number";
  const due = hasNumbers && !axes ? plain : arrays[dtype].name;
  // Not by instance: arrays may come from another realm.
  const found = data?.[Symbol.toStringTag] ?? Object.prototype.toString.call(data).slice(8, -1);
  if (found !== due) refuse("GLIM3002", `${name}: expected ${due}, found ${found}`);
  if (!axes) return data;
  const want = axes.map((d) => known[d] ?? d);
  const left = want.reduce<number>((n, d) => (typeof d === "number" ? n / d : n), data.length);
  const actual: Shape = shape ?? want.map((d) => (typeof d === "number" ? d : left));
  const fits =
    actual.length === axes.length &&
    product(actual) === data.length &&
    // Only names become known: an object with numbers as keys takes longer than all else here.
    axes.every((d, i) => {
      if (typeof d === "number") return actual[i] === d;
      known[d] ??= actual[i]! >>> 0;
      return actual[i] === known[d];
    });
  if (fits) return data;
  const how = shape ? `of shape [${shape}]` : "without a shape";
  return refuse("GLIM3001", `${name}: ${data.length} elements ${how} do not fit ${dtype}[${want}]`);
}

export const product = (shape: Shape): number => shape.reduce((n, d) => n * d, 1);
