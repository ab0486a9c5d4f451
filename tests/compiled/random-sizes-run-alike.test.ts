// Sizes that change over rounds, branches and calls meet in ways that nobody lists: random programs of such tensors must
// give, compiled and in the interpreter, what the plain run gives.
// GLIM_RUNS=5000 runs longer, GLIM_SEED=2 runs others.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { extent } from "../frontend/random-tapes.ts";
import { compareModel, someTensor } from "./compare-model.ts";
import { randomSizeProgram } from "./random-size-program.ts";

const calls = [
  [0, 0, 0, 0],
  [1, 2, 1, -1],
  [4, 3, 2, 0.5],
  [3, 5, 4, 2],
] as const;

const tapes = fc.array(fc.noBias(fc.nat({ max: 10_000 })), {
  minLength: 30,
  maxLength: 120,
  size: "max",
});

const { seed, numRuns } = extent(4);

test(`${numRuns} programs, seed ${seed}`, { timeout: 60_000 + numRuns * 5_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "glim-random-"));
  let succeeded = 0;
  try {
    for (const [i, tape] of fc.sample(tapes, { seed, numRuns }).entries()) {
      const text = randomSizeProgram(tape);
      const file = path.join(folder, `model${i}.ts`);
      writeFileSync(file, text);
      const model = await compareModel(file).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${text}`, { cause: error });
      });
      for (const [rows, length, n, t] of calls) {
        try {
          if (model.call("f", someTensor([rows, 3]), someTensor([length]), n, t) !== "failed")
            succeeded++;
        } catch (error) {
          throw new Error(`${String(error)}\n${text}`, { cause: error });
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  // Programs that only fail would show nothing.
  expect(succeeded).toBeGreaterThan(numRuns * 2);
});
