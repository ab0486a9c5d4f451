// Hand-written programs show what their author thought of; random ones mix statements freely.
// GLIM_RUNS=50000 runs longer, GLIM_SEED=2 runs others.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { lawful, lowerFile } from "./lower-model.ts";
import { GraphProgram, outcomeOf } from "./plain-run.ts";
import { extent, inputs, randomModels } from "./random-tapes.ts";

/** Programs that this version refuses say so; they must not be compiled to something else. */
const refusals = /^GLIM4\d\d\d /;

/** Whether the program was compiled, and then computed what a plain run computes. */
async function compare(text: string): Promise<boolean> {
  const folder = mkdtempSync(path.join(tmpdir(), "glim-random-"));
  try {
    const file = path.join(folder, "model.ts");
    writeFileSync(file, text);
    const lowered = await lowerFile(file);
    const refused = lowered.diagnostics.map((d) => `${d.code} ${d.message}`);
    if (refused.length > 0) {
      expect(refused.filter((message) => !refusals.test(message))).toEqual([]);
      return false;
    }
    const program = new GraphProgram(lawful(lowered));
    // One instance after the other call, so that state is compared too.
    for (const args of inputs) {
      for (const [name, plain] of Object.entries(lowered.exports)) {
        if (typeof plain !== "function") continue;
        const wanted = outcomeOf(() => plain(...args));
        const found = outcomeOf(() => program.call(name, args));
        expect(found, `${name}(${args.join(", ")})`).toEqual(wanted);
      }
    }
    return true;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { seed, numRuns } = extent(20);

test(`${numRuns} programs, seed ${seed}`, { timeout: 60_000 + numRuns * 5_000 }, async () => {
  let compiled = 0;
  await fc.assert(
    fc.asyncProperty(randomModels, async (text) => {
      if (await compare(text)) compiled++;
    }),
    { seed, numRuns },
  );
  expect(compiled).toBeGreaterThan(numRuns / 2);
});
