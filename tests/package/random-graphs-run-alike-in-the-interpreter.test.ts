// Same bits, wherever a program runs: random graphs must give in the interpreter what eager mode gives node
// by node. GLIM_RUNS=100000 runs longer.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { plainGraph } from "../compiled/plain-graph.ts";
import { returnEverything } from "../compiled/return-everything.ts";
import { graphModules, mixedModules } from "../graph/generate-graph.ts";
import { expectSameInPackage } from "./compare-package.ts";

const runs = Number(process.env.GLIM_RUNS ?? 300);
const seed = Number(process.env.GLIM_SEED ?? 1);

it(`gives the same bits in ${runs} random programs (seed ${seed})`, { timeout: 0 }, () => {
  console.log(`random packages: seed ${seed}; GLIM_SEED=${seed} repeats the run`);
  fc.assert(
    fc.property(graphModules(), (m) => expectSameInPackage(returnEverything(plainGraph(m)))),
    // A failure is worth finding even where there is no time to make it small.
    { numRuns: runs, seed, interruptAfterTimeLimit: 60_000 + runs * 500 },
  );
});

it("gives the same bits with tensors of every dtype", { timeout: 0 }, () => {
  fc.assert(
    fc.property(mixedModules(), (m) => expectSameInPackage(returnEverything(plainGraph(m)))),
    { numRuns: Math.ceil(runs / 5), seed, interruptAfterTimeLimit: 60_000 + runs * 500 },
  );
});

describe("programs that once went wrong in compiled code", () => {
  const folder = resolve(import.meta.dirname, "../fixtures/programs");
  it.each(readdirSync(folder))("%s", (file) => {
    const m = parseGraph(readFileSync(join(folder, file), "utf8"));
    expect(m.funcs.length).toBeGreaterThan(0);
    expectSameInPackage(plainGraph(m));
  });
});
