// A schedule comes from a machine that measured it, or from a file that someone wrote: whatever it says, the bits stay.

import { it } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import type { ScheduleChoice } from "#glim/compiler/lower/fused/schedule-choice.js";
import { expectAlike } from "./compare-program.ts";
import { eagerApply } from "./eager-apply.ts";

/** The same choice for every contraction. */
class Everywhere extends Map<string, ScheduleChoice> {
  readonly choice: ScheduleChoice;

  constructor(choice: ScheduleChoice) {
    super();
    this.choice = choice;
  }

  override get(): ScheduleChoice {
    return this.choice;
  }
}

const choices: readonly ScheduleChoice[] = [
  ...[1, 2, 3, 5, 6, 7, 8].map((tileRows) => ({ tileRows })),
  ...[1, 300, 2 ** 20].map((rowElements) => ({ rowElements })),
  ...[1, 513, 2048].map((depth) => ({ depth })),
  { tileRows: 5, rowElements: 2000, depth: 1024 },
  { tileRows: 3, rowElements: 50_000, depth: 1 },
];

const ways = choices.map((choice) => ({ schedules: new Everywhere(choice) }));

// Sines, because sums of round numbers are exact in any order.
const product = (rows: number | string, inner: number, columns: number): string => `module test

entry func @run(%a: f32[${rows},${inner}], %b: f32[${inner},${columns}]) -> f32[${rows},${columns}] {
  %0 = sin %a : f32[${rows},${inner}]
  %1 = sin %b : f32[${inner},${columns}]
  %2 = dot %0 %1 : f32[${rows},${columns}]
  return %2
}
`;

const convolution = `module test

entry func @run(%x: f32[2,20,15,13], %w: f32[19,20,3,3]) -> f32[2,19,17,15] {
  %0 = sin %x : f32[2,20,15,13]
  %1 = sin %w : f32[19,20,3,3]
  %2 = conv %0 %1 dilation=[1,1] groups=1 padding=[1,1] stride=[1,1] : f32[2,19,15,13]
  %3 = tanh %2 : f32[2,19,15,13]
  %4 = pad %3 value=0 widths=[[0,0],[0,0],[1,1],[1,1]] : f32[2,19,17,15]
  return %4
}
`;

it.each([
  ["a product", product(45, 1100, 33)],
  ["a product of as many rows as a run has", product("B", 1100, 21)],
  ["a convolution", convolution],
])("of %s", async (_, text) => {
  await expectAlike(parseGraph(text), [eagerApply], ways);
});
