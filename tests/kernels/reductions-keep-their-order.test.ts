// Rule 4 fixes the order of sums for every layout: 16 partials or one, blocks of 4,096, whatever is near.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { opByName } from "#glim/compiler/ops/registry.js";
import type { DType } from "#glim/compiler/ops/types.js";
import { kernels } from "#glim/runtime/eager/kernels.js";
import { recordOf, strictRule } from "../ops/reference-host.ts";
import { denseLayout, KernelHost, type Layout, layoutOf } from "./kernel-host.ts";
import { randomTensor, type Specials, seeds, shapes, specialShares } from "./values.ts";

const host = new KernelHost(kernels());
const anyAxes = ["sum", "sumBack", "mean", "prod", "max", "min"] as const;

interface Reduction {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly axes: readonly number[];
  readonly keepDim: boolean;
  readonly layout: Layout;
  readonly seed: number;
  readonly specials: Specials;
}

function check({ name, dtype, shape, axes, keepDim, layout, seed, specials }: Reduction): void {
  const op = recordOf(name);
  const x = randomTensor(dtype, shape, seed, specials);
  const attrs = op.bind({ dim: [...axes], keepDim }, [x.type], strictRule);
  host.check(op, [x], attrs, op.type([x.type], attrs, strictRule), [layout]);
}

const fixed = { keepDim: false, layout: denseLayout, seed: 3, specials: 0 } as const;
const f32 = "f32";

describe("around the ends of blocks", () => {
  const counts = [0, 1, 15, 16, 17, 4095, 4096, 4097, 4111, 8192, 8193];
  it.each(counts)("%i elements of a row, as they are and reversed", (count) => {
    for (const name of ["sum", "sumBack", "mean", "prod", "max"]) {
      const row = { ...fixed, name, dtype: f32, shape: [2, count], axes: [1] } as const;
      check(row);
      check({ ...row, layout: { ...denseLayout, reversed: [1] } });
    }
  });
  it.each(counts)("%i elements of columns, many and few", (count) => {
    for (const columns of [1, 3, 4, 21]) {
      const column = { ...fixed, dtype: f32, shape: [count, columns], axes: [0] } as const;
      check({ ...column, name: "sum" });
      check({ ...column, name: "sumBack" });
    }
  });
  it.each(counts)("%i elements of a row whose neighbours are in other rows", (count) => {
    const layout = { ...denseLayout, order: [1, 0] };
    check({ ...fixed, name: "sum", dtype: f32, shape: [5, count], axes: [1], layout });
    check({ ...fixed, name: "sumBack", dtype: f32, shape: [7, count], axes: [1], layout });
  });
  it("columns wider than an accumulator", () => {
    check({ ...fixed, name: "sum", dtype: f32, shape: [5, 1000], axes: [0] });
    check({ ...fixed, name: "sum", dtype: f32, shape: [2, 5, 300], axes: [1], keepDim: true });
  });
});

const cases: fc.Arbitrary<Omit<Reduction, "name" | "dtype">> = shapes(5, 3000).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    axes: fc.subarray(
      shape.map((_, i) => i),
      { minLength: Math.min(1, shape.length) },
    ),
    keepDim: fc.boolean(),
    layout: layoutOf(shape.length),
    seed: seeds,
    specials: specialShares,
  }),
);

describe.each(anyAxes)("%s over any axes", (name) => {
  it.each(["f32", "i32"] as const)("of %s", (dtype) => {
    if (dtype === "i32" && (name === "mean" || name === "sumBack")) return;
    fc.assert(
      fc.property(cases, (given) => {
        const axes = given.axes.length === 0 ? undefined : given.axes;
        if (axes === undefined) return;
        check({ ...given, name, dtype });
      }),
      { numRuns: 40 },
    );
  });
});

describe.each(["argmax", "argmin"])("%s along an axis", (name) => {
  it.each(["f32", "i32"] as const)("of %s", (dtype) => {
    fc.assert(
      fc.property(cases, fc.nat(), (given, n) => {
        if (given.shape.length === 0) return;
        const op = opByName(name);
        expect(op).toBeDefined();
        const x = randomTensor(dtype, given.shape, given.seed, given.specials);
        const dim = n % given.shape.length;
        const attrs = op!.bind({ dim, keepDim: given.keepDim }, [x.type], strictRule);
        host.check(op!, [x], attrs, op!.type([x.type], attrs, strictRule), [given.layout]);
      }),
      { numRuns: 40 },
    );
  });

  it("reads along columns", () => {
    const op = recordOf(name);
    const x = randomTensor("f32", [3, 90, 67], 5, 300);
    const attrs = op.bind({ dim: 1 }, [x.type], strictRule);
    host.check(op, [x], attrs, op.type([x.type], attrs, strictRule));
  });

  it("finds the first of equals over several blocks", () => {
    const op = recordOf(name);
    for (const specials of [0, 5, 300] as const) {
      const x = randomTensor("f32", [3, 9000], 5, specials);
      const attrs = op.bind({ dim: 1 }, [x.type], strictRule);
      host.check(op, [x], attrs, op.type([x.type], attrs, strictRule));
    }
  });
});
