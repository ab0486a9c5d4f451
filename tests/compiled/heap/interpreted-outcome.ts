/** What random heap programs are given, and what the executor of tests gives for it. */

import type { Module } from "#glim/compiler/graph/ir.js";
import { tensorType } from "#glim/compiler/ops/types.js";
import { reference } from "../compare-program.ts";
import { GraphRun, type RunValue, Stopped } from "../interpret-graph.ts";
import { HeapObject, toHost, Unfilled } from "./interpret-heap.ts";

const x = Float32Array.of(1, 2, 3, 4);
export const heapInputs = [2, true, "a,b", [1, 2], { t: "r", n: 0, l: [5], next: null }, x];

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

export type HeapOutcome = readonly unknown[] | "stopped";

/** What the program gives, and whether it leaves objects that refer to themselves. */
export function interpretedOnHeap(m: Module): {
  readonly outcome: HeapOutcome;
  readonly leaves: boolean;
} {
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
