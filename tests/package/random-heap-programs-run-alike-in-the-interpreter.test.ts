// References are counted by the interpreter itself: one count too many leaks, one too few frees what is still
// read. Random programs on the heap must give what plain JavaScript objects give. GLIM_RUNS=100000 runs longer.

import fc from "fast-check";
import { expect, it } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { openSync } from "#glim/runtime/package/open.js";
import { writeHeapProgram } from "../compiled/heap/generate-heap-program.ts";
import {
  type HeapOutcome,
  heapInputs,
  interpretedOnHeap,
} from "../compiled/heap/interpreted-outcome.ts";
import { interpreter, packageGraph } from "./compare-package.ts";

const runs = Number(process.env.GLIM_RUNS ?? 100);
const seed = Number(process.env.GLIM_SEED ?? 1);

function expectAlike(text: string): void {
  const m = parseGraph(text);
  const { outcome } = interpretedOnHeap(m);
  for (const optimize of [0, 1] as const) {
    const model = openSync(packageGraph(m, optimize), interpreter);
    for (let call = 0; call < 2; call++) {
      let got: HeapOutcome;
      try {
        got = model.run!(...heapInputs) as HeapOutcome;
      } catch (error) {
        if (!(error instanceof Error && error.name === "GlimError")) throw error;
        got = "stopped";
      }
      expect(got, `level ${optimize}`).toEqual(outcome);
    }
  }
}

const programs = fc
  // Without a bias to small numbers and short lists, which make programs of a few nodes.
  .array(fc.noBias(fc.nat({ max: 9999 })), { minLength: 100, maxLength: 700, size: "max" })
  .map(writeHeapProgram);

it(`gives the same in ${runs} random programs (seed ${seed})`, { timeout: 0 }, () => {
  console.log(`random heap packages: seed ${seed}; GLIM_SEED=${seed} repeats the run`);
  fc.assert(
    fc.property(programs, ({ text }) => expectAlike(text)),
    { numRuns: runs, seed, interruptAfterTimeLimit: 60_000 + runs * 500 },
  );
});
