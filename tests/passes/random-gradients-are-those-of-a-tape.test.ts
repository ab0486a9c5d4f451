// The way back through branches, loops and exits must add what a tape of the run adds, in its order.
// GLIM_RUNS=10000 runs longer, GLIM_SEED=2 runs others.

import fc from "fast-check";
import { expect, test } from "vitest";
import { printGraph } from "#glim/compiler/graph/text.js";
import { verifyGraph } from "#glim/compiler/graph/verify.js";
import { differentiate } from "#glim/compiler/passes/graph/differentiate.js";
import { RefusedGradient } from "#glim/compiler/passes/graph/gradient/refused-gradient.js";
import { inlineCalls } from "#glim/compiler/passes/graph/inline-calls.js";
import { plainGraph } from "../compiled/plain-graph.ts";
import { gradientModules } from "../graph/generate-graph.ts";
import { context, outcome } from "./graph-outcome.ts";

/** Sums of these are rounded, so that their order shows. */
const numbers = [0.1, 1.7, -2.3, 0.75, 3.3, -0.6, 1e7, 0.3];

const numRuns = Number(process.env.GLIM_RUNS ?? 100);
const seed = Number(process.env.GLIM_SEED ?? 5);

test(`${numRuns} programs, seed ${seed}`, { timeout: 60_000 + numRuns * 100 }, () => {
  let compared = 0;
  fc.assert(
    fc.property(gradientModules(), (generated) => {
      const m = inlineCalls.run(plainGraph(generated), context);
      let result = m;
      try {
        result = differentiate.run(m, context);
      } catch (error) {
        if (error instanceof RefusedGradient) return;
        throw error;
      }
      compared++;
      expect(verifyGraph(result), printGraph(m)).toEqual([]);
      const cells = [...result.state.keys()];
      const wanted = outcome(m, cells, numbers);
      expect(outcome(result, cells, numbers), printGraph(m)).toEqual(wanted);
    }),
    { numRuns, seed },
  );
  expect(compared).toBeGreaterThan(numRuns / 3);
});
