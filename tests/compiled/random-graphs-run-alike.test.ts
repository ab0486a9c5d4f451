// The promise of same bits is about programs, not single operators: random ones with control flow and
// state must give in compiled code what eager mode and the contract's own executor give node by node.
// GLIM_RUNS=100000 runs longer.

import fc from "fast-check";
import { expect, it } from "vitest";
import { graphModules, mixedModules } from "../graph/generate-graph.ts";
import { expectAlike } from "./compare-program.ts";
import { eagerApply } from "./eager-apply.ts";
import type { Apply } from "./interpret-graph.ts";
import { plainGraph } from "./plain-graph.ts";
import { returnEverything } from "./return-everything.ts";

const runs = Number(process.env.GLIM_RUNS ?? 150);
/** These programs are larger, and compiled in as many ways. */
const mixedRuns = Math.ceil(runs / 5);
const seed = Number(process.env.GLIM_SEED ?? 1);

it(`gives the same bits in ${runs} random programs (seed ${seed})`, { timeout: 0 }, async () => {
  console.log(`random graphs: seed ${seed}; GLIM_SEED=${seed} repeats the run`);
  await fc.assert(
    fc.asyncProperty(graphModules(), (m) => expectAlike(returnEverything(plainGraph(m)))),
    { numRuns: runs, seed },
  );
});

// Tensors that nothing reads any more are overwritten, which the programs above, returning all, do not allow.
it(`and where tensors may be overwritten (${runs} programs)`, { timeout: 0 }, async () => {
  await fc.assert(
    fc.asyncProperty(graphModules(), (m) => expectAlike(plainGraph(m), [eagerApply])),
    { numRuns: runs, seed: seed + 1 },
  );
});

// Each dtype has loads, stores and loops of its own; between them stand conversions, which fuse as well.
it(`and with tensors of every dtype (${mixedRuns} programs)`, { timeout: 0 }, async () => {
  await fc.assert(
    fc.asyncProperty(mixedModules(), (m) => expectAlike(returnEverything(plainGraph(m)))),
    { numRuns: mixedRuns, seed: seed + 2 },
  );
});

it("notices one wrong bit in one kernel", { timeout: 0 }, async () => {
  /** Eager mode with a planted fault: sums of more than two elements are one bit too large. */
  const faulty: Apply = (op, operands, attrs, result) => {
    const data = eagerApply(op, operands, attrs, result);
    if (op.name === "add" && data instanceof Float32Array && data.length > 2) {
      new Int32Array(data.buffer)[2]! += 1;
    }
    return data;
  };
  const details = await fc.check(
    fc.asyncProperty(graphModules(), (m) => expectAlike(returnEverything(plainGraph(m)), [faulty])),
    { numRuns: 300, seed: 1, endOnFailure: true },
  );
  expect(details.failed).toBe(true);
  expect(details.counterexample).not.toBeNull();
});
