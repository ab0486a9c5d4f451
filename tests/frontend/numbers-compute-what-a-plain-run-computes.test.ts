// Control flow is rebuilt from syntax: every statement must do what JavaScript does with it.

import { describe, expect, test } from "vitest";
import { lawful, lowerFixture } from "./lower-model.ts";
import { GraphProgram, outcomeOf } from "./plain-run.ts";

const numbers = [-7, -1, -0, 0, 0.5, 1, 2, 3, 4, 6, 7, 11, 12, 25, 99, 1234, Number.NaN];

const fixture = await lowerFixture("models/scalars.ts");
const module = lawful(fixture);

describe("an entry of numbers", () => {
  for (const { name, params } of module.funcs.filter((f) => f.entry)) {
    const plain = fixture.exports[name];
    if (typeof plain !== "function") continue;
    const inputs = numbers.flatMap((a) =>
      params.length === 1 ? [[a]] : numbers.map((b) => [a, b]),
    );
    test.each(inputs.filter((args) => name !== "collatz" || Number.isInteger(args[0])))(
      `${name}(%s, %s)`,
      (...args) => {
        const found = outcomeOf(() => new GraphProgram(module).call(name, args));
        expect(withoutInputs(found)).toEqual(withoutInputs(outcomeOf(() => plain(...args))));
      },
    );
  }
});

/** A message names inputs by their expressions where a plain run has their values. */
const withoutInputs = (outcome: object): object =>
  "failure" in outcome
    ? { failure: String(outcome.failure).replace(/(\{\w+\}|-?\d+)/g, "…") }
    : outcome;
