// State that is written and read again must carry gradients when compiled as it does eagerly: a running mean, a step inside of a step.

import { tensor } from "glim";
import { describe, expect, it } from "vitest";
import { bothWays, expectSameBits } from "./both-ways.ts";
import { plainValue } from "./plain-value.ts";

const both = bothWays("fixtures/gradients/state.ts");

const x = [0.5, -1.25, 2];

const calls: readonly (readonly [string, ...unknown[]])[] = [
  ["line", x],
  ...[0, 1, 4].map((n) => ["rounds", x, n] as const),
  ...[1, 2, 3, 4].map((n) => ["branches", x, n] as const),
  ["swaps", x, 0, 9],
  ["swaps", x, 6, 9],
  ["swaps", x, 6, 3],
  ...[0, 1, 3].map((n) => ["calls", x, n] as const),
  ...[0, 1, 3].map((n) => ["variables", x, n] as const),
  ...[0, 1, 3].map((n) => ["learned", x, n] as const),
  ...[0, 2].map((n) => ["second", x, n] as const),
  ...[1, 2].map((n) => ["own", x, n] as const),
  ...[0, 3].map((n) => ["apart", x, n] as const),
  ...[2, 3].map((n) => ["trained", x, n] as const),
];

describe("eager and compiled give the same bits, and leave the same state", () => {
  it.each(calls.map((c) => [`${c[0]}(${c.slice(1).join("; ")})`, c] as const))(
    "%s",
    (_, [name, ...args]) => expectSameBits(both, name, args),
  );
});

it("the gradient through a running sum is that of its formula", () => {
  const found = both.compiled.entries.formula!(new Float32Array([1, -2, 4]), 3);
  expect(plainValue(found)).toEqual(plainValue(tensor([6.5, -11, 26])));
});
