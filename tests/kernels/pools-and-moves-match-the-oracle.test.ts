// Windows, copies and indexed reads handle padding, strides and edges themselves: each is a chance to err.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Argument } from "#glim/compiler/ops/op.js";
import type { DType } from "#glim/compiler/ops/types.js";
import { kernels } from "#glim/runtime/eager/kernels.js";
import { IndexOutOfRange } from "#glim/runtime/eager/launch.js";
import { recordOf, strictRule, tensor } from "../ops/reference-host.ts";
import { KernelHost, type Layout, layoutOf, layoutWithin } from "./kernel-host.ts";
import { randomTensor, type Specials, seeds, shapes, specialShares } from "./values.ts";

const host = new KernelHost(kernels());

interface Call {
  readonly name: string;
  readonly dtype: DType;
  readonly shapes: readonly (readonly number[])[];
  readonly args: Readonly<Record<string, Argument>>;
  readonly layouts?: readonly Layout[];
  readonly seed: number;
  readonly specials: Specials;
}

function check(given: Call): void {
  const op = recordOf(given.name);
  const operands = given.shapes.map((shape, i) =>
    randomTensor(given.dtype, shape, given.seed + i, given.specials),
  );
  const types = operands.map((x) => x.type);
  const attrs = op.bind(given.args, types, strictRule);
  host.check(op, operands, attrs, op.type(types, attrs, strictRule), given.layouts);
}

const three = (...values: number[]): fc.Arbitrary<number[]> =>
  fc.array(fc.constantFrom(...values), { minLength: 3, maxLength: 3 });

describe.each(["maxPool", "avgPool"])("%s", (name) => {
  it("of any window, stride, padding and layout", () => {
    const pools = fc.record({
      axes: fc.integer({ min: 1, max: 3 }),
      leading: fc.array(fc.constantFrom(1, 2, 3), { maxLength: 2 }),
      sizes: three(4, 5, 7, 12, 19),
      kernel: three(1, 2, 3),
      stride: three(1, 1, 2, 3),
      padding: three(0, 1),
      dilation: three(1, 1, 2),
      seed: seeds,
      specials: specialShares,
      layout: layoutOf(5),
    });
    fc.assert(
      fc.property(pools, ({ axes, leading, sizes, layout, seed, specials, ...form }) => {
        const own = (xs: readonly number[]): number[] => xs.slice(0, axes);
        const shape = [...leading, ...own(sizes).map((s) => (axes === 3 ? Math.min(s, 7) : s))];
        const kernel = own(form.kernel);
        const dilation = name === "maxPool" ? own(form.dilation) : kernel.map(() => 1);
        const most = kernel.map((k, i) => Math.floor(((k - 1) * dilation[i]! + 1) / 2));
        const padding = own(form.padding).map((p, i) => Math.min(p, most[i]!));
        const isRoomy = kernel.every(
          (k, i) => (k - 1) * dilation[i]! < shape[leading.length + i]! + 2 * padding[i]!,
        );
        if (!isRoomy) return;
        const args = { kernel, stride: own(form.stride), padding };
        const layouts = [layoutWithin(layout, shape.length)];
        const whole = name === "maxPool" ? { ...args, dilation } : args;
        check({ name, dtype: "f32", shapes: [shape], args: whole, layouts, seed, specials });
      }),
      { numRuns: 150 },
    );
  });
});

const tensors = shapes(4, 4000).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    layout: layoutOf(shape.length),
    dtype: fc.constantFrom<DType>("f32", "i32", "bool"),
    seed: seeds,
    specials: specialShares,
    order: fc.shuffledSubarray(
      shape.map((_, i) => i),
      { minLength: shape.length, maxLength: shape.length },
    ),
    some: fc.subarray(shape.map((_, i) => i)),
    widths: fc.array(fc.tuple(fc.nat(2), fc.nat(2)), {
      minLength: shape.length,
      maxLength: shape.length,
    }),
  }),
);

describe("copies", () => {
  const moves = {
    reshape: () => ({ shape: [-1] }),
    permute: (t: { order: readonly number[] }) => ({ dims: t.order }),
    flip: (t: { some: readonly number[] }) => (t.some.length > 0 ? { dim: t.some } : {}),
    pad: (t: { widths: readonly (readonly [number, number])[] }) => ({
      widths: t.widths,
      value: 1,
    }),
  };
  it.each(Object.entries(moves))("%s of any layout", (name, argsOf) => {
    fc.assert(
      fc.property(tensors, (t) => {
        if (name === "reshape" && t.shape.includes(0)) return;
        const { shape, layout, dtype, seed, specials } = t;
        check({ name, dtype, shapes: [shape], args: argsOf(t), layouts: [layout], seed, specials });
      }),
      { numRuns: 120 },
    );
  });

  it("transposes matrices of any size", () => {
    const sizes = fc.integer({ min: 7, max: 41 });
    fc.assert(
      fc.property(sizes, sizes, seeds, layoutOf(3), (m, n, seed, layout) => {
        const args = { dims: [0, 2, 1] };
        const call = { name: "permute", dtype: "f32", shapes: [[2, m, n]], args, seed } as const;
        check({ ...call, specials: 300 });
        check({ ...call, specials: 300, layouts: [layout] });
      }),
      { numRuns: 60 },
    );
  });

  it("cat of several operands", () => {
    fc.assert(
      fc.property(tensors, fc.nat(), fc.array(fc.nat(5), { maxLength: 3 }), (t, n, more) => {
        if (t.shape.length === 0) return;
        const dim = n % t.shape.length;
        const others = more.map((size) => t.shape.with(dim, size));
        const { dtype, seed, specials, layout } = t;
        const args = { dim };
        check({
          name: "cat",
          dtype,
          shapes: [t.shape, ...others],
          args,
          layouts: [layout],
          seed,
          specials,
        });
      }),
      { numRuns: 80 },
    );
  });
});

describe("positions that another tensor holds", () => {
  const run = (name: string, index: readonly number[], layout?: Layout): void => {
    const op = recordOf(name);
    const x = randomTensor("f32", [4, 6], 7, 0);
    const positions = tensor("i32", name === "take" ? [index.length] : [1, index.length], index);
    const types = [x.type, positions.type];
    const attrs = op.bind({ dim: 1 }, types, strictRule);
    const layouts = layout ? [layout] : [];
    host.check(op, [x, positions], attrs, op.type(types, attrs, strictRule), layouts);
  };
  it.each(["gather", "take"])("%s counts negative ones from the end", (name) => {
    run(name, [0, 5, -1, -6, 3]);
    run(name, [5, -2], { order: [1, 0], reversed: [0], repeated: [], gap: 1, offset: 1 });
  });
  it.each(["gather", "take"])("%s refuses one that does not exist, and says which", (name) => {
    const op = recordOf(name);
    const x = host.place(randomTensor("f32", [1, 6], 7, 0));
    for (const wrong of [6, -7, 2 ** 31 - 1, -(2 ** 31)]) {
      const index = host.place(tensor("i32", name === "take" ? [2] : [1, 2], [0, wrong]));
      const out = host.emptyResult({ ...x.seen.type, shape: [1, 2] });
      let thrown: unknown;
      try {
        host.launcher.launch(op, [x.strided, index.strided], { axis: 1 }, out);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(IndexOutOfRange);
      expect(thrown).toMatchObject({ index: wrong, size: 6 });
    }
  });
});
