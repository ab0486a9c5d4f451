/** Owns how functions over images read their sizes: one number, or one for each axis. */

import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";

type Floats = AnyTensor<FloatDType>;

/** One number for height and width, or `[height, width]`. */
export type Pair = number | readonly [number, number];
/** One number for depth, height and width, or `[depth, height, width]`. */
export type Triple = number | readonly [number, number, number];
/** One number for the only axis, or a list of it. */
export type Single = number | readonly [number];

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

/** One number for each of `count` axes. */
export const perAxis = (value: PerAxis, count: number): readonly number[] =>
  typeof value === "number" ? Array.from({ length: count }, () => value) : value;

/** Refuses ranks other than `[batch, channels, …]`, or `[channels, …]`, and a weight of as many axes. */
export function checkRanks<D extends FloatDType = "f32">(
  f: string,
  x: AnyTensor<D>,
  weight: AnyTensor<D>,
  count: number,
): void;
export function checkRanks(f: string, x: Floats, weight: Floats, count: number): void {
  const fits = (x.rank === count + 2 || x.rank === count + 1) && weight.rank === count + 2;
  if (!fits) {
    refuse(
      "shape",
      `${f}: x has ${x.rank} axes and weight ${weight.rank}; both need ${count + 2}, or x ${count + 1} without a batch`,
    );
  }
}
