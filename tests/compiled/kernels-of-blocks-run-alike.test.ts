// Kernels of the same rows or planes run block by block: every cut into blocks must give the bits of the plain order.

import { describe, expect, it } from "vitest";
import { parseGraph, printGraph } from "#glim/compiler/graph/text.js";
import { defaultPipeline, graphPasses } from "#glim/compiler/pipeline.js";
import { expectAlike } from "./compare-program.ts";
import { eagerApply } from "./eager-apply.ts";

type Shape = readonly (number | string)[];

/** A softmax of rows, to which a mask that broadcasts is added before. */
function softmax(shape: Shape, mask: Shape): string {
  const full = `f32[${shape}]`;
  const one = `f32[${[...shape.slice(0, -1), 1]}]`;
  const axes = `axes=[${shape.length - 1}] keepDim=true lanes=16`;
  return `module test

entry func @run(%x: ${full}, %m: f32[${mask}]) -> ${full} {
  %0 = add %x %m : ${full}
  %1 = max %0 ${axes} : ${one}
  %2 = sub %0 %1 : ${full}
  %3 = exp %2 : ${full}
  %4 = sum %3 ${axes} : ${one}
  %5 = div %3 %4 : ${full}
  return %5
}
`;
}

/** Moments of rows, what remains of them, and one number for each at the end; a product of bools on the way. */
function moments(shape: Shape): string {
  const full = `f32[${shape}]`;
  const bools = full.replace("f32", "bool");
  const one = `f32[${[...shape.slice(0, -1), 1]}]`;
  const axes = `axes=[${shape.length - 1}] keepDim=true lanes=16`;
  return `module test

entry func @run(%x: ${full}) -> ${one} {
  %0 = sin %x : ${full}
  %1 = mean %0 ${axes} : ${one}
  %2 = sub %0 %1 : ${full}
  %3 = mul %2 %2 : ${full}
  %4 = sum %3 ${axes} : ${one}
  %5 = gt %3 %4 : ${bools}
  %6 = where %5 %0 %2 : ${full}
  %7 = erf %6 : ${full}
  %8 = min %7 ${axes} : ${one}
  return %8
}
`;
}

/** Two convolutions of each channel by itself, one after the other, with what stands before and after them. */
function planes(shape: Shape, kernel: readonly number[]): string {
  const channels = shape[1];
  const full = `f32[${shape}]`;
  const weight = `f32[${[channels, 1, ...kernel]}]`;
  const bias = `f32[${[channels, ...kernel.map(() => 1)]}]`;
  const ones = kernel.map(() => 1);
  const padding = kernel.map((k) => (k - 1) / 2);
  const options = `dilation=[${ones}] groups=${channels} padding=[${padding}] stride=[${ones}]`;
  return `module test

entry func @run(%x: ${full}, %w: ${weight}, %b: ${bias}) -> ${full} {
  %0 = sin %x : ${full}
  %1 = conv %0 %w ${options} : ${full}
  %2 = add %1 %b : ${full}
  %3 = conv %2 %w ${options} : ${full}
  %4 = add %3 %b : ${full}
  %5 = neg %4 : ${full}
  return %5
}
`;
}

async function check(text: string): Promise<void> {
  const passes = graphPasses(defaultPipeline);
  const context = { evaluator: undefined };
  const module = passes.reduce((m, pass) => pass.run(m, context), parseGraph(text));
  expect(
    printGraph(module).match(/^ {4}%\S+ = kernel/gm)?.length,
    "kernels inside",
  ).toBeGreaterThan(1);
  await expectAlike(parseGraph(text), [eagerApply]);
}

describe("rows", () => {
  // Blocks of one row, of several, of a prime number of rows; rows that end in the middle of a vector, and such
  // whose lengths only a run tells around the blocks.
  it.each<[Shape, Shape]>([
    [[128, 1000], [1000]],
    [
      [7, 1023],
      [7, 1],
    ],
    [[6, 2050], [1]],
    [
      [3, 5, 517],
      [5, 517],
    ],
    [
      [2, 40, 129],
      [2, 1, 129],
    ],
    [
      [2, 3, 31, 130],
      [3, 1, 1],
    ],
    [["B", 260], [260]],
    [
      ["B", 9, 203],
      [9, 1],
    ],
    [
      [4, "B", 130],
      ["B", 130],
    ],
  ])("of %j, with %j beside", async (shape, mask) => {
    await check(softmax(shape, mask));
    await check(moments(shape));
  });
});

describe("planes", () => {
  // One plane a block and several, of images and of sequences, some images whose number only a run tells.
  it.each<[Shape, readonly number[]]>([
    [
      [1, 6, 56, 57],
      [3, 3],
    ],
    [
      [2, 9, 13, 19],
      [5, 3],
    ],
    [
      ["B", 8, 33, 34],
      [3, 3],
    ],
    [[3, 12, 201], [7]],
    [
      [1, 2, 5, 18, 17],
      [1, 3, 5],
    ],
  ])("of %j under windows of %j", async (shape, kernel) => {
    await check(planes(shape, kernel));
  });
});
