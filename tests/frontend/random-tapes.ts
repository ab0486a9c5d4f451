/** The choices that random programs are written from, and what their entries are called with. */

import fc from "fast-check";
import { randomModel } from "./random-model.ts";

const choices = (minLength: number, maxLength: number): fc.Arbitrary<readonly number[]> =>
  fc.array(fc.noBias(fc.nat({ max: 10_000 })), { minLength, maxLength, size: "max" });

/** Most are short: a short program costs little, and what it finds is not hidden by anything else. */
const tape = fc.oneof(
  { weight: 3, arbitrary: choices(20, 100) },
  { weight: 1, arbitrary: choices(60, 300) },
);

/** The texts of random models: entries of `(a: number, b: number, flag: boolean)`. */
export const randomModels: fc.Arbitrary<string> = fc
  .record({
    classes: fc.oneof(fc.constant([]), fc.array(choices(5, 30), { minLength: 1, maxLength: 3 })),
    helpers: fc.array(tape, { maxLength: 2 }),
    entries: fc.array(tape, { minLength: 1, maxLength: 2 }),
  })
  .map(randomModel);

export const inputs: readonly (readonly (number | boolean)[])[] = [
  [0, 0, false],
  [1, -2, true],
  [2.5, 3, false],
  [7, 1, true],
  [-3, Number.NaN, true],
];

/** How many programs a run of the tests takes, and which; `usual` is for the normal tests. */
export const extent = (usual: number): { readonly seed: number; readonly numRuns: number } => ({
  seed: Number(process.env.GLIM_SEED ?? 1),
  numRuns: Number(process.env.GLIM_RUNS ?? usual),
});
