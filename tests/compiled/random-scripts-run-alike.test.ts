// From the source to the bytes: random programs must give, compiled and in the interpreter, what Node gives when it
// runs their TypeScript.
// GLIM_RUNS=50000 runs longer, GLIM_SEED=2 runs others.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CompileFailure } from "#glim/cli/compiler.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { loadSync } from "#glim/runtime/load.js";
import { openSync } from "#glim/runtime/package/open.js";
import { outcomeOf } from "../frontend/plain-run.ts";
import { extent, inputs, randomModels } from "../frontend/random-tapes.ts";
import { comparing } from "../package/both-ways.ts";
import { interpreter } from "../package/compare-package.ts";
import { compileBothWays } from "../package/package-source.ts";

/** Whether the program was compiled; programs that this version refuses say so. */
async function compare(text: string): Promise<boolean> {
  const folder = mkdtempSync(path.join(tmpdir(), "glim-random-"));
  try {
    const file = path.join(folder, "model.ts");
    writeFileSync(file, text);
    const { compiled, packed } = await compileBothWays(file);
    const module = new WebAssembly.Module(new Uint8Array(compiled.wasm));
    const model = comparing(loadSync(module), openSync(packed, interpreter));
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

const { seed, numRuns } = extent(12);

test(`${numRuns} programs, seed ${seed}`, { timeout: 60_000 + numRuns * 10_000 }, async () => {
  let compiled = 0;
  await fc.assert(
    fc.asyncProperty(randomModels, async (text) => {
      if (await compare(text)) compiled++;
    }),
    { seed, numRuns },
  );
  expect(compiled).toBeGreaterThan(numRuns / 2);
});
