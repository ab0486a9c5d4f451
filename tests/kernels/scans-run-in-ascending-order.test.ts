// A running sum depends on its order: any axis of any layout must give the bits of the plain definition.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "#glim/runtime/eager/kernels.js";
import { recordOf, tensor } from "../ops/reference-host.ts";
import { KernelHost, layoutOf } from "./kernel-host.ts";
import { randomTensor, seeds, specialShares } from "./values.ts";

const host = new KernelHost(kernels());

const scans = ["cumsum", "cumprod", "cummax", "cummin", "cumargmax", "cumargmin", "linearScan"];

const calls = fc.record({
  shape: fc.tuple(
    fc.constantFrom(1, 2, 3),
    fc.constantFrom(1, 2, 5, 33),
    fc.constantFrom(1, 2, 4, 7, 19),
  ),
  axis: fc.nat(2),
  layouts: fc.tuple(layoutOf(3), layoutOf(3)),
  dtype: fc.constantFrom("f32" as const, "i32" as const),
  seed: seeds,
  specials: specialShares,
});

describe.each(scans)("%s", (name) => {
  it("of any sizes, axis and layout", () => {
    const op = recordOf(name);
    fc.assert(
      fc.property(calls, ({ shape, axis, layouts, dtype, seed, specials }) => {
        const own = name === "linearScan" ? "f32" : dtype;
        const operands = op.operands.map((_, i) => randomTensor(own, shape, seed + i, specials));
        const type = {
          ...operands[0]!.type,
          dtype: name.startsWith("cumarg") ? "i32" : own,
        } as const;
        host.check(op, operands, { axis }, type);
        host.check(op, operands, { axis }, type, layouts);
      }),
      { numRuns: 100 },
    );
  });
});

it("sums begin with +0 and are rounded one after another", () => {
  const x = tensor("f32", [5], [-0, 2 ** 24, 1, 1, -(2 ** 24)]);
  const { actual } = host.run(recordOf("cumsum"), [x], { axis: 0 }, x.type);
  expect([...actual]).toEqual([0, 2 ** 24, 2 ** 24, 2 ** 24, 0]);
});

it("the first of equals keeps its place, −0 equals +0 and the first NaN stays", () => {
  const x = tensor("f32", [6], [-0, 0, -1, Number.NaN, 5, Number.NaN]);
  const type = { ...x.type, dtype: "i32" } as const;
  const { actual } = host.run(recordOf("cumargmax"), [x], { axis: 0 }, type);
  expect([...actual]).toEqual([0, 0, 0, 3, 3, 3]);
});
