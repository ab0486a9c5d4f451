// Hand-written programs show what their author thought of; random ones mix statements freely.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fixtures, lawful, lowerFile } from "./lower-model.ts";
import { GraphProgram, outcomeOf } from "./plain-run.ts";
import { randomFunction } from "./random-program.ts";
import type { Scalar } from "./run-graph.ts";

const inputs: readonly (readonly Scalar[])[] = [
  [0, 0, false],
  [1, -2, true],
  [2.5, 3, false],
  [7, 1, true],
  [-3, Number.NaN, true],
];

/** Programs that this version refuses say so; they must not be compiled to something else. */
const refusals = /^GLIM4\d\d\d /;

async function compare(tapes: readonly (readonly number[])[]): Promise<number> {
  const folder = mkdtempSync(path.join(fixtures.pathname, ".random-"));
  try {
    const file = path.join(folder, "model.ts");
    const functions = tapes.map((tape, i) => randomFunction(`f${i}`, tape));
    writeFileSync(file, `// @ts-nocheck\nimport { script } from "glim";\n${functions.join("\n")}`);
    const lowered = await lowerFile(file);
    const refused = lowered.diagnostics.map((d) => `${d.code} ${d.message}`);
    if (refused.length > 0) {
      expect(refused.filter((text) => !refusals.test(text))).toEqual([]);
      return 0;
    }
    const module = lawful(lowered);
    for (const [name, plain] of Object.entries(lowered.exports)) {
      if (typeof plain !== "function") continue;
      for (const args of inputs) {
        const wanted = outcomeOf(() => plain(...args));
        const found = outcomeOf(() => new GraphProgram(module).call(name, args));
        expect(found, `${name}(${args.join(", ")})`).toEqual(wanted);
      }
    }
    return tapes.length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("random programs", { timeout: 300_000 }, async () => {
  const tape = fc.array(fc.noBias(fc.nat({ max: 10_000 })), {
    minLength: 100,
    maxLength: 500,
    size: "max",
  });
  const seed = Number(process.env.GLIM_SEED ?? 1);
  const numRuns = Number(process.env.GLIM_RUNS ?? 20);
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(tape, { minLength: 1, maxLength: 1 }), async (tapes) => {
      compared += await compare(tapes);
    }),
    { seed, numRuns },
  );
  console.log("compared", compared, "of", numRuns);
  expect(compared).toBeGreaterThan(numRuns / 4);
});
