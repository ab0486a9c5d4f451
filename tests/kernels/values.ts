/** Random elements with the values that go wrong first: NaN, zeros of both signs, infinities, subnormals. */

import fc from "fast-check";
import { type DType, type TensorType, tensorType } from "#glim/compiler/ops/types.js";
import { lengthOf } from "#glim/runtime/eager/strided.js";
import type { ReferenceTensor } from "../ops/reference-host.ts";
import { newData } from "../ops/reference-lowering.ts";
import { numbersFrom } from "../ops/sample-call.ts";

const specialFloats = [
  0,
  -0,
  1,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1.401298464324817e-45,
  -1.1754942106924411e-38,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  16777217,
  0.1,
];
const specialIntegers = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 65536, -7];

/** How many of 1,000 elements are special values. */
export type Specials = 0 | 5 | 300;

/** A tensor of `shape`; the same for the same seed. */
export function randomTensor(
  dtype: DType,
  shape: readonly number[],
  seed: number,
  specials: Specials,
): ReferenceTensor {
  const next = numbersFrom(seed);
  const data = newData(dtype, lengthOf(shape));
  const some = dtype === "f32" ? specialFloats : specialIntegers;
  for (let i = 0; i < data.length; i++) {
    if (dtype === "bool") data[i] = Math.round(next());
    else if (next() * 1000 < specials) data[i] = some[Math.floor(next() * some.length)]!;
    else if (dtype === "i32") data[i] = Math.floor((next() - 0.5) * 2000);
    else data[i] = (next() - 0.5) * 2 ** Math.floor(next() * 12 - 6);
  }
  return { type: typeOf(dtype, shape), data };
}

export const typeOf = (dtype: DType, shape: readonly number[]): TensorType =>
  tensorType(dtype, shape);

export const seeds = fc.integer({ min: 1, max: 1_000_000 });
export const specialShares: fc.Arbitrary<Specials> = fc.constantFrom(0, 5, 300);

/** Shapes of at most `mostAxes` axes and about `mostElements` elements. */
export const shapes = (mostAxes: number, mostElements: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.constantFrom(0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 64, 257), { maxLength: mostAxes })
    .map((sizes) => {
      let count = 1;
      return sizes.map((size) => {
        const fits = Math.max(1, Math.floor(mostElements / count));
        const kept = Math.min(size, fits);
        count *= Math.max(1, kept);
        return kept;
      });
    });
