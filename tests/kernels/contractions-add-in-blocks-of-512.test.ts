// Rule 3 fixes the order of every product's sum, however operands lie and whatever is padded or skipped.

import fc from "fast-check";
import { describe, it } from "vitest";
import type { Argument } from "#glim/compiler/ops/op.js";
import { kernels } from "#glim/runtime/eager/kernels.js";
import { Refused, recordOf, strictRule } from "../ops/reference-host.ts";
import { KernelHost, type Layout, layoutOf, layoutWithin } from "./kernel-host.ts";
import { randomTensor, type Specials, seeds, specialShares } from "./values.ts";

const host = new KernelHost(kernels());
/** Checks every position while packing instead of copying padded operands first. */
const guardedHost = new KernelHost(kernels(), { mostPadding: 0 });

interface Contraction {
  readonly name: string;
  readonly dtype: "f32" | "i32";
  readonly shapes: readonly (readonly number[])[];
  readonly args: Readonly<Record<string, Argument>>;
  readonly layouts: readonly Layout[];
  readonly seed: number;
  readonly specials: Specials;
}

function check(given: Contraction, on: KernelHost = host): void {
  const op = recordOf(given.name);
  const operands = given.shapes.map((shape, i) =>
    randomTensor(given.dtype, shape, given.seed + i, given.specials),
  );
  const types = operands.map((x) => x.type);
  const attrs = op.bind(given.args, types, strictRule);
  on.check(op, operands, attrs, op.type(types, attrs, strictRule), given.layouts);
}

const plain = { args: {}, layouts: [], seed: 1, specials: 0, dtype: "f32" } as const;

describe("dot", () => {
  const inner = [0, 1, 3, 4, 5, 6, 185, 511, 512, 513, 1023, 1024, 1025];
  it.each(inner)("over an inner size of %i", (k) => {
    for (const [m, n] of [
      [1, 1],
      [1, 9],
      [3, 8],
      [5, 17],
      [9, 2],
    ]) {
      check({
        ...plain,
        name: "dot",
        shapes: [
          [m!, k],
          [k, n!],
        ],
      });
      const turned = { order: [1, 0], reversed: [], repeated: [], gap: 1, offset: 0 };
      check({
        ...plain,
        name: "dot",
        shapes: [
          [m!, k],
          [k, n!],
        ],
        layouts: [turned, turned],
      });
    }
  });
  it("more rows and columns than are packed at a time", () => {
    check({
      ...plain,
      name: "dot",
      shapes: [
        [131, 7],
        [7, 530],
      ],
    });
    check({
      ...plain,
      name: "dot",
      dtype: "i32",
      shapes: [
        [67, 5],
        [5, 259],
      ],
      specials: 300,
    });
  });

  it("more rows than stay packed while the columns go by", () => {
    const shapes = [
      [519, 3],
      [3, 9],
    ];
    check({ ...plain, name: "dot", shapes });
    check({ ...plain, name: "dot", dtype: "i32", shapes });
  });
  it.each([4, 7, 512, 516, 1026])("a row by columns that lie along %i positions", (k) => {
    const along = { order: [1, 0], reversed: [], repeated: [], gap: 1, offset: 0 };
    for (const n of [1, 8, 19, 300]) {
      const shapes = [
        [1, k],
        [k, n],
      ];
      check({ ...plain, name: "dot", shapes, layouts: [{ ...along, order: [0, 1] }, along] });
    }
  });

  const sizes = fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 11);
  const batches = fc.array(fc.constantFrom(1, 1, 2, 3), { maxLength: 2 });
  it("of any layouts and batch axes", () => {
    const cases = fc.record({
      m: sizes,
      n: sizes,
      k: fc.oneof(sizes, fc.constantFrom(63, 520)),
      batch: batches,
      ones: fc.tuple(fc.boolean(), fc.boolean()),
      seed: seeds,
      specials: specialShares,
      dtype: fc.constantFrom("f32" as const, "i32" as const),
      layouts: fc.tuple(layoutOf(4), layoutOf(4)),
    });
    fc.assert(
      fc.property(cases, ({ m, n, k, batch, ones, layouts, ...rest }) => {
        const left = batch.map((d, i) => (ones[0] && i === 0 ? 1 : d));
        const right = ones[1] ? [] : batch;
        const shapes = [
          [...left, m, k],
          [...right, k, n],
        ];
        const fitting = shapes.map((shape, i) => layoutWithin(layouts[i]!, shape.length));
        check({ name: "dot", args: {}, ...rest, shapes, layouts: fitting });
      }),
      { numRuns: 200 },
    );
  });
});

