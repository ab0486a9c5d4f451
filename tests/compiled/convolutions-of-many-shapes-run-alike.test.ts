// Tiles, strips and merged rows are chosen from sizes, so each choice is met here with the sizes that make it:
// compiled, the bits are those of the executor that follows the numeric contract literally.

import { describe, expect, it } from "vitest";
import type { Sample } from "#glim/compiler/ops/op.js";
import { opByName } from "#glim/compiler/ops/registry.js";
import { runSample, sampleSizes } from "../ops/sample-call.ts";
import { bitsOf } from "./bits.ts";
import { callEntry, compileGraph } from "./run-compiled.ts";
import { sampleModule } from "./sample-module.ts";

const cases: Readonly<Record<string, readonly Sample[]>> = {
  conv: [
    // Depthwise: strips of 4 rows and what remains, channels that are no multiple of 4, strides, dilation.
    { operands: ["f32[1,8,5,9]", "f32[8,1,3,3]"], args: { groups: 8, padding: 1 } },
    { operands: ["f32[2,7,6,6]", "f32[7,1,3,3]"], args: { groups: 7, stride: 2, padding: 1 } },
    { operands: ["f32[B,5,9,11]", "f32[5,1,5,5]"], args: { groups: 5, padding: 2 } },
    { operands: ["f32[1,4,9,15]", "f32[4,1,7,7]"], args: { groups: 4, padding: 3 } },
    { operands: ["f32[1,4,8,H]", "f32[4,1,3,3]"], args: { groups: 4 } },
    { operands: ["f32[1,6,30,30]", "f32[6,1,24,24]"], args: { groups: 6 } },
    { operands: ["f32[1,4,9,9]", "f32[4,1,3,3]"], args: { groups: 4, dilation: 2 } },
    { operands: ["f32[1,8,12]", "f32[8,1,4]"], args: { groups: 8 } },
    { operands: ["f32[1,4,4,5,6]", "f32[4,1,2,2,2]"], args: { groups: 4 } },
    // A multiplier of channels, groups of several.
    { operands: ["f32[1,4,5,5]", "f32[8,1,3,3]"], args: { groups: 4, padding: 1 } },
    { operands: ["f32[1,8,5,6]", "f32[12,2,3,3]"], args: { groups: 4, padding: 1 } },
    { operands: ["f32[2,6,5,6]", "f32[48,2,3,3]"], args: { groups: 3, padding: 1 } },
    { operands: ["f32[1,120,3,3]", "f32[16,60,3,3]"], args: { groups: 2, padding: 1 } },
    // 1 × 1: rows of the whole image; with stride they are apart.
    { operands: ["f32[1,5,7,7]", "f32[9,5,1,1]"], args: {} },
    { operands: ["f32[B,5,7,3]", "f32[9,5,1,1]"], args: {} },
    { operands: ["f32[2,5,7,7]", "f32[8,5,1,1]"], args: { stride: 2 } },
    // Several blocks of 512 positions, few rows, one column.
    { operands: ["f32[1,130,3,3]", "f32[9,130,3,3]"], args: { padding: 1 } },
    { operands: ["f32[B,600,1,1]", "f32[10,600,1,1]"], args: {} },
    { operands: ["f32[1,3,17,17]", "f32[8,3,7,7]"], args: { stride: 2, padding: 3 } },
    { operands: ["f32[1,4,5,5]", "f32[1,4,3,3]"], args: { padding: 1 } },
    // Few products and wide images: these stay in row-major order.
    { operands: ["f32[1,3,5,19]", "f32[3,1,3,3]"], args: { groups: 3, padding: 1 } },
    { operands: ["f32[1,2,4,56]", "f32[2,1,3,3]"], args: { groups: 2, padding: 1 } },
    { operands: ["f32[B,6,3,33]", "f32[7,6,1,1]"], args: {} },
    { operands: ["f32[2,4,3,27]", "f32[6,2,1,5]"], args: { groups: 2 } },
    { operands: ["f32[1,3,9,40]", "f32[5,3,3,3]"], args: { dilation: 2, padding: 2 } },
    { operands: ["f32[1,1,130]", "f32[9,1,25]"], args: {} },
  ],
  // With stride, outputs fall into classes; blocks of 512 count the holes, too.
  convInputGrad: [
    { operands: ["f32[1,8,5,5]", "f32[8,9,3,3]"], args: { inputSize: [7, 7] } },
    { operands: ["f32[B,8,5,5]", "f32[8,5,3,3]"], args: { inputSize: [5, 5], padding: 1 } },
    {
      operands: ["f32[1,5,4,4]", "f32[5,9,3,3]"],
      args: { inputSize: [8, 8], padding: 1, stride: 2 },
    },
    {
      operands: ["f32[2,80,5,4]", "f32[80,4,4,3]"],
      args: { inputSize: [13, 14], padding: [2, 0], stride: 3 },
    },
    { operands: ["f32[1,6,3,3]", "f32[6,9,1,1]"], args: { inputSize: [6, 5], stride: 2 } },
    {
      operands: ["f32[1,7,4,4]", "f32[7,1,3,3]"],
      args: { inputSize: [8, 8], padding: 1, stride: 2, groups: 7 },
    },
    {
      operands: ["f32[1,6,5,6]", "f32[6,2,3,3]"],
      args: { inputSize: [5, 6], padding: 1, groups: 3 },
    },
  ],
  convWeightGrad: [
    { operands: ["f32[2,3,9,9]", "f32[2,9,7,7]"], args: { kernelSize: [3, 3] } },
    { operands: ["f32[4,1,28,28]", "f32[4,6,28,28]"], args: { kernelSize: [5, 5], padding: 2 } },
    {
      operands: ["f32[B,5,8,8]", "f32[B,9,4,4]"],
      args: { kernelSize: [3, 3], padding: 1, stride: 2 },
    },
    {
      operands: ["f32[2,7,8,8]", "f32[2,7,8,8]"],
      args: { kernelSize: [3, 3], padding: 1, groups: 7 },
    },
    {
      operands: ["f32[2,6,8,8]", "f32[2,4,8,8]"],
      args: { kernelSize: [3, 3], padding: 1, groups: 2 },
    },
    { operands: ["f32[3,9,7,7]", "f32[3,8,7,7]"], args: { kernelSize: [1, 1] } },
    { operands: ["f32[B,2,30]", "f32[B,5,26]"], args: { kernelSize: [5] } },
    // Sizes that only a run tells: less than a block of 512 positions, just one, several and a part.
    { operands: ["f32[B,3,18,18]", "f32[B,9,16,16]"], args: { kernelSize: [3, 3] } },
    { operands: ["f32[B,3,30,28]", "f32[B,5,28,26]"], args: { kernelSize: [3, 3] } },
  ],
  // Elements are turned four by four, and what remains one by one.
  permute: [
    { operands: ["f32[5,9]"], args: { dims: [1, 0] } },
    { operands: ["i32[2,16,21]"], args: { dims: [0, 2, 1] } },
    { operands: ["bool[9,8]"], args: { dims: [1, 0] } },
    { operands: ["f32[B,5,H]"], args: { dims: [2, 1, 0] } },
    { operands: ["f32[3,4,5,6]"], args: { dims: [3, 2, 1, 0] } },
  ],
  // Windows at the border are tested element by element, those inside are not.
  maxPool: [
    { operands: ["f32[1,2,12,25]"], args: { kernel: [3, 3], stride: 2, padding: 1 } },
    { operands: ["f32[3,40]"], args: { kernel: [4], stride: 2, padding: 2, dilation: 2 } },
    { operands: ["f32[1,2,9,13]"], args: { kernel: [3, 3], stride: 2, padding: 1 } },
    { operands: ["f32[1,2,9,13]"], args: { kernel: [2, 2] } },
    { operands: ["f32[B,1,H,11]"], args: { kernel: [3, 5], stride: 1, padding: [1, 2] } },
    { operands: ["f32[2,2,8,21]"], args: { kernel: [2, 3], stride: [1, 3], dilation: [1, 2] } },
  ],
  avgPool: [
    { operands: ["f32[2,1,6,30]"], args: { kernel: [3, 3], stride: [1, 2], padding: [1, 1] } },
    { operands: ["f32[2,1,6,30]"], args: { kernel: [3, 5], stride: 1, padding: [0, 2] } },
    { operands: ["f32[1,2,6,3]"], args: { kernel: [3, 3], stride: 1, padding: 1 } },
    { operands: ["f32[1,2,9,13]"], args: { kernel: [3, 3], stride: 2, padding: 1 } },
    { operands: ["f32[1,3,8,19]"], args: { kernel: [2, 4], stride: [2, 1] } },
    { operands: ["f32[2,3,40]"], args: { kernel: [5], stride: 2 } },
  ],
};

describe.each(Object.entries(cases))("%s", (name, samples) => {
  const op = opByName(name)!;
  const levels = [0, 1, 2] as const;
  const runs = samples.flatMap((sample) => levels.map((optimize) => ({ sample, optimize })));
  it.each(runs)("$sample.operands $sample.args, optimize $optimize", async (run) => {
    const { module, symbols } = sampleModule(op, run.sample);
    const wasm = await compileGraph(module, { optimize: run.optimize, fusion: true });
    const { operands, result } = runSample(op, run.sample);
    const { instance } = await WebAssembly.instantiate(wasm as BufferSource);
    const sizes = symbols.map((s) => sampleSizes.get(s)!);
    const inputs = operands.map((o) => o.data);
    const got = callEntry(instance, "run", sizes, inputs, 1);
    if (typeof got === "number") throw new Error(`failed at site ${got}`);
    expect(bitsOf(got[0]!.data)).toEqual(bitsOf(result.data));
  });
});
