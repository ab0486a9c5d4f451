// Numbers become 32-bit integers where nothing changes: at the edges of that, one bit would give it away.
// GLIM_RUNS=10000 runs longer.

import fc from "fast-check";
import { expect, it } from "vitest";
import type { Module } from "#glim/compiler/graph/ir.js";
import { parseGraph, printGraph } from "#glim/compiler/graph/text.js";
import { verifyGraph } from "#glim/compiler/graph/verify.js";
import { guardLoops } from "#glim/compiler/passes/graph/guard-loops.js";
import { mergeCommon } from "#glim/compiler/passes/graph/merge-common.js";
import { narrowNumbers } from "#glim/compiler/passes/graph/narrow-numbers.js";
import { removeDead } from "#glim/compiler/passes/graph/remove-dead.js";
import { speculateLoops } from "#glim/compiler/passes/graph/speculate-loops.js";
import { bitsOf } from "./bits.ts";
import { reference } from "./compare-program.ts";
import { writeIntegerLoops } from "./generate-integer-loops.ts";
import { toHost } from "./heap/interpret-heap.ts";
import { compileHeapGraph, loadHeapModule } from "./heap/load-graph.ts";
import { GraphRun } from "./interpret-graph.ts";

const runs = Number(process.env.GLIM_RUNS ?? 60);
const seed = Number(process.env.GLIM_SEED ?? 1);

const edges = [0, -0, 1, 5, -3, 10.5, 200, 40_000, 2 ** 30, 2 ** 31 - 1, -(2 ** 31), 2 ** 40];
const inputs = [...edges, Number.NaN, Number.POSITIVE_INFINITY].map((n, i) => [
  n,
  edges[(i * 5 + 3) % edges.length]!,
]);

const printed = (values: unknown): string =>
  bitsOf(Float64Array.from(values as number[])).join(" ");

function interpreted(m: Module): readonly string[] {
  return inputs.map((args) => {
    const [list] = new GraphRun(m, new Map(), reference).call("main", args);
    return printed(toHost(list!));
  });
}

const programs = fc
  .array(fc.noBias(fc.nat({ max: 9999 })), { minLength: 300, maxLength: 1000, size: "max" })
  .map(writeIntegerLoops);

async function expectAlike(text: string): Promise<void> {
  const m = parseGraph(text);
  const expected = interpreted(m);
  const passes = [guardLoops, speculateLoops, narrowNumbers, mergeCommon, removeDead];
  const narrow = passes.reduce((now, pass) => pass.run(now, { evaluator: undefined }), m);
  expect(verifyGraph(narrow), printGraph(narrow)).toEqual([]);
  expect(interpreted(narrow), `interpreted\n${printGraph(narrow)}`).toEqual(expected);
  const { model } = loadHeapModule(await compileHeapGraph(m));
  const compiled = inputs.map((args) => printed(model.main!(...args)));
  expect(compiled, `compiled\n${printGraph(narrow)}`).toEqual(expected);
}

it(`gives the same in ${runs} random programs (seed ${seed})`, { timeout: 0 }, async () => {
  console.log(`random integer loops: seed ${seed}; GLIM_SEED=${seed} repeats the run`);
  await fc.assert(
    fc.asyncProperty(programs, (text) => expectAlike(text)),
    {
      numRuns: runs,
      seed,
      interruptAfterTimeLimit: 60_000 + runs * 1000,
      markInterruptAsFailure: true,
    },
  );
});
