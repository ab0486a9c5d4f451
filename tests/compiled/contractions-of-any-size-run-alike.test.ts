// How a contraction's loops are cut depends on its sizes: every cut must give eager mode's bits.

import { describe, expect, it } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { expectAlike } from "./compare-program.ts";
import { eagerApply } from "./eager-apply.ts";
import { callEntry, compileGraph, type Output } from "./run-compiled.ts";

// Sines, because sums of round numbers are exact in any order.
const product = (rows: number | string, inner: number, columns: number): string => `module test

entry func @run(%a: f32[${rows},${inner}], %b: f32[${inner},${columns}], %c: f32[${columns}]) -> f32[${rows},${columns}] {
  %0 = sin %a : f32[${rows},${inner}]
  %1 = sin %b : f32[${inner},${columns}]
  %2 = dot %0 %1 : f32[${rows},${columns}]
  %3 = add %2 %c : f32[${rows},${columns}]
  return %3
}
`;

/** An epilogue so long that it runs over the stored sums. */
const activated = (rows: number | string, inner: number, columns: number): string =>
  product(rows, inner, columns).replace(
    "  return %3",
    `  %4 = erf %3 : f32[${rows},${columns}]
  %5 = mul %4 %2 : f32[${rows},${columns}]
  return %5`,
  );

const convolution = (
  image: readonly [number, number, number, number],
  [outputs, kernel]: readonly [number, number],
): string => {
  const [n, c, h, w] = image;
  const pad = (kernel - 1) / 2;
  const result = `f32[${n},${outputs},${h},${w}]`;
  return `module test

entry func @run(%x: f32[${image}], %w: f32[${outputs},${c},${kernel},${kernel}]) -> ${result} {
  %0 = sin %x : f32[${image}]
  %1 = sin %w : f32[${outputs},${c},${kernel},${kernel}]
  %2 = conv %0 %1 dilation=[1,1] groups=1 padding=[${pad},${pad}] stride=[1,1] : ${result}
  %3 = tanh %2 : ${result}
  return %3
}
`;
};

/** Each channel by itself. */
const depthwise = (channels: number, kernel: readonly [number, number]): string => {
  const result = `f32[2,${channels},9,11]`;
  const padding = kernel.map((k) => (k - 1) / 2);
  return `module test

entry func @run(%x: ${result}, %w: f32[${channels},1,${kernel}]) -> ${result} {
  %0 = sin %x : ${result}
  %1 = sin %w : f32[${channels},1,${kernel}]
  %2 = conv %0 %1 dilation=[1,1] groups=${channels} padding=[${padding}] stride=[1,1] : ${result}
  %3 = abs %2 : ${result}
  return %3
}
`;
};

const ofDoubles = (text: string): string => text.replaceAll("f32[", "f64[");

const check = (text: string): Promise<void> => expectAlike(parseGraph(text), [eagerApply]);

describe("products", () => {
  // Tiles of one to three rows are wider; 512 and 768 are where the inner index is cut; 300 rows are several blocks.
  it.each([
    [1, 5, 70],
    [1, 513, 33],
    [1, 1100, 40],
    [2, 64, 24],
    [2, 1025, 23],
    [3, 511, 9],
    [4, 512, 8],
    [5, 769, 17],
    [6, 1536, 16],
    [7, 768, 31],
    [9, 1280, 1],
    [19, 40, 64],
    [300, 600, 12],
    [140, 1024, 20],
  ])("%i × %i by %i columns", async (rows, inner, columns) => {
    await check(product(rows, inner, columns));
    await check(activated(rows, inner, columns));
  });

  // Tiles of two rows, or of one and two or three panels.
  it.each([
    [1, 5, 70],
    [1, 1100, 40],
    [2, 1025, 23],
    [3, 511, 9],
    [5, 769, 17],
    [9, 1280, 1],
    [70, 600, 12],
  ])("of f64, %i × %i by %i columns", async (rows, inner, columns) => {
    await check(ofDoubles(product(rows, inner, columns)));
    await check(ofDoubles(activated(rows, inner, columns)));
  });

  it.each([
    [7, 33],
    [1100, 9],
  ])("of f64, of as many rows as a run has, %i by %i columns", async (inner, columns) => {
    await check(ofDoubles(product("B", inner, columns)));
  });

  it.each([
    [7, 33],
    [600, 70],
    [1100, 9],
  ])("of as many rows as a run has, %i by %i columns", async (inner, columns) => {
    await check(product("B", inner, columns));
    await check(activated("B", inner, columns));
  });
});

// One row's tile is three panels wide: what is left of a number of columns that only a run tells must not be rounded up.
it.each([8, 12, 40, 56])("%i columns of a run are all that is written", async (columns) => {
  const text = product(1, 7, 0).replaceAll(/(?<=[[,])0\]/g, "N]");
  const wasm = await compileGraph(parseGraph(text));
  const { instance } = await WebAssembly.instantiate(wasm as BufferSource);
  const data = [7, 7 * columns, columns].map((length) => new Float32Array(length).fill(1));
  const [result] = callEntry(instance, "run", [columns], data, 1) as readonly Output[];
  expect(result?.data[columns - 1]).toBeCloseTo(7 * Math.sin(1) ** 2 + 1, 4);
  const { memory, run_out: out } = instance.exports as Record<string, unknown>;
  const { buffer } = memory as WebAssembly.Memory;
  const [at] = new Int32Array(buffer, (out as (i: number) => number)(0), 1);
  const end = at! + Math.ceil((4 * columns + 16) / 64) * 64;
  expect([...new Uint8Array(buffer, end, 128)].every((byte) => byte === 0)).toBe(true);
});

describe("convolutions", () => {
  // One row of an image at a time, several, all; in one part or several.
  it.each([
    [
      [1, 16, 14, 14],
      [8, 3],
    ],
    [
      [2, 24, 30, 30],
      [20, 1],
    ],
    [
      [1, 8, 96, 96],
      [9, 3],
    ],
    [
      [1, 96, 7, 7],
      [12, 3],
    ],
    [
      [3, 3, 20, 33],
      [17, 5],
    ],
  ] as const)("of %j by %j", async (image, kernel) => {
    await check(convolution([...image], [...kernel]));
  });

  it.each([
    [
      [1, 16, 14, 14],
      [8, 3],
    ],
    [
      [1, 24, 17, 17],
      [20, 1],
    ],
    [
      [1, 3, 10, 13],
      [17, 5],
    ],
  ] as const)("of f64, of %j by %j", async (image, kernel) => {
    await check(ofDoubles(convolution([...image], [...kernel])));
  });

  it.each([
    [7, [3, 3]],
    [16, [5, 7]],
  ] as const)("of f64, of each of %i channels by %j", async (channels, kernel) => {
    await check(ofDoubles(depthwise(channels, kernel)));
  });
});
