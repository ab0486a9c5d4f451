// A function that calls itself is compiled once for all its calls: of two that one place of the source has made, the
// second must not be taken for the first.

import { expect, it } from "vitest";
import { bothWays } from "../gradients/both-ways.ts";

const both = bothWays("fixtures/recursive-captures.ts");

it("functions made at one place are each themselves", () => {
  const run = both.eager.both;
  expect(typeof run === "function" && run(3)).toBe(804);
  expect(both.compiled.entries.both!(3)).toBe(804);
});
