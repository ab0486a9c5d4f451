// A tensor that lies in a list, or that a loop carries, must get its contributions in the order of the run.

import { tensor } from "glim";
import { describe, expect, it } from "vitest";
import { bothWays, expectSameBits } from "./both-ways.ts";
import { plainValue } from "./plain-value.ts";

const both = bothWays("fixtures/gradients/names.ts");

const x = [0.37, -1.2345, 1.913];

const calls: readonly (readonly [string, ...unknown[]])[] = [
  ...[0, 1, 2, 7].map((n) => ["initial", x, n] as const),
  ...[false, true].map((flag) => ["chosen", x, flag] as const),
  ...[0, 1, 6].map((n) => ["collected", x, n] as const),
  ...[0, 4].map((n) => ["stacked", x, n] as const),
  ...[0, 1, 5].map((n) => ["carried", x, n] as const),
  ...[0, 7].map((n) => ["mapped", x, n] as const),
  ...[0, 1, 4].map((n) => ["changed", x, n] as const),
  ...[0, 1, 4].map((n) => ["secondInLoop", x, n] as const),
  ...[0, 1, 3].map((n) => ["gradInLoop", x, n] as const),
  ...[0, 1, 3].map((n) => ["secondOfList", x, n] as const),
  ...[0, 1, 5].map((n) => ["sized", x, n] as const),
  ...[0, 1, 2, 5].map((n) => ["recursive", x, n] as const),
  ...[0, 3].map((n) => ["secondOfRecursive", x, n] as const),
  ...[0, 1, 3].map((n) => ["ofTree", x, n] as const),
];

describe("eager and compiled give the same bits", () => {
  it.each(calls.map((c) => [`${c[0]}(${c.slice(1).join("; ")})`, c] as const))(
    "%s",
    (_, [name, ...args]) => expectSameBits(both, name, args),
  );

  it.each([1, 4])("a recurrent network of %i steps", (steps) => {
    const data = Float32Array.from({ length: 6 }, (_, i) => Math.sin(i));
    const run = both.eager.recurrent;
    if (typeof run !== "function") throw new Error("no entry recurrent");
    const wanted = plainValue(run(tensor(data, [2, 3]), steps));
    const plain = { data, shape: [2, 3] };
    expect(plainValue(both.compiled.entries.recurrent!(plain, steps))).toEqual(wanted);
  });
});
