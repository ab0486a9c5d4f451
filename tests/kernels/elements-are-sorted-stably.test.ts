// Rankings must not depend on layout or luck: equal elements keep their order, NaN has its place.

import fc from "fast-check";
import { expect, it } from "vitest";
import type { DType } from "#glim/compiler/ops/types.js";
import { kernels } from "#glim/runtime/eager/kernels.js";
import { type ReferenceTensor, recordOf, tensor } from "../ops/reference-host.ts";
import { numbersFrom } from "../ops/sample-call.ts";
import { KernelHost, layoutOf } from "./kernel-host.ts";
import { randomTensor, seeds, specialShares } from "./values.ts";

const host = new KernelHost(kernels());
const argsort = recordOf("argsort");

const calls = fc.record({
  shape: fc.tuple(
    fc.constantFrom(1, 2, 3),
    fc.constantFrom(1, 2, 3, 5, 8, 31, 33),
    fc.constantFrom(1, 2, 7),
  ),
  axis: fc.nat(2),
  descending: fc.boolean(),
  layout: layoutOf(3),
  dtype: fc.constantFrom<DType>("f32", "i32"),
  /** 0: any values; else so many distinct ones. */
  distinct: fc.constantFrom(0, 1, 3),
  seed: seeds,
  specials: specialShares,
});

function withFewValues(x: ReferenceTensor, count: number, seed: number): ReferenceTensor {
  if (count === 0) return x;
  const next = numbersFrom(seed);
  const picked = x.data.map(() => x.data[Math.floor(next() * Math.min(count, x.data.length))]!);
  return { type: x.type, data: picked };
}

it("any axis of any layout", () => {
  fc.assert(
    fc.property(calls, ({ shape, axis, descending, layout, dtype, distinct, seed, specials }) => {
      const x = withFewValues(randomTensor(dtype, shape, seed, specials), distinct, seed);
      const type = { ...x.type, dtype: "i32" } as const;
      host.check(argsort, [x], { axis, descending }, type);
      host.check(argsort, [x], { axis, descending }, type, [layout]);
    }),
    { numRuns: 200 },
  );
});

const order = (values: readonly number[], descending: boolean): number[] => {
  const x = tensor("f32", [values.length], values);
  const type = { ...x.type, dtype: "i32" } as const;
  return [...host.run(argsort, [x], { axis: 0, descending }, type).actual];
};

it("ties keep their order both ways, −0 equals +0, NaN is the greatest", () => {
  const values = [0, Number.NaN, -0, Number.POSITIVE_INFINITY, 0, -1, Number.NaN, -Infinity];
  expect(order(values, false)).toEqual([7, 5, 0, 2, 4, 3, 1, 6]);
  expect(order(values, true)).toEqual([1, 6, 3, 0, 2, 4, 5, 7]);
});
