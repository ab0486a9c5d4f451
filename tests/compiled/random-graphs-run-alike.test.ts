// The promise of same bits is about programs, not single operators: random ones with control flow and
// state must give in compiled code what they give node by node. GLIM_RUNS=100000 runs longer.

import fc from "fast-check";
import { it } from "vitest";
import { graphModules } from "../graph/generate-graph.ts";
import { expectAlike } from "./compare-program.ts";
import { plainGraph } from "./plain-graph.ts";

const runs = Number(process.env.GLIM_RUNS ?? 150);
const seed = process.env.GLIM_SEED === undefined ? Date.now() | 0 : Number(process.env.GLIM_SEED);

it(`gives the same bits in ${runs} random programs (seed ${seed})`, { timeout: 0 }, async () => {
  console.log(`random graphs: seed ${seed}; GLIM_SEED=${seed} repeats the run`);
  await fc.assert(
    fc.asyncProperty(graphModules(), (m) => expectAlike(plainGraph(m))),
    { numRuns: runs, seed },
  );
});
