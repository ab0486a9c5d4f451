// From the source to the bytes: random programs must give, compiled, what Node gives when it runs their TypeScript.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CompileFailure, compileFile } from "#glim/cli/compiler.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { loadSync } from "#glim/runtime/load.js";
import { outcomeOf } from "../frontend/plain-run.ts";
import { randomModel } from "../frontend/random-program.ts";

const inputs = [
  [0, 0, false],
  [1, -2, true],
  [2.5, 3, false],
  [7, 1, true],
  [-3, Number.NaN, true],
] as const;

interface Tapes {
  readonly helpers: readonly (readonly number[])[];
  readonly entries: readonly (readonly number[])[];
}

/** Whether the program was compiled; programs that this version refuses say so. */
async function compare({ helpers, entries }: Tapes): Promise<boolean> {
  const folder = mkdtempSync(path.join(tmpdir(), "glim-random-"));
  try {
    const file = path.join(folder, "model.ts");
    writeFileSync(file, randomModel(helpers, entries));
    const { wasm } = await compileFile(file);
    const model = loadSync(new WebAssembly.Module(new Uint8Array(wasm)));
    const { exports } = await loadModel(file);
    for (const args of inputs) {
      for (const [name, plain] of Object.entries(exports)) {
        if (typeof plain !== "function") continue;
        const compiled = model[name];
        const wanted = outcomeOf(() => Reflect.apply(plain, undefined, args));
        const found = outcomeOf(() => compiled?.(...args));
        expect(found, `${name}(${args.join(", ")})`).toEqual(wanted);
      }
    }
    return true;
  } catch (error) {
    if (!(error instanceof CompileFailure)) throw error;
    expect(error.diagnostics.map((d) => d.code).filter((c) => !/^GLIM4/.test(c))).toEqual([]);
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const seed = Number(process.env.GLIM_SEED ?? 1);
const numRuns = Number(process.env.GLIM_RUNS ?? 12);

test("random scripts", { timeout: 60_000 + numRuns * 10_000 }, async () => {
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
    { seed, numRuns, endOnFailure: numRuns > 100 },
  );
  expect(compiled).toBeGreaterThan(numRuns / 2);
});
