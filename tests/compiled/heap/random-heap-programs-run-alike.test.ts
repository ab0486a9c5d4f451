// References are counted by the compiler: one count too many leaks, one too few frees what is still read.
// Random programs must give what plain JavaScript objects give, and leave nothing behind.
// GLIM_RUNS=100000 runs longer.

import fc from "fast-check";
import { expect, it } from "vitest";
import type { Module } from "#glim/compiler/graph/ir.js";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { tensorType } from "#glim/compiler/ops/types.js";
import type { PipelineOptions } from "#glim/compiler/pipeline.js";
import { reference } from "../compare-program.ts";
import { GraphRun, type RunValue, Stopped } from "../interpret-graph.ts";
import { writeHeapProgram } from "./generate-heap-program.ts";
import { HeapObject, toHost, Unfilled } from "./interpret-heap.ts";
import { compileHeapGraph, loadHeapModule } from "./load-graph.ts";

const runs = Number(process.env.GLIM_RUNS ?? 100);
const seed = process.env.GLIM_SEED === undefined ? Date.now() | 0 : Number(process.env.GLIM_SEED);
const ways: readonly Partial<PipelineOptions>[] = [{}, { optimize: 0, fusion: false }];

const x = Float32Array.of(1, 2, 3, 4);
const inputs = [2, true, "a,b", [1, 2], { t: "r", n: 0, l: [5], next: null }, x];

/** The same for the executor. */
function given(m: Module): RunValue[] {
  const list = (...numbers: readonly number[]): HeapObject => {
    const made = new HeapObject(m.heap.get("Numbers")!);
    made.elements = numbers.map((n) => [n]);
    return made;
  };
  const record = new HeapObject(m.heap.get("Rec")!);
  record.elements = [["r", 0, list(5), 1, null]];
  return [2, true, "a,b", list(1, 2), record, { type: tensorType("f32", [4]), data: x }];
}

type Outcome = readonly unknown[] | "stopped";

/** What the program gives, and whether it leaves objects that refer to themselves. */
function interpreted(m: Module): { readonly outcome: Outcome; readonly leaves: boolean } {
  const run = new GraphRun(m, new Map(), reference);
  try {
    const outcome = run.call("run", given(m)).map((v) => (v === null ? null : toHost(v)));
    return { outcome, leaves: run.madeCycle };
  } catch (error) {
    // Objects in themselves are too deep for a host, as for JavaScript's own stack.
    const refused = [Stopped, Unfilled, RangeError].some((kind) => error instanceof kind);
    if (refused) return { outcome: "stopped", leaves: true };
    throw error;
  }
}

async function expectAlike(text: string): Promise<void> {
  const m = parseGraph(text);
  const { outcome, leaves } = interpreted(m);
  for (const way of ways) {
    const { model, used } = loadHeapModule(await compileHeapGraph(m, way));
    for (let call = 0; call < 2; call++) {
      let got: Outcome;
      try {
        got = model.run!(...inputs) as Outcome;
      } catch (error) {
        if (!(error instanceof Error && error.name === "GlimError")) throw error;
        got = "stopped";
      }
      expect(got, JSON.stringify(way)).toEqual(outcome);
      model.leak!(...inputs);
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
