// Hand-written programs show what their author thought of; random ones mix statements freely.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fixtures, lawful, lowerFile } from "./lower-model.ts";
import { GraphProgram, outcomeOf, type Scalar } from "./plain-run.ts";
import { randomModel } from "./random-program.ts";

const inputs: readonly (readonly Scalar[])[] = [
  [0, 0, false],
  [1, -2, true],
  [2.5, 3, false],
  [7, 1, true],
  [-3, Number.NaN, true],
];

/** Programs that this version refuses say so; they must not be compiled to something else. */
const refusals = /^GLIM4\d\d\d /;

interface Tapes {
  readonly helpers: readonly (readonly number[])[];
  readonly entries: readonly (readonly number[])[];
}

/** Whether the program was compiled, and then computed what a plain run computes. */
async function compare({ helpers, entries }: Tapes): Promise<boolean> {
  const folder = mkdtempSync(path.join(fixtures.pathname, ".random-"));
  try {
    const file = path.join(folder, "model.ts");
    writeFileSync(file, randomModel(helpers, entries));
    const lowered = await lowerFile(file);
    const refused = lowered.diagnostics.map((d) => `${d.code} ${d.message}`);
    if (refused.length > 0) {
      expect(refused.filter((text) => !refusals.test(text))).toEqual([]);
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

const seed = Number(process.env.GLIM_SEED ?? 1);
const numRuns = Number(process.env.GLIM_RUNS ?? 20);

test("random programs", { timeout: numRuns * 5_000 }, async () => {
  const tape = fc.array(fc.noBias(fc.nat({ max: 10_000 })), {
    minLength: 60,
    maxLength: 400,
    size: "max",
  });
  const tapes = fc.record({
    helpers: fc.array(tape, { maxLength: 2 }),
    entries: fc.array(tape, { minLength: 1, maxLength: 2 }),
  });
  let compiled = 0;
  await fc.assert(
    fc.asyncProperty(tapes, async (program) => {
      if (await compare(program)) compiled++;
    }),
    { seed, numRuns },
  );
  expect(compiled).toBeGreaterThan(numRuns / 2);
});
