// Strides, padding, dilation and groups are easy to mix up: plain loops in f64 say what is meant.
import { adaptiveAvgPool2d, avgPool2d, conv2d, maxPool2d, Rng, type Tensor } from "glim";
import { describe, expect, it } from "vitest";

type Two = readonly [number, number];
const both = (v: number | Two): Two => (typeof v === "number" ? [v, v] : v);

/** The element at a position; `outside` where there is none. */
function elementsOf(t: Tensor): (at: readonly number[], outside?: number) => number {
  const data = t.toTypedArray();
  const shape = [...t.shape];
  return (at, outside = 0) =>
    at.some((p, i) => p < 0 || p >= shape[i]!)
      ? outside
      : data[at.reduce((sum, p, i) => sum * shape[i]! + p, 0)]!;
}

const places = (size: number, kernel: number, stride: number, padding: number, dilation = 1) =>
  Math.floor((size + 2 * padding - (kernel - 1) * dilation - 1) / stride) + 1;

function expectClose(found: Tensor, shape: readonly number[], wanted: readonly number[]): void {
  expect(found.shape).toEqual(shape);
  found.toTypedArray().forEach((x, i) => expect(x).toBeCloseTo(wanted[i]!, 4));
}

interface Form {
  readonly stride?: number | Two;
  readonly padding?: number | Two;
  readonly dilation?: number | Two;
  readonly groups?: number;
}

const forms: readonly Form[] = [
  {},
  { stride: 2, padding: 1 },
  { stride: [1, 2], padding: [2, 0] },
  { dilation: [2, 1], padding: 1 },
  { groups: 2 },
  { groups: 4, padding: 1, stride: 2 },
];

describe("conv2d", () => {
  it.each(forms.map((f) => [JSON.stringify(f), f] as const))("%s", (_text, form) => {
    const rng = new Rng(1);
    const { groups = 1 } = form;
    const [strides, paddings, dilations] = [
      both(form.stride ?? 1),
      both(form.padding ?? 0),
      both(form.dilation ?? 1),
    ];
    const [x, w, bias] = [
      rng.uniform([2, 4, 7, 8], -1),
      rng.uniform([8, 4 / groups, 3, 2], -1),
      rng.uniform([8], -1),
    ];
    const [at, weight, b] = [elementsOf(x), elementsOf(w), elementsOf(bias)];
    const [rows, columns] = [
      places(7, 3, strides[0], paddings[0], dilations[0]),
      places(8, 2, strides[1], paddings[1], dilations[1]),
    ];
    const wanted: number[] = [];
    for (let n = 0; n < 2; n++)
      for (let o = 0; o < 8; o++)
        for (let r = 0; r < rows; r++)
          for (let c = 0; c < columns; c++) {
            let sum = b([o]);
            const first = Math.floor(o / (8 / groups)) * (4 / groups);
            for (let i = 0; i < 4 / groups; i++)
              for (let p = 0; p < 3; p++)
                for (let q = 0; q < 2; q++) {
                  const y = r * strides[0] + p * dilations[0] - paddings[0];
                  const z = c * strides[1] + q * dilations[1] - paddings[1];
                  sum += at([n, first + i, y, z]) * weight([o, i, p, q]);
                }
            wanted.push(sum);
          }
    expectClose(conv2d(x, w, bias, form), [2, 8, rows, columns], wanted);
  });

  it("bias may be left out", () => {
    const x = new Rng(2).uniform([1, 1, 3, 3]);
    expect(conv2d(x, x).item()).toBeCloseTo(x.square().sum().item(), 5);
  });
});

const poolForms: readonly (readonly [kernel: number | Two, options: Form])[] = [
  [2, {}],
  [3, { stride: 2, padding: 1 }],
  [[2, 3], { stride: [1, 2], padding: [1, 0] }],
];

describe.each(poolForms.map((f) => [JSON.stringify(f), ...f] as const))(
  "pooling %s",
  (_text, kernel, { stride = kernel, padding = 0 }) => {
    const x = new Rng(3).uniform([2, 3, 7, 8], -1);
    const [k, s, p] = [both(kernel), both(stride), both(padding)];
    const shape = [2, 3, places(7, k[0], s[0], p[0]), places(8, k[1], s[1], p[1])] as const;

    function pooled(outside: number, combine: (window: readonly number[]) => number): number[] {
      const at = elementsOf(x);
      const all: number[] = [];
      for (let n = 0; n < 2; n++)
        for (let c = 0; c < 3; c++)
          for (let i = 0; i < shape[2]; i++)
            for (let j = 0; j < shape[3]; j++) {
              const window: number[] = [];
              for (let u = 0; u < k[0]; u++)
                for (let v = 0; v < k[1]; v++)
                  window.push(at([n, c, i * s[0] + u - p[0], j * s[1] + v - p[1]], outside));
              all.push(combine(window));
            }
      return all;
    }

    it("maxPool2d never chooses padding", () => {
      const found = maxPool2d(x, kernel, { stride, padding });
      expectClose(
        found,
        shape,
        pooled(-Infinity, (w) => Math.max(...w)),
      );
    });

    it("avgPool2d counts padding as zeros", () => {
      const found = avgPool2d(x, kernel, { stride, padding });
      const mean = (w: readonly number[]): number => w.reduce((a, b) => a + b, 0) / w.length;
      expectClose(found, shape, pooled(0, mean));
    });
  },
);

describe("adaptiveAvgPool2d", () => {
  const x = new Rng(4).uniform([2, 3, 7, 5], -1);
  const at = elementsOf(x);

  it.each([1, 2, 3, 7, [3, 2] as const, [1, 5] as const])("to %j", (size) => {
    const [rows, columns] = both(size);
    const wanted: number[] = [];
    for (let n = 0; n < 2; n++)
      for (let c = 0; c < 3; c++)
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < columns; j++) {
            let [sum, count] = [0, 0];
            for (let u = Math.floor((i * 7) / rows); u < Math.ceil(((i + 1) * 7) / rows); u++)
              for (
                let v = Math.floor((j * 5) / columns);
                v < Math.ceil(((j + 1) * 5) / columns);
                v++
              ) {
                sum += at([n, c, u, v]);
                count++;
              }
            wanted.push(sum / count);
          }
    expectClose(adaptiveAvgPool2d(x, size), [2, 3, rows, columns], wanted);
  });
});
