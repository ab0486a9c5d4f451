// From the source to the bytes: random programs must give, compiled and in the interpreter, what Node gives when it
// runs their TypeScript.
// GLIM_RUNS=50000 runs longer, GLIM_SEED=2 runs others; what is found is told with its smallest program.

import fc from "fast-check";
import { expect, test } from "vitest";
import { extent, inputs, randomModels } from "../frontend/random-tapes.ts";
import { type Comparison, compareScripts } from "./compare-scripts.ts";

/** So many programs are loaded and checked together. */
const together = 50;
/** Seeds of groups: no two of the seeds that people give share one. */
const seedsApart = 1_000_000;
/** A failing program is made smaller for so long. */
const shrinkingMs = 60_000;
/** Groups between two lines that tell how far a long run is. */
const groupsTold = 20;

const { seed, numRuns } = extent(1_000);

/** The programs that `fc.assert` takes for a seed, in its order. */
function programsOf(groupSeed: number, count: number): readonly string[] {
  const texts: string[] = [];
  fc.assert(
    fc.property(randomModels, (text) => {
      texts.push(text);
    }),
    { seed: groupSeed, numRuns: count },
  );
  return texts;
}

/** Fails with the smallest program that fails by itself as the one at `path` does. */
async function explain(groupSeed: number, path: number, error: unknown): Promise<never> {
  console.log(`program ${path} of seed ${groupSeed} fails: ${error}`);
  const alone = fc.asyncProperty(randomModels, async (text) => {
    const [found] = await compareScripts([text], inputs);
    if (found?.kind === "failed") throw found.error;
  });
  const shrinking = { seed: groupSeed, path: `${path}`, numRuns: path + 1 };
  await fc.assert(alone, { ...shrinking, interruptAfterTimeLimit: shrinkingMs });
  throw new Error(`program ${path} of seed ${groupSeed} fails only in its group`, { cause: error });
}

test(`${numRuns} programs, seed ${seed}`, { timeout: 60_000 + numRuns * 5_000 }, async () => {
  const counts: Record<Comparison["kind"], number> = { alike: 0, refused: 0, failed: 0 };
  for (let done = 0; done < numRuns; done += together) {
    const groupSeed = seed * seedsApart + done / together;
    const texts = programsOf(groupSeed, Math.min(together, numRuns - done));
    for (const [i, found] of (await compareScripts(texts, inputs)).entries()) {
      counts[found.kind]++;
      if (found.kind === "failed") await explain(groupSeed, i, found.error);
    }
    if (done > 0 && (done / together) % groupsTold === 0) {
      console.log(`random scripts, seed ${seed}: ${counts.alike} alike, ${counts.refused} refused`);
    }
  }
  expect(counts.alike).toBeGreaterThan(numRuns / 2);
});
