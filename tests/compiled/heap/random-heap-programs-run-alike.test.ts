// References are counted by the compiler: one count too many leaks, one too few frees what is still read.
// Random programs must give what plain JavaScript objects give, and leave nothing behind.
// GLIM_RUNS=100000 runs longer.

import fc from "fast-check";
import { expect, it } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import type { PipelineOptions } from "#glim/compiler/pipeline.js";
import { writeHeapProgram } from "./generate-heap-program.ts";
import { type HeapOutcome, heapInputs, interpretedOnHeap } from "./interpreted-outcome.ts";
import { compileHeapGraph, loadHeapModule } from "./load-graph.ts";

const runs = Number(process.env.GLIM_RUNS ?? 100);
const seed = Number(process.env.GLIM_SEED ?? 1);
const ways: readonly Partial<PipelineOptions>[] = [{}, { optimize: 0, fusion: false }];

async function expectAlike(text: string): Promise<void> {
  const m = parseGraph(text);
  const { outcome, leaves } = interpretedOnHeap(m);
  for (const way of ways) {
    const { model, used } = loadHeapModule(await compileHeapGraph(m, way));
    for (let call = 0; call < 2; call++) {
      let got: HeapOutcome;
      try {
        got = model.run!(...heapInputs) as HeapOutcome;
      } catch (error) {
        if (!(error instanceof Error && error.name === "GlimError")) throw error;
        got = "stopped";
      }
      expect(got, JSON.stringify(way)).toEqual(outcome);
      model.leak!(...heapInputs);
      if (!leaves) expect(used(), `bytes left with ${JSON.stringify(way)}`).toBe(0);
    }
  }
}

const programs = fc
  // Without a bias to small numbers and short lists, which make programs of a few nodes.
  .array(fc.noBias(fc.nat({ max: 9999 })), { minLength: 100, maxLength: 700, size: "max" })
  .map(writeHeapProgram);

it(`gives the same in ${runs} random programs (seed ${seed})`, { timeout: 0 }, async () => {
  console.log(`random heap programs: seed ${seed}; GLIM_SEED=${seed} repeats the run`);
  await fc.assert(
    fc.asyncProperty(programs, ({ text }) => expectAlike(text)),
    {
      numRuns: runs,
      seed,
      interruptAfterTimeLimit: 60_000 + runs * 1000,
      markInterruptAsFailure: true,
    },
  );
});
