// The way back through branches, loops and exits must add what a tape of the run adds, in its order.
// GLIM_RUNS=10000 runs longer, GLIM_SEED=2 runs others.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Module } from "#glim/compiler/graph/ir.js";
import { printGraph } from "#glim/compiler/graph/text.js";
import { verifyGraph } from "#glim/compiler/graph/verify.js";
import { differentiate } from "#glim/compiler/passes/graph/differentiate.js";
import { RefusedGradient } from "#glim/compiler/passes/graph/gradient/refused-gradient.js";
import { inlineCalls } from "#glim/compiler/passes/graph/inline-calls.js";
import { plainGraph } from "../compiled/plain-graph.ts";
import { entangledGradients } from "../graph/generate-gradients.ts";
import { gradientModules } from "../graph/generate-graph.ts";
import { context, outcome } from "./graph-outcome.ts";

/** Sums of these are rounded, so that their order shows. */
const numbers = [0.1, 1.7, -2.3, 0.75, 3.3, -0.6, 1e7, 0.3];
const small = [0.1, 1.7, -1.3, 0.75, 1.3, -0.6, 0.93, 0.3];

const numRuns = Number(process.env.GLIM_RUNS ?? 40);
const seed = Number(process.env.GLIM_SEED ?? 5);

/** Compares one program; false where it is refused. */
function compare(generated: Module, inputs: readonly number[]): boolean {
  const m = inlineCalls.run(plainGraph(generated), context);
  let result = m;
  try {
    result = differentiate.run(m, context);
  } catch (error) {
    if (error instanceof RefusedGradient) return false;
    throw error;
  }
  expect(verifyGraph(result), printGraph(m)).toEqual([]);
  const cells = [...result.state.keys()];
  const wanted = outcome(m, cells, inputs);
  expect(outcome(result, cells, inputs), printGraph(m)).toEqual(wanted);
  return true;
}

const all = { containers: true, state: true, recursion: true };

const kinds = [
  ["of every operator", gradientModules(), numbers],
  ["with much control flow", entangledGradients({ order: 1, containers: false }), small],
  ["with lists and records", entangledGradients({ order: 1, containers: true }), small],
  ["with state, and calls of themselves", entangledGradients({ order: 1, ...all }), small],
  ["of gradients", entangledGradients({ order: 2, ...all }), small],
] as const;

describe.each(kinds)("programs %s", (_, modules, inputs) => {
  test(`${numRuns} programs, seed ${seed}`, { timeout: 60_000 + numRuns * 100 }, () => {
    let compared = 0;
    fc.assert(
      fc.property(modules, (m) => {
        if (compare(m, inputs)) compared++;
      }),
      { numRuns, seed },
    );
    expect(compared).toBeGreaterThan(numRuns / 3);
  });
});
