// Gradients of lookups are sums over repeated positions: rows of any length must add up in one order.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DType } from "#glim/compiler/ops/types.js";
import { kernels } from "#glim/runtime/eager/kernels.js";
import { IndexOutOfRange } from "#glim/runtime/eager/launch.js";
import { recordOf, tensor } from "../ops/reference-host.ts";
import { numbersFrom } from "../ops/sample-call.ts";
import { KernelHost, layoutOf, layoutWithin } from "./kernel-host.ts";
import { randomTensor, seeds, specialShares } from "./values.ts";

const host = new KernelHost(kernels());

/** `count` positions along an axis of `size`, some from the end; few distinct ones where `size` is small. */
function positionsIn(size: number, count: number, seed: number): number[] {
  const next = numbersFrom(seed);
  return Array.from({ length: count }, () => Math.floor((next() * 2 - 1) * size));
}

const calls = fc.record({
  before: fc.constantFrom(1, 2, 3),
  size: fc.constantFrom(1, 2, 5, 40),
  after: fc.constantFrom(1, 2, 3, 7, 64),
  count: fc.constantFrom(1, 3, 9, 300),
  layouts: fc.tuple(layoutOf(3), layoutOf(3), layoutOf(3)),
  dtype: fc.constantFrom<DType>("f32", "i32", "bool"),
  seed: seeds,
  specials: specialShares,
});

describe.each(["scatter", "scatterAdd", "indexAdd"])("%s", (name) => {
  it("of any sizes and layouts", () => {
    fc.assert(
      fc.property(calls, ({ before, size, after, count, layouts, dtype, seed, specials }) => {
        const own = name !== "scatter" && dtype === "bool" ? "i32" : dtype;
        const op = recordOf(name);
        const x = randomTensor(own, [before, size, after], seed, specials);
        const isIndexAdd = name === "indexAdd";
        const shape: number[] = isIndexAdd ? [count] : [before, count, after];
        const length = shape.reduce((a, b) => a * b, 1);
        const index = tensor("i32", shape, positionsIn(size, length, seed));
        const source = randomTensor(own, [before, count, after], seed + 1, specials);
        const operands = [x, index, source];
        const given = operands.map((o, i) => layoutWithin(layouts[i]!, o.type.shape.length));
        host.check(op, operands, { axis: 1 }, x.type);
        host.check(op, operands, { axis: 1 }, x.type, given);
      }),
      { numRuns: 100 },
    );
  });

  it("refuses a position that does not exist, and writes nothing beyond its result", () => {
    const op = recordOf(name);
    for (const [size, wrong] of [
      [6, 6],
      [6, -7],
      [0, 0],
      [0, -1],
    ] as const) {
      const x = host.place(randomTensor("f32", [1, size], 7, 0));
      const index = host.place(tensor("i32", name === "indexAdd" ? [1] : [1, 1], [wrong]));
      const source = host.place(randomTensor("f32", [1, 1], 8, 0));
      const out = host.emptyResult(x.seen.type);
      const operands = [x.strided, index.strided, source.strided];
      expect(() => host.launcher.launch(op, operands, { axis: 1 }, out)).toThrow(IndexOutOfRange);
    }
  });
});

it("of several elements for one place the last one stays", () => {
  const op = recordOf("scatter");
  const x = tensor("f32", [3], [0, 0, 0]);
  const operands = [x, tensor("i32", [4], [1, -2, 1, 0]), tensor("f32", [4], [1, 2, 3, 4])];
  const { actual } = host.run(op, operands, { axis: 0 }, x.type);
  expect([...actual]).toEqual([4, 3, 0]);
});

it("elements for one place are added one after another", () => {
  const big = 2 ** 24;
  const x = tensor("f32", [1], [big]);
  const operands = [x, tensor("i32", [3], [0, 0, 0]), tensor("f32", [3], [1, 1, -big])];
  const { actual } = host.run(recordOf("scatterAdd"), operands, { axis: 0 }, x.type);
  expect([...actual]).toEqual([0]);
});