const convolutions = fc
  .record({
    spatial: fc.integer({ min: 1, max: 3 }),
    batch: fc.constantFrom(1, 2, 3),
    groups: fc.constantFrom(1, 1, 2, 3),
    inputs: fc.constantFrom(1, 2, 5),
    outputs: fc.constantFrom(1, 3, 4),
    sizes: fc.array(fc.constantFrom(3, 4, 5, 7, 10), { minLength: 3, maxLength: 3 }),
    kernel: fc.array(fc.constantFrom(1, 2, 3), { minLength: 3, maxLength: 3 }),
    stride: fc.array(fc.constantFrom(1, 1, 2, 3), { minLength: 3, maxLength: 3 }),
    padding: fc.array(fc.constantFrom(0, 0, 1, 2), { minLength: 3, maxLength: 3 }),
    dilation: fc.array(fc.constantFrom(1, 1, 2, 3), { minLength: 3, maxLength: 3 }),
    seed: seeds,
    specials: specialShares,
    layouts: fc.tuple(layoutOf(5), layoutOf(5)),
  })
  .map((c) => {
    const own = (xs: readonly number[]): number[] => xs.slice(0, c.spatial);
    const sizes = own(c.sizes).map((s) => (c.spatial === 3 ? Math.min(s, 5) : s));
    const form = {
      stride: own(c.stride),
      padding: own(c.padding),
      dilation: own(c.dilation),
      groups: c.groups,
    };
    return { ...c, ...form, form, sizes, kernel: own(c.kernel) };
  });

describe.each([
  ["copying padded operands", host],
  ["checking each position", guardedHost],
] as const)("convolution and its gradients, %s", (_how, on) => {
  it.each(["conv", "convInputGrad", "convWeightGrad"])("%s", (name) => {
    fc.assert(
      fc.property(convolutions, (c) => {
        const { groups, batch, inputs, outputs, sizes, kernel, form } = c;
        const x = [batch, groups * inputs, ...sizes];
        const w = [groups * outputs, inputs, ...kernel];
        const places = sizes.map((size, i) => {
          const reach = (kernel[i]! - 1) * form.dilation[i]! + 1;
          return Math.floor((size + 2 * form.padding[i]! - reach) / form.stride[i]!) + 1;
        });
        if (places.some((p) => p < 1)) return;
        const g = [batch, groups * outputs, ...places];
        const calls = {
          conv: { shapes: [x, w], args: form },
          convInputGrad: { shapes: [g, w], args: { ...form, inputSize: sizes } },
          convWeightGrad: { shapes: [x, g], args: { ...form, kernelSize: kernel } },
        };
        const call = calls[name as keyof typeof calls];
        const layouts = call.shapes.map((shape, i) => layoutWithin(c.layouts[i]!, shape.length));
        try {
          check({ name, dtype: "f32", seed: c.seed, specials: c.specials, ...call, layouts }, on);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
        }
      }),
      { numRuns: 120 },
    );
  });

  it("reduces over several blocks with holes between", () => {
    const form = { stride: 2, padding: 1, dilation: 1 };
    const shapes = [
      [1, 150, 3, 4],
      [150, 2, 3, 3],
    ];
    const args = { ...form, inputSize: [5, 7] };
    check({ ...plain, name: "convInputGrad", shapes, args }, on);
  });
  it("works on images wider than a panel", () => {
    const shapes = [
      [2, 2, 9, 23],
      [5, 2, 3, 3],
    ];
    check({ ...plain, name: "conv", shapes, args: { padding: 1 }, specials: 300 }, on);
  });
});
