// A pass that changes one bit breaks the product's promise: on random modules every pass, and every
// order of passes, keeps the laws, the results, the state and the reason for stopping.

import fc from "fast-check";
import { expect, test } from "vitest";
import { printGraph } from "#glim/compiler/graph/text.js";
import { verifyGraph } from "#glim/compiler/graph/verify.js";
import { foldConstants } from "#glim/compiler/passes/graph/fold-constants.js";
import { guardLoops } from "#glim/compiler/passes/graph/guard-loops.js";
import { inlineCalls } from "#glim/compiler/passes/graph/inline-calls.js";
import { mergeCommon } from "#glim/compiler/passes/graph/merge-common.js";
import { narrowNumbers } from "#glim/compiler/passes/graph/narrow-numbers.js";
import { removeDead } from "#glim/compiler/passes/graph/remove-dead.js";
import { simplifyGraph } from "#glim/compiler/passes/graph/simplify-graph.js";
import { speculateLoops } from "#glim/compiler/passes/graph/speculate-loops.js";
import { plainGraph } from "../compiled/plain-graph.ts";
import { graphModules } from "../graph/generate-graph.ts";
import { context, outcome } from "./graph-outcome.ts";

const passes = [
  inlineCalls,
  foldConstants,
  simplifyGraph,
  mergeCommon,
  removeDead,
  speculateLoops,
  guardLoops,
  narrowNumbers,
];
const plainModules = graphModules().map((m) => {
  const plain = plainGraph(m);
  return Object.defineProperty(plain, fc.toStringMethod, { value: () => printGraph(plain) });
});

const numRuns = Number(process.env.GLIM_RUNS ?? 60);

test.each(passes)("$name keeps the laws, with kernels and layouts in the graph too", (pass) => {
  fc.assert(
    fc.property(graphModules(), (m) => {
      const result = pass.run(m, context);
      expect(verifyGraph(result), printGraph(result)).toEqual([]);
    }),
    { numRuns },
  );
});

test.each(passes)("$name keeps what is computed", (pass) => {
  fc.assert(
    fc.property(plainModules, (m) => {
      const result = pass.run(m, context);
      expect(outcome(result), printGraph(m)).toEqual(outcome(m, [...result.state.keys()]));
    }),
    { numRuns },
  );
});

test("passes in any order keep what is computed", () => {
  const orders = fc.array(fc.constantFrom(...passes), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(plainModules, orders, (m, order) => {
      const result = order.reduce((now, pass) => pass.run(now, context), m);
      expect(verifyGraph(result), printGraph(result)).toEqual([]);
      expect(outcome(result), printGraph(m)).toEqual(outcome(m, [...result.state.keys()]));
    }),
    { numRuns },
  );
});
